import { Monitor, Smartphone } from 'lucide-react'
import { Badge } from '../platform/badge.tsx'
import { Button } from '../platform/button.tsx'
import { useAct, useAnswer, useClient, useErrorText, useKnown } from '../platform/client.tsx'
import { Dialog } from '../platform/dialog.tsx'
import { ErrorState } from '../platform/empty-state.tsx'
import { useNow } from '../platform/now.ts'
import { SkeletonList } from '../platform/skeleton.tsx'
import { useText } from '../platform/texts.tsx'
import { useToast } from '../platform/toasts.tsx'
import { useSecondsLeft } from '../platform/use-seconds-left.ts'
import { useDates } from '../platform/use-dates.ts'
import { PairingRequest } from './pairing-request.tsx'
import { YourPasskeys } from './your-passkeys.tsx'
import type { Pairing } from '../../../protocol/identity.ts'
import type { OutputOf } from '../../../sdk/index.ts'

type Device = OutputOf<'device.list'>['devices'][number]

/** Where one is signed in, and the way to end that from here. */
export function YourDevices({ onClose }: { onClose: () => void }) {
  const text = useText()
  const pairings = useKnown((state) => state.pairings)
  const explain = useErrorText()
  const { data, error, refetch } = useAnswer('device.list', {}, { version: pairings })
  return (
    <Dialog title={text('devices.title')} open onClose={onClose}>
      <p className="muted t13">{text('devices.lead')}</p>
      {pairings.map((pairing) => (
        <AskingDevice key={pairing.id} pairing={pairing} />
      ))}
      {error && !data && (
        <ErrorState title={text('error.title')} body={explain(error)} onRetry={() => void refetch()} />
      )}
      {!data && !error && <SkeletonList rows={2} />}
      <ul>
        {data?.devices.map((device) => (
          <DeviceLine key={device.id} device={device} onRevoked={() => void refetch()} />
        ))}
      </ul>
      {data?.devices.some(({ isThisOne }) => !isThisOne) && <SignOutElsewhere onDone={() => void refetch()} />}
      <YourPasskeys />
    </Dialog>
  )
}

function AskingDevice({ pairing }: { pairing: Pairing }) {
  const text = useText()
  if (useSecondsLeft(pairing.expiresAt) === 0) return null
  return (
    <section className="devices-asking">
      <h3>{text('pairing.title')}</h3>
      <PairingRequest pairing={pairing} />
    </section>
  )
}

function DeviceLine({ device, onRevoked }: { device: Device; onRevoked: () => void }) {
  const text = useText()
  const dates = useDates()
  const now = useNow()
  const toast = useToast()
  const client = useClient()
  const { act, working } = useAct()
  const { id: deviceId, name, isThisOne } = device
  const Icon = device.class === 'mobile' ? Smartphone : Monitor
  const seen = new Date(device.seenAt)
  const revoke = () =>
    void act(async () => {
      await client.do('device.revoke', { deviceId })
      toast({ message: text('devices.revoked', { name }) })
      onRevoked()
    })
  return (
    <li className="device">
      <Icon className="i" />
      <span className="col grow">
        <span className="row g1">
          <span dir="auto">{name}</span>
          {isThisOne && <Badge meaning="accent">{text('devices.this')}</Badge>}
        </span>
        <span className="dim t12">
          {text(`devices.class.${device.class}`)} ·{' '}
          <time dateTime={device.seenAt} title={dates.full(seen)}>
            {text('devices.seen', { time: dates.short(seen, now) })}
          </time>
          {device.seenFrom && <span className="num"> · {device.seenFrom}</span>}
        </span>
      </span>
      {!isThisOne && (
        <Button size="small" working={working} onClick={revoke}>
          {text('session.signOut')}
          <span className="sr"> {name}</span>
        </Button>
      )}
    </li>
  )
}

function SignOutElsewhere({ onDone }: { onDone: () => void }) {
  const text = useText()
  const toast = useToast()
  const client = useClient()
  const { act, working } = useAct()
  const revoke = () =>
    void act(async () => {
      await client.do('device.revoke-others', {})
      toast({ message: text('devices.revokedOthers') })
      onDone()
    })
  return (
    <div className="devices-others">
      <Button working={working} onClick={revoke}>
        {text('devices.revokeOthers')}
      </Button>
    </div>
  )
}
