import { useState } from 'react'
import type { Member } from '../../../protocol/organization.ts'
import { maySetRole, roles, type Role } from '../../../protocol/roles.ts'
import { useAct, useClient } from '../platform/client.tsx'
import { Confirm } from '../platform/confirm.tsx'
import { Select } from '../platform/select.tsx'
import { Check } from '../platform/check.tsx'
import { useText } from '../platform/texts.tsx'
import { useHere } from './organization-context.tsx'

/** What this member may do, and whether they serve customers. */
export function PersonRole({ member }: { member: Member }) {
  const text = useText()
  const client = useClient()
  const { organization, role } = useHere()
  const { act, working } = useAct()
  const [asked, setAsked] = useState<Role>()
  const one = { organizationId: organization.id, personId: member.personId }
  const set = (role: Role) =>
    void act(async () => {
      await client.do('member.set-role', { ...one, role })
      setAsked(undefined)
    })
  const options = roles.filter((after) => maySetRole(role, { before: member.role, after }))
  const isMine = options.length > 0
  return (
    <div className="person-role">
      <Select
        label={text('role.title')}
        value={member.role}
        options={(isMine ? options : [member.role]).map((role) => ({ value: role, label: text(`role.${role}`) }))}
        disabled={!isMine || working}
        onChange={setAsked}
      />
      <p className="help">{text(isMine ? `role.help.${member.role}` : 'role.above')}</p>
      <Check
        label={text('role.agent')}
        help={text('role.agentHelp')}
        isOn={member.isAgent}
        disabled={working}
        onChange={(isAgent) => void act(() => client.do('member.set-agent', { ...one, isAgent }))}
      />
      {asked && (
        <Confirm
          title={text('role.changeTitle', { name: member.name, role: text(`role.${asked}`) })}
          body={text(`role.help.${asked}`)}
          action={text('role.change')}
          working={working}
          open
          onConfirm={() => set(asked)}
          onClose={() => setAsked(undefined)}
        />
      )}
    </div>
  )
}
