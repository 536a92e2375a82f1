import { Monitor, Smartphone } from 'lucide-react'
import { Badge } from '../platform/badge.tsx'
import { Button } from '../platform/button.tsx'
import { useAct, useAnswer, useClient, useErrorText } from '../platform/client.tsx'
import { Dialog } from '../platform/dialog.tsx'
import { ErrorState } from '../platform/empty-state.tsx'
import { useNow } from '../platform/now.ts'
import { SkeletonList } from '../platform/skeleton.tsx'
import { useText } from '../platform/texts.tsx'
import { useToast } from '../platform/toasts.tsx'
import { useDates } from '../platform/use-dates.ts'
import type { OutputOf } from '../../../sdk/index.ts'

type Device = OutputOf<'device.list'>['devices'][number]

/** Where one is signed in, and the way to end that from here. */
export function YourDevices({ onClose }: { onClose: () => void }) {
  const text = useText()
  const explain = useErrorText()
  const { data, error, refetch } = useAnswer('device.list', {})
  return (
    <Dialog title={text('devices.title')} open onClose={onClose}>
      <p className="muted t13">{text('devices.lead')}</p>
      {error && !data && (
        <ErrorState title={text('error.title')} body={explain(error)} onRetry={() => void refetch()} />
      )}
      {!data && !error && <SkeletonList rows={2} />}
      <ul>
        {data?.devices.map((device) => (
          <DeviceLine key={device.id} device={device} onRevoked={() => void refetch()} />
        ))}
      </ul>
    </Dialog>
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
        <time className="dim t12" dateTime={device.seenAt} title={dates.full(seen)}>
          {text('devices.seen', { time: dates.short(seen, now) })}
        </time>
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
