/** Before the first repetition. */
const BASE_MS = 500
/** However often it has failed. */
const MOST_MS = 30_000

/**
 * Full jitter: anything from nothing up to a limit that doubles with every failure, so that a crowd comes back spread
 * out.
 */
export function delayMs(failures: number, random: () => number): number {
  return Math.round(random() * Math.min(MOST_MS, BASE_MS * 2 ** Math.min(failures, 10)))
}
