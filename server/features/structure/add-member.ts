import type { PersonId } from '../../../protocol/ids.ts'
import type { Organization } from '../../../protocol/organization.ts'
import { maySetRole } from '../../../protocol/roles.ts'
import { AddedMember, AddMember } from '../../../protocol/structure.ts'
import { recordAct } from '../../platform/audit.ts'
import { command, type Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { findOrCreatePersons } from '../identity/index.ts'
import { isAdministratorAsking, lockOrganization, roleAsking, type NewMember } from '../organization/index.ts'
import { movePeople, presentMembers } from './move-people.ts'

export const addMember = command({
  name: 'member.add',
  summary: 'Add somebody to the directory, with their place in the chart and its groups. For administrators.',
  input: AddMember,
  output: AddedMember,

  lock: ({ tx }, { organizationId }) => lockOrganization(tx, organizationId),
  allow: isAdministratorAsking,

  async run(ctx, input, organization) {
    if (!organization) throw new Refusal('access.refused')
    const asking = await roleAsking(ctx, organization.id)
    if (!asking || !maySetRole(asking, { before: 'member', after: input.role }))
      throw new Refusal('member.role-above', { path: 'role' })
    const personId = await addPerson(ctx, organization, input)
    const { role, managerId } = input
    recordAct(ctx, {
      organizationId: organization.id,
      act: 'member.added',
      personIds: [personId],
      facts: { role, managerId },
    })
    return { personId }
  },
})

type Adding = Omit<NewMember, 'personId' | 'source' | 'key'>

/** Whoever calls it has locked the organization, and records the act. */
export async function addPerson(ctx: Context, organization: Organization, input: Adding): Promise<PersonId> {
  const present = await presentMembers(ctx, organization)
  if (present.some(({ address }) => address === input.address))
    throw new Refusal('member.address-taken', { path: 'address' })
  const personId = (await findOrCreatePersons(ctx.tx, [input.address], ctx.now)).get(input.address)
  if (!personId) throw new Error('An account was neither found nor made.')
  if (present.some((member) => member.personId === personId))
    throw new Refusal('member.address-taken', { path: 'address' })
  const { name, address, title, place, phone, managerId, role } = input
  const added = { personId, name, address, title, place, phone, managerId, role, source: 'made', key: null } as const
  await movePeople(ctx, { organization, present, added: [added] })
  return personId
}
