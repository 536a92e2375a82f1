import { Member, SetAgent } from '../../../protocol/organization.ts'
import { recordAct } from '../../platform/audit.ts'
import { command } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { isAdministratorAsking } from './access.ts'
import { moveDirectory } from './directory.ts'
import { findMembers, lockOrganization, updateAgent } from './store.ts'

export const setAgent = command({
  name: 'member.set-agent',
  summary: 'Say whether a member may serve customers in queues. For administrators.',
  input: SetAgent,
  output: Member,

  lock: ({ tx }, { organizationId }) => lockOrganization(tx, organizationId),
  allow: isAdministratorAsking,

  async run(ctx, { organizationId, personId, isAgent }, organization) {
    const { tx } = ctx
    const [member] = await findMembers(tx, organizationId, [personId])
    if (!organization || !member || member.state === 'deactivated') throw new Refusal('member.not-found')
    if (member.isAgent === isAgent) return member
    await updateAgent(tx, { organizationId, personId, isAgent })
    recordAct(ctx, { organizationId, act: 'member.agent-changed', personIds: [personId], facts: { isAgent } })
    await moveDirectory(tx, organizationId)
    return { ...member, isAgent }
  },
})
