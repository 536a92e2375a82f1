import { Member, SetRole } from '../../../protocol/organization.ts'
import { maySetRole } from '../../../protocol/roles.ts'
import { recordAct } from '../../platform/audit.ts'
import { command } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { isAdministratorAsking, roleAsking } from './access.ts'
import { moveDirectory } from './directory.ts'
import { tellMembers } from './membership.ts'
import { keepsOwner } from './rules.ts'
import { activeOwnerIds, findMembers, lockOrganization, updateRole } from './store.ts'

export const setRole = command({
  name: 'member.set-role',
  summary: 'Make somebody a member, an administrator or an owner. For administrators; owners only by owners.',
  input: SetRole,
  output: Member,

  lock: ({ tx }, { organizationId }) => lockOrganization(tx, organizationId),
  allow: isAdministratorAsking,

  async run(ctx, { organizationId, personId, role }, organization) {
    const { tx, now } = ctx
    const [member] = await findMembers(tx, organizationId, [personId])
    if (!organization || !member || member.state === 'deactivated') throw new Refusal('member.not-found')
    const asking = await roleAsking(ctx, organizationId)
    if (!asking || !maySetRole(asking, { before: member.role, after: role })) throw new Refusal('member.role-above')
    if (member.role === role) return member
    if (!keepsOwner(await activeOwnerIds(tx, organizationId), { personId, role }))
      throw new Refusal('organization.last-owner')
    await updateRole(tx, { organizationId, personId, role })
    const facts = { before: member.role, role }
    recordAct(ctx, { organizationId, act: 'member.role-changed', personIds: [personId], facts })
    await tellMembers(tx, { organization, personIds: [personId], now })
    await moveDirectory(tx, organizationId)
    return { ...member, role }
  },
})
