import type { z } from 'zod'
import { PostedWithFields, PostWithFields } from '../../../protocol/filled-messages.ts'
import { limits } from '../../../protocol/limits.ts'
import type { OrganizationId } from '../../../protocol/ids.ts'
import { command, personOf, type Allowed, type Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { countSending } from './fields-rate.ts'
import {
  beginFilling,
  fillPortion,
  filledHash,
  postFilled,
  readPosted,
  requirePolicy,
  type Sending,
} from './fill-message.ts'
import { findFilling, recipientsOf } from './filled-store.ts'
import { isActive } from './member-store.ts'
import { allowParts } from './part-rules.ts'
import { mayPost, type Audience } from './rules.ts'
import { schedule, shown } from './schedule-message.ts'
import { lockScheduled } from './schedule-store.ts'
import { findPosted, lockAudiences, rolesIn } from './store.ts'

type Held = { audience: Audience | undefined; allowed: Allowed }

export const postWithFields = command({
  name: 'message.post-with-fields',
  summary:
    'Post a message whose texts hold fields, filled for each recipient before it is sent. Everybody gets a text of ' +
    'their own; its author sees what they wrote.',
  input: PostWithFields,
  output: PostedWithFields,

  async lock(ctx, input): Promise<Held> {
    const [audience] = await lockAudiences(ctx.tx, [input.audienceId])
    const allowed = await mayPostFields(ctx, input, audience)
    const [parts = true] = await allowParts(ctx.tx, [{ actorId: personOf(ctx), input }])
    return { audience, allowed: allowed === true ? parts : allowed }
  },
  allow: (_ctx, _input, { allowed }) => allowed,

  async run(ctx, { id: messageId, audienceId, ...content }, { audience }) {
    if (!audience) throw new Refusal('access.refused')
    return sendWithFields(ctx, { ...content, messageId, audienceId, authorId: personOf(ctx) }, audience)
  },
})

/** Fills and posts it, or lets it wait until it is filled; once, however often it is sent. The audience is locked. */
export async function sendWithFields(
  ctx: Context,
  sending: Sending,
  audience: Audience,
): Promise<z.output<typeof PostedWithFields>> {
  const { tx, now } = ctx
  const before = await findBefore(ctx, sending)
  if (before) return before
  countSending(ctx)
  if (audience.closedAt !== null) throw new Refusal('conversation.closed')
  requirePolicy(sending.fields, audience)
  const recipients = await recipientsOf(tx, { ...sending, limit: limits.fillAtOnce + 1 })
  if (recipients.length > limits.fillAtOnce) {
    const postAt = now.toISOString()
    return { message: null, scheduled: await schedule(ctx, { ...sending, id: sending.messageId, postAt }) }
  }
  const filling = { id: await beginFilling(tx, sending, now), sending, now }
  await fillPortion(tx, filling, recipients)
  return { message: await postFilled(tx, filling, audience), scheduled: null }
}

type Asking = { organizationId: OrganizationId; audienceId: Audience['id'] }

/** Members of the organization alone: what they send tells of others what the server knows. */
export async function mayPostFields(
  ctx: Context,
  input: Asking,
  audience: { isOneWay: boolean } | undefined,
): Promise<Allowed> {
  const [role = null] = await rolesIn(ctx.tx, [{ actorId: personOf(ctx), input }])
  const allowed = mayPost(role, audience?.isOneWay ?? true)
  return allowed === true ? isActive(ctx.tx, input.organizationId, personOf(ctx)) : allowed
}

/** What was sent under this id already. */
async function findBefore({ tx }: Context, sending: Sending) {
  const { audienceId, authorId, messageId: id, organizationId, parts } = sending
  const own = filledHash(sending)
  const scheduled = await lockScheduled(tx, { audienceId, authorId, id })
  const filling = await findFilling(tx, sending)
  const known = scheduled ?? filling
  const input = { organizationId, audienceId, id, parts }
  const isTaken = known ? known.contentHash !== own : (await findPosted(tx, [{ actorId: authorId, input }])).length > 0
  if (isTaken) throw new Refusal('message.id-taken', { path: 'id' })
  if (filling?.audienceId && filling.number !== null) {
    const place = { audienceId: filling.audienceId, number: filling.number }
    return { message: await readPosted(tx, authorId, place), scheduled: null }
  }
  return scheduled && { message: null, scheduled: shown(scheduled) }
}
