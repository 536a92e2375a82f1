import { useEffect, useEffectEvent, useState } from 'react'
import { forgetDrafts } from '../conversations/drafts.ts'
import { forgetScansOf } from '../coupons/kept.ts'
import { decideWaiting } from '../coupons/waiting-scans.ts'
import { useAct, useClient } from '../platform/client.tsx'
import { Confirm } from '../platform/confirm.tsx'
import { useText } from '../platform/texts.tsx'
import { useHere } from './organization-context.tsx'

/** Signs out, and asks before where scans of the till would be lost with it. */
export function SignOut({ onClose }: { onClose: () => void }) {
  const text = useText()
  const client = useClient()
  const { me } = useHere()
  const { act, working } = useAct()
  const [undecided, setUndecided] = useState(0)
  const leave = () =>
    act(async () => {
      await client.do('session.end', {})
      forgetDrafts()
      await forgetScansOf(me)
    }).finally(onClose)
  const goOn = useEffectEvent((left: number) => (left > 0 ? setUndecided(left) : leave()))
  useEffect(() => {
    void decideWaiting(client, me)
      .catch(() => 0)
      .then((left) => goOn(left))
  }, [client, me])
  return (
    <Confirm
      title={text('signOut.title')}
      body={text('signOut.undecided', { count: undecided })}
      action={text('signOut.anyway')}
      danger
      working={working}
      open={undecided > 0}
      onConfirm={() => void leave()}
      onClose={onClose}
    />
  )
}
