import type { Message } from '../../../protocol/conversations.ts'
import type { ConversationId, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { openDirects } from './open-direct.ts'
import { store } from './post-message.ts'
import { findPosted, firstAudiences, lockAudiences, rolesIn } from './store.ts'

export type InName = Pick<Message, 'id' | 'authorId' | 'parts'> & { personId: PersonId }
export type PostedInName = { conversationId: ConversationId; answer: Message | Refusal }

/**
 * The establishment writes to people, in the name of its members, any number of messages at once; each conversation
 * gets its own in the order given. The same id twice is one message. The organization is locked. Who calls this has
 * decided that it may be written.
 */
export async function postInName(
  ctx: Pick<Context, 'tx' | 'now'>,
  organizationId: OrganizationId,
  posts: readonly InName[],
): Promise<PostedInName[]> {
  if (posts.length === 0) return []
  const { tx, now } = ctx
  const conversationIds = await openDirects(
    ctx,
    organizationId,
    posts.map(({ authorId, personId }) => [authorId, personId]),
  )
  const audienceIds = await firstAudiences(tx, conversationIds)
  const written = posts.map(({ id, authorId, parts }, index) => {
    const audienceId = audienceIds.get(conversationIds[index] ?? '')
    if (!audienceId) throw new Error('A conversation has no audience.')
    return { actorId: authorId, input: { organizationId, audienceId, id, parts } }
  })
  const locked = await lockAudiences(tx, Array.from(new Set(audienceIds.values())))
  const roles = await rolesIn(tx, written)
  const allowed = written.filter((_, index) => roles[index] !== null)
  const audiences = new Map(locked.map((audience) => [audience.id, audience]))
  const { answers } = await store(tx, allowed, { audiences, posted: await findPosted(tx, allowed), now })
  let next = 0
  return conversationIds.map((conversationId, index) => {
    const answer = roles[index] === null ? undefined : answers[next++]
    return { conversationId, answer: answer ?? new Refusal('access.refused') }
  })
}
