import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { AskedPairing } from '../../../protocol/identity.ts'
import { RequestError } from '../../../sdk/index.ts'
import { Button } from '../platform/button.tsx'
import { useClient, useErrorText } from '../platform/client.tsx'
import { Notice } from '../platform/notice.tsx'
import { useText } from '../platform/texts.tsx'
import { clockOf, useSecondsLeft } from '../platform/use-seconds-left.ts'
import { CodeForm } from './code-form.tsx'
import { keepPairing } from './kept-pairing.ts'
import { Welcome } from './welcome.tsx'

type WaitForDeviceProps = { pairing: AskedPairing; onDone?: () => void; onStartOver: () => void }

/** On the device that waits: the code from the other one is typed here, or the other one reads the QR code. */
export function WaitForDevice({ pairing, onDone, onStartOver }: WaitForDeviceProps) {
  const text = useText()
  const { end, working, error, enter, cancel } = usePairing(pairing, { onDone, onStartOver })
  const left = useSecondsLeft(pairing.expiresAt)
  const over = end ?? (left === 0 ? 'ended' : undefined)
  return (
    <Welcome
      place={text('signIn.place', { host: location.host })}
      title={text('pairing.waitTitle')}
      lead={over ? '' : text('pairing.waitLead')}
    >
      {over ? (
        <div className="welcome-form">
          <Notice meaning="bad">{text(`pairing.over.${over}`)}</Notice>
          <Button look="primary" onClick={onStartOver}>
            {text('pairing.again')}
          </Button>
        </div>
      ) : (
        <>
          <CodeForm
            label={text('pairing.code')}
            short={text('pairing.codeShort')}
            help={text('pairing.codeHelp', { time: clockOf(left) })}
            action={text('signIn.enter')}
            working={working}
            error={error}
            onSubmit={enter}
          />
          <figure className="pairing-qr">
            <img alt={text('pairing.qr')} src={`data:image/svg+xml,${encodeURIComponent(pairing.qr)}`} />
            <figcaption className="muted t13">{text('pairing.qrHelp')}</figcaption>
          </figure>
          <p className="muted t13 pairing-lost">{text('pairing.lost')}</p>
          <div className="row wrap welcome-more">
            <Button look="quiet" onClick={cancel}>
              {text('action.cancel')}
            </Button>
          </div>
        </>
      )}
    </Welcome>
  )
}

const pollMs = 2_000

function usePairing(
  pairing: AskedPairing,
  { onDone, onStartOver }: { onDone: (() => void) | undefined; onStartOver: () => void },
) {
  const client = useClient()
  const explain = useErrorText()
  const [working, setWorking] = useState(false)
  const [error, setError] = useState<string>()
  const [isEnded, setEnded] = useState(false)
  const mine = { pairingId: pairing.id, secret: pairing.secret }
  const complete = async (code?: string) => {
    await client.do('pairing.complete', { ...mine, ...(code === undefined ? {} : { code }) })
    keepPairing(undefined)
    onDone?.()
  }
  const { data, error: fault } = useQuery({
    queryKey: ['pairing', pairing.id],
    queryFn: async () => {
      const checked = await client.do('pairing.check', mine)
      if (checked.state === 'confirmed') await complete()
      return checked
    },
    refetchInterval: pollMs,
  })
  const enter = async (code: string) => {
    setWorking(true)
    setError(undefined)
    try {
      await complete(code)
    } catch (refusal) {
      if (isOver(refusal)) setEnded(true)
      else setError(explain(refusal))
    } finally {
      setWorking(false)
    }
  }
  const end =
    data?.state === 'refused' ? 'refused' : isEnded || isOver(fault) || data?.state === 'ended' ? 'ended' : undefined
  return {
    end: working ? undefined : end,
    working,
    error,
    enter: (code: string) => void enter(code),
    cancel: () => {
      client.do('pairing.cancel', mine).catch(() => undefined) // it expires by itself
      onStartOver()
    },
  } as const
}

const isOver = (fault: unknown) => fault instanceof RequestError && fault.code === 'pairing.ended'
