import type { ConversationView, Message } from '../protocol/conversations.ts'
import type { MessageId } from '../protocol/ids.ts'
import type { Draft } from './draft.ts'
import { mergeConversation } from './reduce-conversations.ts'
import { applyEvent } from './reduce-events.ts'
import type { Failure, PendingPost } from './state.ts'

export function addPending(draft: Draft, post: PendingPost): void {
  if (!draft.pending.some(({ id }) => id === post.id)) draft.pending = [...draft.pending, post]
}

export function changePending(draft: Draft, id: MessageId, changes: Pick<PendingPost, 'status' | 'place'>) {
  draft.pending = draft.pending.map((post) => {
    if (post.id !== id) return post
    const { failure: _, ...rest } = post
    return { ...rest, ...changes }
  })
}

export function failPending(draft: Draft, id: MessageId, failure: Failure): void {
  draft.pending = draft.pending.map((post) => (post.id === id ? { ...post, status: 'failed', failure } : post))
}

export function dropPending(draft: Draft, ids: readonly MessageId[]): void {
  if (draft.pending.some(({ id }) => ids.includes(id))) {
    draft.pending = draft.pending.filter(({ id }) => !ids.includes(id))
  }
}

/** The answer to a post is its event. It may come before the events that stand before it in the log. */
export function acknowledge(draft: Draft, message: Message, conversation: ConversationView | undefined): void {
  if (conversation) mergeConversation(draft, conversation, 'log')
  const audience = draft.audiences.get(message.audienceId)
  if (!audience || message.number <= audience.lastNumber) return dropPending(draft, [message.id])
  applyEvent(draft, { name: 'message.posted', message })
  const { id, audienceId, number } = message
  const isApplied = draft.audiences.get(audienceId)?.lastNumber === number
  if (!isApplied) changePending(draft, id, { status: 'sent', place: { audienceId, number } })
}
