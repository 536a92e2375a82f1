import type { Clock } from '../clock.ts'

/** A clock whose time passes only when it is told to. */
export type Timeline = Clock & {
  /** Runs everything that is due up to this time, in order; what it sets off is finished before the next begins. */
  runUntil(timeMs: number): Promise<void>
  /** Finishes what has been set off, without any time passing. */
  settle(): Promise<void>
}

export function createTimeline(startMs = 1_700_000_000_000): Timeline {
  type Entry = { atMs: number; order: number; run(): void }
  const entries = new Set<Entry>()
  let nowMs = startMs
  let order = 0

  const settle = () => new Promise<void>((resolve) => void setImmediate(resolve))

  function nextDue(timeMs: number): Entry | undefined {
    let first: Entry | undefined
    for (const entry of entries) {
      if (entry.atMs > timeMs) continue
      const isEarlier = !first || entry.atMs < first.atMs || (entry.atMs === first.atMs && entry.order < first.order)
      if (isEarlier) first = entry
    }
    return first
  }

  return {
    now: () => nowMs,
    settle,
    after(delayMs, run) {
      const entry = { atMs: nowMs + Math.max(0, delayMs), order: order++, run }
      entries.add(entry)
      return () => void entries.delete(entry)
    },
    async runUntil(timeMs) {
      await settle()
      for (let entry = nextDue(timeMs); entry; entry = nextDue(timeMs)) {
        entries.delete(entry)
        nowMs = Math.max(nowMs, entry.atMs)
        entry.run()
        await settle()
      }
      nowMs = Math.max(nowMs, timeMs)
    },
  }
}
