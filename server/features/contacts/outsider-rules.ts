import { ChangeOutsiderRules, InContacts, OutsiderRules } from '../../../protocol/contacts.ts'
import type { OrganizationId } from '../../../protocol/ids.ts'
import { recordAct } from '../../platform/audit.ts'
import { command, query } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import type { Tx } from '../../platform/sql.ts'
import { isAdministratorAsking, isMemberAsking, lockOrganization } from '../organization/index.ts'
import { defaultRules } from './rules.ts'
import { findRules, putRules } from './store.ts'

export const getOutsiderRules = query({
  name: 'outsider-rules.get',
  summary: 'What the organization allows about people from outside.',
  input: InContacts,
  output: OutsiderRules,
  allow: isMemberAsking,
  run: ({ tx }, { organizationId }) => rulesOf(tx, organizationId),
})

export const changeOutsiderRules = command({
  name: 'outsider-rules.change',
  summary: 'Say who brings people from outside into conversations, and whether one joins without an address.',
  input: ChangeOutsiderRules,
  output: OutsiderRules,

  lock: ({ tx }, { organizationId }) => lockOrganization(tx, organizationId),
  allow: isAdministratorAsking,

  async run(ctx, { organizationId, ...changes }, organization) {
    const { tx } = ctx
    if (!organization) throw new Refusal('access.refused')
    const before = await rulesOf(tx, organizationId)
    const { mayBring = before.mayBring, admitsAnonymous = before.admitsAnonymous } = changes
    await putRules(tx, organizationId, { mayBring, admitsAnonymous })
    recordAct(ctx, { organizationId, act: 'outsider-rules.changed', facts: { mayBring, admitsAnonymous } })
    return { mayBring, admitsAnonymous }
  },
})

export async function rulesOf(tx: Tx, organizationId: OrganizationId): Promise<OutsiderRules> {
  return (await findRules(tx, organizationId)) ?? defaultRules
}
