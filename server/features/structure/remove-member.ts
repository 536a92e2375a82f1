import type { z } from 'zod'
import { Nothing } from '../../../protocol/conversations.ts'
import { RemoveMember } from '../../../protocol/structure.ts'
import { recordAct } from '../../platform/audit.ts'
import { command, personOf, type Allowed, type Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { findMembers, isMemberAsking, lockOrganization, mayRemove, roleAsking } from '../organization/index.ts'
import { movePeople, presentMembers } from './move-people.ts'

type Input = z.output<typeof RemoveMember>

export const removeMember = command({
  name: 'member.remove',
  summary: 'Take somebody out of the directory and of all groups. What they wrote stays. For administrators.',
  input: RemoveMember,
  output: Nothing,

  lock: ({ tx }, { organizationId }) => lockOrganization(tx, organizationId),
  allow: allowRemoving,

  async run(ctx, { personId }, organization) {
    if (!organization) throw new Refusal('access.refused')
    const present = await presentMembers(ctx, organization)
    const member = present.find((one) => one.personId === personId)
    if (!member) throw new Refusal('member.not-found', { path: 'personId' })
    const { managerId } = member
    const reports = present.filter((one) => one.managerId === personId).map((one) => ({ ...one, managerId }))
    await movePeople(ctx, { organization, present, removed: [personId], changed: reports, owners: 'go' })
    recordAct(ctx, { organizationId: organization.id, act: 'member.removed', personIds: [personId] })
    return {}
  },
})

async function allowRemoving(ctx: Context, input: Input): Promise<Allowed> {
  if (ctx.actor.kind === 'operator') return true
  if (!(await isMemberAsking(ctx, input))) return false
  const role = await roleAsking(ctx, input.organizationId)
  const [removed = { personId: input.personId, role: 'member' as const }] = await findMembers(
    ctx.tx,
    input.organizationId,
    [input.personId],
  )
  return role !== undefined && mayRemove({ personId: personOf(ctx), role }, removed)
}
