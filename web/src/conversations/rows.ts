import { calendarDay } from '../platform/dates.ts'
import type { MessageView } from './view.ts'

/** Messages of one author that follow each other within this time share one head. */
const groupedWithinMs = 5 * 60_000

export type LogRow =
  | { kind: 'start'; key: string }
  | { kind: 'older'; key: string }
  | { kind: 'day'; key: string; at: Date }
  | { kind: 'new'; key: string }
  | { kind: 'message'; key: string; message: MessageView; follows: boolean; isLastOfRun: boolean }

type LogInput = {
  messages: readonly MessageView[]
  /** The first message that was unread when the conversation was opened; fixed until it is opened again. */
  firstUnread?: string | undefined
  hasOlder: boolean
}

/** The rows of a conversation: day lines, the line above what is new, and messages grouped by author. */
export function logRows({ messages, firstUnread, hasOlder }: LogInput): LogRow[] {
  const rows: LogRow[] = [hasOlder ? { kind: 'older', key: 'older' } : { kind: 'start', key: 'start' }]
  let previous: Extract<LogRow, { kind: 'message' }> | undefined
  for (const message of messages) {
    const isNew = message.key === firstUnread
    const newDay = !previous || dayOf(previous.message) !== dayOf(message)
    const follows = previous !== undefined && !newDay && !isNew && isRun(previous.message, message)
    if (newDay) rows.push({ kind: 'day', key: `day ${message.key}`, at: message.postedAt })
    if (isNew) rows.push({ kind: 'new', key: `new ${message.key}` })
    if (previous && follows) previous.isLastOfRun = false
    previous = { kind: 'message', key: message.key, message, follows, isLastOfRun: true }
    rows.push(previous)
  }
  return rows
}

function isRun(earlier: MessageView, later: MessageView): boolean {
  return (
    earlier.author.id === later.author.id &&
    !later.quote &&
    later.postedAt.getTime() - earlier.postedAt.getTime() < groupedWithinMs
  )
}

const days = new WeakMap<MessageView, number>()

/** Calendars are slow to ask, and thousands of messages stay the same. */
function dayOf(message: MessageView): number {
  const known = days.get(message) ?? calendarDay(message.postedAt)
  days.set(message, known)
  return known
}
