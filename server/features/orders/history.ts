import { orderStates, type OrderStatus } from '../../../protocol/orders.ts'

/** Where something stands in an order's history: by the source's version, and of two at once by the state. */
export type Place = { version: number; rank: number }
export type Entry = Place & { isChange: boolean }

export const rankOf = (status: OrderStatus): number => orderStates.indexOf(status)
export const statusOf = (rank: number): OrderStatus => orderStates[rank] ?? 'submitted'

/** What an order that has been there gives no coupons any more. */
export const isCancelling = (status: OrderStatus) => status === 'cancelled' || status === 'refunded'

export const comparePlaces = (one: Place, other: Place) => one.version - other.version || one.rank - other.rank

/**
 * Enters what a source says into the history of an order, which it changes, wherever it belongs. Answers with the
 * entries that are changes of state from now on and were none before; undefined where it is known.
 *
 * Of neighbours in the same state exactly one is a change, whichever was heard of first. So however the same entries
 * arrive, in the end there are the same changes, and each was told once.
 */
export function enter(history: Entry[], { version, rank }: Place): Entry[] | undefined {
  const found = history.findLastIndex((known) => comparePlaces(known, { version, rank }) <= 0)
  const before = history[found]
  if (before && comparePlaces(before, { version, rank }) === 0) return undefined
  const at = found + 1
  const after = history[at]
  const entry: Entry = { version, rank, isChange: before?.rank !== rank && after?.rank !== rank }
  history.splice(at, 0, entry)
  if (!entry.isChange) return []
  const isDivided = before !== undefined && before.rank === after?.rank
  return isDivided ? [entry, tellOther(history, at)] : [entry]
}

/** The entry at `at` has divided what was one run of a state: the half that nothing was told of is told now. */
function tellOther(history: Entry[], at: number): Entry {
  const rank = history[at - 1]?.rank
  let first = at - 1
  while (history[first - 1]?.rank === rank) first--
  const isLeftTold = history.slice(first, at).some(({ isChange }) => isChange)
  const untold = history[isLeftTold ? at + 1 : first]
  if (!untold) throw new Error('A history was divided where it ends.')
  untold.isChange = true
  return untold
}
