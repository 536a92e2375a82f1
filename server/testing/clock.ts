import type { Clock } from '../platform/clock.ts'

export type FakeClock = Clock & {
  /** Lets time pass. */
  advance(milliseconds: number): void
  set(time: Date): void
}

/** Stands still until it is told to go on. */
export function createFakeClock(start = new Date('2026-05-14T09:00:00.000Z')): FakeClock {
  let time = start.getTime()
  return Object.assign(() => new Date(time), {
    advance: (milliseconds: number) => void (time += milliseconds),
    set: (to: Date) => void (time = to.getTime()),
  })
}
