import type { ConversationRow } from './view.ts'

/** The sections of the list, from top to bottom. */
export const kinds = ['group', 'broadcast', 'direct'] as const

export const listOrder = (rows: readonly ConversationRow[]): ConversationRow[] =>
  kinds.flatMap((kind) => rows.filter((row) => row.kind === kind))

type Search = { step: 1 | -1; unreadOnly: boolean }

/** The next conversation above or below, round and round. */
export function neighbour(
  ordered: readonly ConversationRow[],
  current: string | undefined,
  { step, unreadOnly }: Search,
): ConversationRow | undefined {
  const at = ordered.findIndex((row) => row.id === current)
  const start = at < 0 && step < 0 ? 0 : at
  for (let distance = 1; distance <= ordered.length; distance++) {
    const row = ordered[(start + step * distance + ordered.length * 2) % ordered.length]
    if (row && row.id !== current && (!unreadOnly || row.unread > 0)) return row
  }
  return undefined
}
