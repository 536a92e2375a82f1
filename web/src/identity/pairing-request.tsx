import { Monitor, Smartphone } from 'lucide-react'
import { useState } from 'react'
import type { Pairing } from '../../../protocol/identity.ts'
import { Button } from '../platform/button.tsx'
import { useAct, useAnswer, useClient } from '../platform/client.tsx'
import { useText } from '../platform/texts.tsx'
import { useToast } from '../platform/toasts.tsx'
import { useDates } from '../platform/use-dates.ts'
import { clockOf, useSecondsLeft } from '../platform/use-seconds-left.ts'
import { groupedCode } from './code.ts'

/** Which device wants in, from where and since when, and whose place it would take. */
export function PairingFacts({ pairing }: { pairing: Pairing }) {
  const text = useText()
  const dates = useDates()
  const { data } = useAnswer('device.list', {}, { version: pairing.id })
  const { device, agent, address, askedAt } = pairing
  const Icon = device.class === 'mobile' ? Smartphone : Monitor
  const replaced = data?.devices.find((own) => own.class === device.class)
  return (
    <>
      <div className="device">
        <Icon className="i" />
        <span className="col grow">
          <span className="strong" dir="auto">
            {device.name}
          </span>
          <span className="muted t13">{text(`devices.class.${device.class}`)}</span>
        </span>
      </div>
      <dl className="facts pairing-facts">
        {agent && (
          <div>
            <dt>{text('pairing.agent')}</dt>
            <dd dir="auto">{agent}</dd>
          </div>
        )}
        <div>
          <dt>{text('pairing.address')}</dt>
          <dd className="num">{address}</dd>
        </div>
        <div>
          <dt>{text('pairing.asked')}</dt>
          <dd>{dates.full(new Date(askedAt))}</dd>
        </div>
      </dl>
      {replaced && (
        <p className="muted t13">
          {replaced.isThisOne ? text('pairing.replacesThis') : text('pairing.replaces', { name: replaced.name })}
        </p>
      )}
    </>
  )
}

/** On a device that is signed in: says who asks, and shows the code when the person says that it is them. */
export function PairingRequest({ pairing }: { pairing: Pairing }) {
  const text = useText()
  const client = useClient()
  const { act, working } = useAct()
  const [shown, setShown] = useState<{ code: string; expiresAt: string }>()
  const { refuse, refusing } = useRefusal(pairing.id)
  const show = () => void act(async () => setShown(await client.do('pairing.show-code', { pairingId: pairing.id })))
  return (
    <div className="pairing-request">
      <PairingFacts pairing={pairing} />
      {shown && <ShownCode {...shown} />}
      {!shown && <p className="t13">{text('pairing.warning')}</p>}
      <div className="row wrap pairing-actions">
        <Button look={shown ? 'plain' : 'primary'} working={working} onClick={show}>
          {text(shown ? 'pairing.showAgain' : 'pairing.show')}
        </Button>
        <Button look="quiet" working={refusing} onClick={refuse}>
          {text('pairing.refuse')}
        </Button>
      </div>
    </div>
  )
}

export function useRefusal(pairingId: string, onRefused?: () => void) {
  const text = useText()
  const toast = useToast()
  const client = useClient()
  const { act, working } = useAct()
  const refuse = () =>
    void act(async () => {
      await client.do('pairing.refuse', { pairingId })
      toast({ message: text('pairing.refused') })
      onRefused?.()
    })
  return { refuse, refusing: working }
}

function ShownCode({ code, expiresAt }: { code: string; expiresAt: string }) {
  const text = useText()
  const left = useSecondsLeft(expiresAt)
  return (
    <div className="pairing-code">
      <output className="num">{left > 0 ? groupedCode(code) : '—'}</output>
      <span className="muted t13">
        {left > 0 ? text('pairing.shownHelp', { time: clockOf(left) }) : text('pairing.shownOver')}
      </span>
    </div>
  )
}
