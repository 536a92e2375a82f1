import { MessageReach, Missed, MissedPage, Reach } from '../../../protocol/groups.ts'
import type { AudienceId, OrganizationId } from '../../../protocol/ids.ts'
import { personOf, query, type Allowed, type Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { missedPage, reachOf } from './selection-store.ts'
import { canSee, peekAudiences, rolesIn } from './store.ts'

export const messageReach = query({
  name: 'message.reach',
  summary: 'How many listeners a message of one’s own broadcast was for, how many have received and how many read it.',
  input: Reach,
  output: MessageReach,
  allow: allowOwner,

  async run(ctx, { audienceId, number }) {
    return (await reachOf(ctx.tx, audienceId, number)) ?? { recipients: 0, delivered: 0, read: 0 }
  },
})

export const missedMessage = query({
  name: 'message.missed',
  summary: 'The listeners of one’s own broadcast to whom a message did not go, for sending it to them as well.',
  input: Missed,
  output: MissedPage,
  allow: allowOwner,

  async run(ctx, { organizationId, audienceId, number, after, limit }) {
    const rows = await missedPage(ctx.tx, { organizationId, audienceId, number, after, limit: limit + 1 })
    const people = rows.slice(0, limit).map(({ personId, name }) => ({ personId, name }))
    const next = rows.length > limit ? (people.at(-1)?.personId ?? null) : null
    return { people, total: rows[0]?.total ?? 0, next }
  },
})

/** In a broadcast, and there only those who own it. */
async function allowOwner(
  ctx: Context,
  input: { organizationId: OrganizationId; audienceId: AudienceId; number: number },
): Promise<Allowed> {
  const personId = personOf(ctx)
  const [audience] = await peekAudiences(ctx.tx, [input.audienceId])
  const [role = null] = await rolesIn(ctx.tx, [{ actorId: personId, input }])
  if (role !== 'owner' || !audience?.isOneWay) return false
  const isSeen = await canSee(ctx.tx, personId, input.audienceId, input.number)
  return isSeen || new Refusal('message.not-found', { path: 'number' })
}
