import type { Message } from '../protocol/conversations.ts'
import type { AudienceId, ConversationId, OrganizationId, PersonId } from '../protocol/ids.ts'
import type { Audience, Conversation, PendingPost, State } from './state.ts'

/** The conversations of an organization, most recently active first; those without a message last, by name. */
export function conversationsOf(state: State, organizationId: OrganizationId): readonly Conversation[] {
  const found = Array.from(state.conversations.values()).filter((one) => one.organizationId === organizationId)
  const lastOf = new Map(found.map((one) => [one.id, lastMessageOf(state, one.id)?.postedAt ?? '']))
  const last = ({ id }: Conversation) => lastOf.get(id) ?? ''
  return found.toSorted(
    (a, b) => compare(last(b), last(a)) || compare(a.name ?? '', b.name ?? '') || compare(a.id, b.id),
  )
}

/** The audiences of a conversation that this person is in; almost always one. */
export function audiencesOf(state: State, conversationId: ConversationId): readonly Audience[] {
  const ids = state.conversations.get(conversationId)?.audienceIds ?? []
  return ids.flatMap((id) => state.audiences.get(id) ?? [])
}

/** The last message of a conversation, through all audiences. */
export function lastMessageOf(state: State, conversationId: ConversationId): Message | null {
  const all = audiencesOf(state, conversationId).flatMap(({ lastMessage }) => lastMessage ?? [])
  return all.toSorted((a, b) => compare(b.postedAt, a.postedAt))[0] ?? null
}

/** Messages that this person has not read, through all audiences of a conversation. */
export function unreadOf(state: State, conversationId: ConversationId): number {
  return audiencesOf(state, conversationId).reduce(
    (sum, { lastMessageNumber, readNumber }) => sum + Math.max(0, lastMessageNumber - readNumber),
    0,
  )
}

/** The loaded messages of a conversation in the order of their posting, through all audiences. */
export function messagesOf(state: State, conversationId: ConversationId): readonly Message[] {
  const logs = audiencesOf(state, conversationId).flatMap(({ id }) => state.logs.get(id) ?? [])
  const [first, ...others] = logs
  if (others.length === 0) return first?.messages ?? []
  return logs.flatMap(({ messages }) => messages).toSorted((a, b) => compare(a.postedAt, b.postedAt))
}

/** Whether there may be messages above those that are loaded. */
export function hasOlder(state: State, audienceId: AudienceId): boolean {
  const fromNumber = state.audiences.get(audienceId)?.fromNumber ?? 1
  return (state.logs.get(audienceId)?.from ?? 1) > Math.max(1, fromNumber)
}

/** What waits to be sent to a conversation, or has failed; also what was written to a person before there was one. */
export function pendingOf(state: State, conversationId: ConversationId): readonly PendingPost[] {
  const conversation = state.conversations.get(conversationId)
  if (!conversation) return []
  const { organizationId, otherId, audienceIds } = conversation
  return state.pending.filter((post) =>
    post.kind === 'post'
      ? audienceIds.includes(post.audienceId)
      : post.personId === otherId && post.organizationId === organizationId,
  )
}

/** What waits to be sent to a person with whom there is no conversation yet. */
export function pendingTo(state: State, organizationId: OrganizationId, personId: PersonId): readonly PendingPost[] {
  return state.pending.filter(
    (post) => post.kind === 'direct' && post.personId === personId && post.organizationId === organizationId,
  )
}

/** The direct conversation with somebody, once there is one. */
export function directWith(state: State, organizationId: OrganizationId, personId: PersonId): Conversation | undefined {
  return Array.from(state.conversations.values()).find(
    (one) => one.kind === 'direct' && one.otherId === personId && one.organizationId === organizationId,
  )
}

/** Who is writing at this moment. */
export function typingIn(state: State, audienceId: AudienceId, nowMs: number): readonly PersonId[] {
  const typing = state.typing.get(audienceId) ?? new Map<PersonId, number>()
  return Array.from(typing).flatMap(([personId, untilMs]) => (untilMs > nowMs ? [personId] : []))
}

/** How many others have received and read a message; both 0 where marks are not shown. */
export function receiptsOf(state: State, { audienceId, messageNumber }: Message): { delivered: number; read: number } {
  const marks = state.audiences.get(audienceId)?.marks ?? []
  return {
    delivered: marks.filter((mark) => mark.delivered >= messageNumber).length,
    read: marks.filter((mark) => mark.read >= messageNumber).length,
  }
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
