import type { AudienceId, ConversationId, MessageId, OrganizationId, PersonId } from '../../protocol/ids.ts'

export type AnyId = AudienceId & ConversationId & MessageId & OrganizationId & PersonId

/** Chance that is the same for the same seed. */
export type Random = {
  /** In [0, 1). */
  next(): number
  /** A whole number from 0 to `below` - 1. */
  below(below: number): number
  chance(probability: number): boolean
  pick<T>(list: readonly T[]): T | undefined
  /** A UUID, for whatever needs one. */
  id(): AnyId
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0
  let count = 0
  /** mulberry32 */
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    pick: (list) => list[below(list.length)],
    id() {
      const tail = (++count).toString(16).padStart(12, '0')
      return `${below(2 ** 32)
        .toString(16)
        .padStart(8, '0')}-0000-7000-8000-${tail}` as AnyId
    },
  }
}
