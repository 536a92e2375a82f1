/** Time as a value, so that tests and simulations hold it in their hands. */
export type Clock = {
  /** Milliseconds since 1970. */
  now(): number
  /** Runs something once after some milliseconds; the returned function calls it off. */
  after(delayMs: number, run: () => void): () => void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs)
    return () => clearTimeout(timer)
  },
}
