import type { ConversationView } from '../../../protocol/conversations.ts'
import type { ConversationId, PersonId } from '../../../protocol/ids.ts'
import type { Tx } from '../../platform/sql.ts'
import { readMessages } from './store.ts'
import { audienceViewOf, hasMarks, viewOf } from './view-rules.ts'
import { audienceRows, conversationRows, markRows } from './view-store.ts'

/** Conversations as one person sees them: those named, or all; most recently active first. */
export async function readViews(
  tx: Tx,
  personId: PersonId,
  ids: readonly ConversationId[] | null,
): Promise<ConversationView[]> {
  const conversations = await conversationRows(tx, personId, ids)
  if (conversations.length === 0) return []
  const audiences = await audienceRows(
    tx,
    personId,
    conversations.map(({ id }) => id),
  )
  const withMarks = new Set(conversations.filter(hasMarks).map(({ id }) => id))
  const marked = audiences.filter(({ conversationId }) => withMarks.has(conversationId)).map(({ id }) => id)
  const lastNumbers = audiences.flatMap(({ id, lastSeenMessage: number }) =>
    number === null ? [] : [{ audienceId: id, number }],
  )
  const [markList, lastMessages] = await Promise.all([
    marked.length === 0 ? [] : markRows(tx, personId, marked),
    readMessages(tx, personId, lastNumbers),
  ])
  const marks = Map.groupBy(markList, ({ audienceId }) => audienceId)
  const lastOf = new Map(lastMessages.map((message) => [message.audienceId, message]))
  const owned = new Set(conversations.filter(({ role }) => role === 'owner').map(({ id }) => id))
  const views = audiences.map((row) => ({
    conversationId: row.conversationId,
    view: audienceViewOf(row, {
      marks: marks.get(row.id) ?? [],
      lastMessage: lastOf.get(row.id) ?? null,
      isOwner: owned.has(row.conversationId),
    }),
  }))
  const byConversation = Map.groupBy(views, ({ conversationId }) => conversationId)
  return conversations.map((row) =>
    viewOf(
      row,
      (byConversation.get(row.id) ?? []).map(({ view }) => view),
    ),
  )
}
