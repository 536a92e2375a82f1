import type { Message } from '../../../protocol/conversations.ts'
import type { AudienceId, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import { personOf, type Allowed, type Context } from '../../platform/command.ts'
import { announce } from '../../platform/events.ts'
import { Refusal } from '../../platform/refusal.ts'
import { personalEvent } from './filled-messages.ts'
import { appendEvents } from './log-store.ts'
import type { MemberRole } from './member-rules.ts'
import type { Audience } from './rules.ts'
import { canSee, lockAudiences, readStored, rolesIn } from './store.ts'

type OneMessage = { organizationId: OrganizationId; audienceId: AudienceId; number: number }
/** A message under the lock of its audience, with what the asking person is there. */
export type Held = {
  audience: Audience | undefined
  message: Message | undefined
  /** Where each recipient has a text of their own. */
  fillingId: string | null
  role: MemberRole | null
}

export async function holdMessage(ctx: Context, input: OneMessage): Promise<Held> {
  const personId = personOf(ctx)
  const [audience] = await lockAudiences(ctx.tx, [input.audienceId])
  const [role = null] = await rolesIn(ctx.tx, [{ actorId: personId, input }])
  const isVisible = role !== null && (await canSee(ctx.tx, personId, input.audienceId, input.number))
  const [read] = isVisible ? await readStored(ctx.tx, personId, [input]) : []
  return { audience, role, message: read?.message, fillingId: read?.fillingId ?? null }
}

/** What holds for every change of a message; `permit` says who else must be asked. */
export function allowChange({ audience, message, role }: Held, permit: (message: Message) => Allowed): Allowed {
  if (!audience || role === null) return false
  if (!message) return new Refusal('message.not-found', { path: 'number' })
  if (audience.closedAt !== null) return new Refusal('conversation.closed')
  const permitted = permit(message)
  if (permitted !== true) return permitted
  return message.deletedAt === undefined || new Refusal('message.deleted')
}

/** Enters the change into the log and tells delivery; answers with the message as it is now. */
export async function logChange(
  ctx: Context,
  { audienceId, number }: OneMessage,
  change: { name: string; actorId: PersonId },
): Promise<Message> {
  const [event] = await appendEvents(ctx.tx, [{ ...change, audienceId, messageNumber: number, body: {} }], ctx.now)
  const [read] = await readStored(ctx.tx, change.actorId, [{ audienceId, number }])
  if (!event || !read) throw new Error('A message vanished under its lock.')
  const { message, fillingId, version } = read
  const place = { name: change.name, audienceId, number: event.number, id: event.id }
  // Whoever has come since it was said may not see it.
  const isSameForAll = fillingId === null && version === event.version
  const body = isSameForAll ? { ...place, message } : personalEvent({ ...place, messageNumber: number })
  announce(ctx.tx, [{ topic: `audience:${audienceId}`, version: event.version, body }])
  return message
}
