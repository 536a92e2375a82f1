import { daysBetween } from '../platform/dates.ts'
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
  for (const [index, message] of messages.entries()) {
    const previous = messages[index - 1]
    const next = messages[index + 1]
    const isNew = message.key === firstUnread
    const newDay = !previous || daysBetween(previous.postedAt, message.postedAt) !== 0
    if (newDay) rows.push({ kind: 'day', key: `day ${message.key}`, at: message.postedAt })
    if (isNew) rows.push({ kind: 'new', key: `new ${message.key}` })
    const follows = !newDay && !isNew && isRun(previous, message)
    const isLastOfRun = !next || next.key === firstUnread || !isRun(message, next)
    rows.push({ kind: 'message', key: message.key, message, follows, isLastOfRun })
  }
  return rows
}

function isRun(earlier: MessageView, later: MessageView): boolean {
  return (
    earlier.author.id === later.author.id &&
    !later.quote &&
    daysBetween(earlier.postedAt, later.postedAt) === 0 &&
    later.postedAt.getTime() - earlier.postedAt.getTime() < groupedWithinMs
  )
}
