import { Member, SetRole } from '../../../protocol/organization.ts'
import { recordAct } from '../../platform/audit.ts'
import { command } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { isAdministratorAsking } from './access.ts'
import { moveDirectory } from './directory.ts'
import { tellMembers } from './membership.ts'
import { keepsAdministrator } from './rules.ts'
import { activeAdministratorIds, findMembers, lockOrganization, updateRole } from './store.ts'

export const setRole = command({
  name: 'member.set-role',
  summary: 'Make a member an administrator, or an employee again. For administrators; the last one stays.',
  input: SetRole,
  output: Member,

  lock: ({ tx }, { organizationId }) => lockOrganization(tx, organizationId),
  allow: isAdministratorAsking,

  async run(ctx, { organizationId, personId, role }, organization) {
    const { tx, now } = ctx
    const [member] = await findMembers(tx, organizationId, [personId])
    if (!organization || !member || member.state === 'deactivated') throw new Refusal('member.not-found')
    if (member.role === role) return member
    if (!keepsAdministrator(await activeAdministratorIds(tx, organizationId), { personId, role }))
      throw new Refusal('organization.last-administrator')
    const facts = { before: member.role, role }
    recordAct(ctx, { organizationId, act: 'member.role-changed', personIds: [personId], facts })
    await updateRole(tx, { organizationId, personId, role })
    await tellMembers(tx, { organization, personIds: [personId], now })
    await moveDirectory(tx, organizationId)
    return { ...member, role }
  },
})
