import { X } from 'lucide-react'
import { useState } from 'react'
import { useLocation } from 'wouter'
import type { Member } from '../../../protocol/organization.ts'
import { isAtLeast } from '../../../protocol/roles.ts'
import { Button } from '../platform/button.tsx'
import { useAct, useAnswer, useClient, useErrorText, useKnown } from '../platform/client.tsx'
import { Confirm } from '../platform/confirm.tsx'
import { ErrorState } from '../platform/empty-state.tsx'
import { IconButton } from '../platform/icon-button.tsx'
import { SkeletonList } from '../platform/skeleton.tsx'
import { useText } from '../platform/texts.tsx'
import { useToast } from '../platform/toasts.tsx'
import { ChooseManager } from './choose-manager.tsx'
import { useHere } from './organization-context.tsx'
import { PersonPane } from './person-pane.tsx'
import { ReleaseDevices } from './release-devices.tsx'
import { PersonRole } from './person-role.tsx'
import { useLevels } from './use-levels.ts'
import { useTeamText } from './use-team-text.ts'

type PersonDetailsProps = { personId: string; onClose: () => void; hrefOf: (personId: string) => string }

export function PersonDetails({ personId, onClose, hrefOf }: PersonDetailsProps) {
  const text = useText()
  const explain = useErrorText()
  const [, go] = useLocation()
  const { organization, me, isAdministrator } = useHere()
  const { id: organizationId, directoryVersion: version } = organization
  const { data, error, refetch } = useAnswer('member.get', { organizationId, personIds: [personId] }, { version })
  const chart = useAnswer('chart.get', { organizationId }, { version })
  const teamText = useTeamText()
  const levels = useLevels()
  const isOnline = useKnown(({ onlineIds }) => Array.from(onlineIds).some((id) => id === personId))
  const member = data?.members.find((one) => one.personId === personId)
  if (!member)
    return (
      <>
        <div className="bar">
          <h1 className="pane-title grow">{text('region.details')}</h1>
          <IconButton icon={X} label={text('action.close')} shortcut="escape" onClick={onClose} />
        </div>
        {error && <ErrorState title={text('error.title')} body={explain(error)} onRetry={() => void refetch()} />}
        {data && <ErrorState title={text('error.title')} body={text('error.member.not-found')} />}
        {!error && !data && <SkeletonList rows={5} />}
      </>
    )
  const positions = chart.data?.positions ?? []
  const manager = positions.find((position) => position.personId === member.managerId)
  const reports = positions.filter((position) => position.managerId === personId)
  const mayMakeLevels = levels.mayMake(member.personId, positions)
  const named = (position: (typeof positions)[number]) => ({
    id: position.personId,
    name: position.name,
    href: hrefOf(position.personId),
  })
  return (
    <PersonPane
      member={member}
      isMe={personId === me}
      isOnline={isOnline}
      manager={manager && named(manager)}
      reports={reports.map(named)}
      teamText={teamText({ id: personId, name: member.name }, reports.length + 1)}
      onClose={onClose}
      onMessage={() => go(`/with/${personId}`)}
      administration={
        member.state !== 'deactivated' &&
        (isAdministrator || mayMakeLevels) && (
          <>
            {mayMakeLevels && (
              <Button working={levels.working} onClick={() => levels.make(member)}>
                {text('levels.make')}
              </Button>
            )}
            {isAdministrator && <Administration member={member} onClose={onClose} />}
          </>
        )
      }
    />
  )
}

function Administration({ member, onClose }: { member: Member; onClose: () => void }) {
  const text = useText()
  const client = useClient()
  const toast = useToast()
  const { organization, me, role } = useHere()
  const { act, working } = useAct()
  const [open, setOpen] = useState<'remove' | 'manager' | 'release'>()
  const one = { organizationId: organization.id, personId: member.personId }
  const invite = () =>
    void act(async () => {
      const { count } = await client.do('member.invite', {
        organizationId: one.organizationId,
        personIds: [one.personId],
      })
      toast({ message: text('members.invited', { count }) })
    })
  const mayReach = member.personId !== me && isAtLeast(role, member.role)
  const remove = () =>
    void act(async () => {
      await client.do('member.remove', one)
      onClose()
    })
  return (
    <>
      <PersonRole member={member} />
      {member.state === 'invited' && (
        <Button onClick={invite}>{text(member.invitedAt ? 'member.invite' : 'member.inviteFirst')}</Button>
      )}
      <Button onClick={() => setOpen('manager')}>{text('member.changeManager')}</Button>
      {mayReach && member.state === 'active' && (
        <Button onClick={() => setOpen('release')}>{text('member.release')}</Button>
      )}
      {mayReach && <Button onClick={() => setOpen('remove')}>{text('member.remove')}</Button>}
      {open === 'release' && <ReleaseDevices member={member} onClose={() => setOpen(undefined)} />}
      {open === 'manager' && <ChooseManager member={member} onClose={() => setOpen(undefined)} />}
      <Confirm
        title={text('member.removeTitle', { name: member.name })}
        body={text('member.removeBody', { name: member.name })}
        action={text('member.remove')}
        danger
        working={working}
        open={open === 'remove'}
        onConfirm={remove}
        onClose={() => setOpen(undefined)}
      />
    </>
  )
}
