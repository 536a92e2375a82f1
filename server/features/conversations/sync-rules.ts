import type { Message } from '../../../protocol/conversations.ts'
import type { AudienceEvent, OpenSync } from '../../../protocol/delivery.ts'
import type { AudienceId, ConversationId } from '../../../protocol/ids.ts'
import type { Asked, AudienceHeadRow, LogRow, PersonHead } from './sync-store.ts'

/** Events of one person's log that are sent one by one; further behind, everything is sent anew. */
export const PERSON_EVENTS_MAX = 200
/** Events of one audience's log in the answer to a connection, and of all. */
export const EVENTS_PER_LOG_MAX = 200
export const EVENTS_MAX = 2_000

/** Pure: whether what the client has can be mended, or must be forgotten. */
export function mustReset({ epoch, person }: OpenSync, now: { epoch: string; head: PersonHead }): boolean {
  if (epoch !== now.epoch || person.number > now.head.number) return true
  if (person.number === now.head.number && person.id !== now.head.id) return true
  return now.head.number - person.number > PERSON_EVENTS_MAX
}

/** `id` is that of the event the client stands at. */
export type Behind = Asked & { id: string | null }
export type Plan = {
  behind: Behind[]
  tooFar: AudienceId[]
  /** Conversations with narrowed audiences that the client has not named, and may know nothing of. */
  unheard: ConversationId[]
  isReset: boolean
}

/**
 * Pure: which logs the client lacks something of. A number in the future, or another id under the same number, means a
 * restored backup.
 */
export function planDifferences(positions: OpenSync['positions'], heads: readonly AudienceHeadRow[]): Plan {
  const known = new Map(positions.map((position) => [position.audienceId, position]))
  const plan: Plan = { behind: [], tooFar: [], unheard: [], isReset: false }
  let budget = EVENTS_MAX
  for (const { audienceId, lastNumber, lastId, conversationId, isNarrowed } of heads) {
    const position = known.get(audienceId)
    if (!position && isNarrowed && !plan.unheard.includes(conversationId)) plan.unheard.push(conversationId)
    if (!position) continue
    const missing = lastNumber - position.number
    if (missing < 0 || (missing === 0 && position.id !== lastId)) plan.isReset = true
    if (missing <= 0) continue
    if (missing > EVENTS_PER_LOG_MAX || missing > budget) plan.tooFar.push(audienceId)
    else plan.behind.push({ audienceId, after: position.number, id: position.id })
    budget -= missing
  }
  return plan
}

/** Pure: whether the event the client stands at is still the one in the log. */
export function isContinuous(
  rows: readonly { number: number; id: string }[],
  position: { number: number; id: string | null },
): boolean {
  const at = rows.find(({ number }) => number === position.number)
  return position.number === 0 || at?.id === position.id
}

/** Pure: what a row of a log says to this person today. What they may not see only keeps the numbers dense. */
export function toEvent(row: LogRow, messages: ReadonlyMap<string, Message>): AudienceEvent {
  const { audienceId, number, id, name, messageNumber, body, isVisible } = row
  const message = messageNumber === null ? undefined : messages.get(`${audienceId} ${messageNumber}`)
  const hidden = { name: 'hidden' as const, audienceId, number, id }
  if (!isVisible || (messageNumber !== null && !message)) return hidden
  if (name === null) return message ? { name: 'message.posted', message } : hidden
  // The row was written as one of these.
  return { name, audienceId, number, id, ...(message ? { message } : {}), ...body } as AudienceEvent
}
