import type { Clock } from '../clock.ts'

/** A clock whose time passes only when it is told to. */
export type Timeline = Clock & {
  /** Runs everything that is due up to this time, in order; what it sets off is finished before the next begins. */
  runUntil(timeMs: number): Promise<void>
  /** Finishes what has been set off, without any time passing. */
  settle(): Promise<void>
}

type Entry = { atMs: number; order: number; run: (() => void) | null }

export function createTimeline(startMs = 1_700_000_000_000): Timeline {
  /** The next one last. */
  const entries: Entry[] = []
  let nowMs = startMs
  let order = 0

  function insert(entry: Entry) {
    let [from, to] = [0, entries.length]
    while (from < to) {
      const middle = (from + to) >>> 1
      if (isLater(entries[middle], entry)) from = middle + 1
      else to = middle
    }
    entries.splice(from, 0, entry)
  }

  function takeDue(timeMs: number): Entry | undefined {
    const next = entries.at(-1)
    return next && next.atMs <= timeMs ? entries.pop() : undefined
  }

  return {
    now: () => nowMs,
    settle,
    after(delayMs, run) {
      const entry: Entry = { atMs: nowMs + Math.max(0, delayMs), order: order++, run }
      insert(entry)
      return () => {
        entry.run = null
      }
    },
    async runUntil(timeMs) {
      await settle()
      for (let entry = takeDue(timeMs); entry; entry = takeDue(timeMs)) {
        if (!entry.run) continue
        nowMs = Math.max(nowMs, entry.atMs)
        entry.run()
        await settle()
      }
      nowMs = Math.max(nowMs, timeMs)
    },
  }
}

const isLater = (one: Entry | undefined, other: Entry) =>
  one !== undefined && (one.atMs > other.atMs || (one.atMs === other.atMs && one.order > other.order))

/** Promises that call promises run to their end before the next tick; a turn of the event loop would cost far more. */
const settle = () => new Promise<void>((resolve) => process.nextTick(resolve))
