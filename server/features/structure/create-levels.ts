import type { z } from 'zod'
import { CreatedLevels, CreateLevels } from '../../../protocol/structure.ts'
import { command, personOf, type Allowed, type Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { isAdministratorAsking, isMemberAsking, lockOrganization } from '../organization/index.ts'
import { carryOut, holdPlan, planChange } from './follow-chart.ts'
import { presentMembers } from './move-people.ts'
import { actorIdOf } from './prepare-import.ts'

type Input = z.output<typeof CreateLevels>

export const createLevels = command({
  name: 'levels.create',
  summary: 'Make the groups over all levels below a manager, or find them. For another one, an administrator does it.',
  input: CreateLevels,
  output: CreatedLevels,

  lock: ({ tx }, { organizationId }) => lockOrganization(tx, organizationId),
  allow: allowCreating,

  async run(ctx, input, organization) {
    if (!organization) throw new Refusal('access.refused')
    const managerId = input.personId ?? personOf(ctx)
    const present = await presentMembers(ctx, organization)
    if (!present.some(({ personId }) => personId === managerId))
      throw new Refusal('member.not-found', { path: 'personId' })
    const move = { organization, before: present, after: present, levelsFor: managerId }
    const { plan, state } = await planChange(ctx.tx, move)
    const isOne = (slot: { managerId: string; level: string }) =>
      slot.managerId === managerId && slot.level === 'levels'
    const existing = state.groups.filter(isOne)
    const made = existing.length > 0 ? existing : plan.make.filter(isOne)
    const [group, broadcast] = [
      made.find(({ kind }) => kind === 'group'),
      made.find(({ kind }) => kind === 'broadcast'),
    ]
    if (!group || !broadcast) throw new Refusal('conversation.no-managers-below')
    const isNew = existing.length === 0
    if (isNew) await carryOut(ctx.tx, await holdPlan(ctx.tx, move, plan), { actorId: actorIdOf(ctx), now: ctx.now })
    return { groupId: group.id, broadcastId: broadcast.id, isNew }
  },
})

async function allowCreating(ctx: Context, input: Input): Promise<Allowed> {
  const isOwn = ctx.actor.kind === 'person' && (input.personId ?? ctx.actor.personId) === ctx.actor.personId
  return isOwn ? isMemberAsking(ctx, input) : isAdministratorAsking(ctx, input)
}
