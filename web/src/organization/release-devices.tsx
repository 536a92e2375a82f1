import type { Member } from '../../../protocol/organization.ts'
import { useAct, useClient } from '../platform/client.tsx'
import { Confirm } from '../platform/confirm.tsx'
import { useText } from '../platform/texts.tsx'
import { useToast } from '../platform/toasts.tsx'
import { useHere } from './organization-context.tsx'

/** For whoever has lost the device that would let the next one in. */
export function ReleaseDevices({ member, onClose }: { member: Member; onClose: () => void }) {
  const text = useText()
  const toast = useToast()
  const client = useClient()
  const { organization } = useHere()
  const { act, working } = useAct()
  const { personId, name } = member
  const release = () =>
    void act(async () => {
      await client.do('member.release-devices', { organizationId: organization.id, personId })
      toast({ message: text('member.released', { name }) })
      onClose()
    })
  return (
    <Confirm
      title={text('member.releaseTitle', { name })}
      body={text('member.releaseBody', { name })}
      action={text('member.release')}
      danger
      working={working}
      open
      onConfirm={release}
      onClose={onClose}
    />
  )
}
