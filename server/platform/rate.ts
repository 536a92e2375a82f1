/** Allows so much a minute to each key, on this node. What was used before that minute is forgotten. */
export type Rate = {
  /** Milliseconds to wait; 0 where it is allowed, and counted. */
  take(key: string, now: Date): number
}

const MINUTE_MS = 60_000

export function createRate(perMinute: number): Rate {
  const used = new Map<string, number>()
  let beganAt = 0
  return {
    take(key, now) {
      const at = now.getTime()
      if (at - beganAt >= MINUTE_MS || at < beganAt) {
        used.clear()
        beganAt = at
      }
      const count = used.get(key) ?? 0
      if (count >= perMinute) return Math.max(1, beganAt + MINUTE_MS - at)
      used.set(key, count + 1)
      return 0
    },
  }
}
