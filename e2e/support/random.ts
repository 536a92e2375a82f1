import { randomInt } from 'node:crypto'

export type Random = {
  readonly seed: number
  /** At least 0 and less than 1. */
  next(): number
  /** A whole number from 0 up to, not including, this one. */
  below(count: number): number
  pick<T>(from: readonly T[]): T
}

/** SHOPTALK_SEED repeats a run that failed; otherwise every run is another one. */
export function chooseSeed(): number {
  const given = Number(process.env['SHOPTALK_SEED'])
  return Number.isSafeInteger(given) && given > 0 ? given : randomInt(1, 2 ** 31)
}

/** The same numbers for the same seed (mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (count: number) => Math.floor(next() * count)
  return {
    seed,
    next,
    below,
    pick(from) {
      const chosen = from[below(from.length)]
      if (chosen === undefined) throw new Error('There is nothing to pick from.')
      return chosen
    },
  }
}
