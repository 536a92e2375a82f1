import type { TimeWindow } from '../../../protocol/coupons.ts'

/** What clock and calendar show in a time zone. */
export type LocalTime = { year: number; month: number; day: number; weekday: number; minute: number }
type LocalDate = Pick<LocalTime, 'year' | 'month' | 'day'>

const HOUR_MS = 3_600_000
const DAY_MINUTES = 1_440
/** Further from UTC than any zone is. */
const OFFSET_MAX_MS = 26 * HOUR_MS

/** Whether a window is open; without any it is always. From inclusive, until exclusive, by the clock on the wall. */
export function isOpenAt(windows: readonly TimeWindow[], timeZone: string, at: Date): boolean {
  if (windows.length === 0) return true
  const { weekday, minute } = localTime(timeZone, at)
  const before = weekday === 1 ? 7 : weekday - 1
  return windows.some(({ days, from, until }) => {
    const [begin, end] = [minuteOf(from), minuteOf(until)]
    if (begin < end) return days.includes(weekday) && begin <= minute && minute < end
    return (days.includes(weekday) && begin <= minute) || (days.includes(before) && minute < end)
  })
}

export type Validity = { timeZone: string; validDays: number | null; endsAt: string | null }

/** Until when a coupon is good that is issued now: the end of a day by the calendar, and never after the campaign. */
export function expiryOf({ timeZone, validDays, endsAt }: Validity, issuedAt: Date): Date | null {
  const end = endsAt === null ? null : new Date(endsAt)
  if (validDays === null) return end
  const { year, month, day } = localTime(timeZone, issuedAt)
  const next = new Date(Date.UTC(year, month - 1, day + validDays + 1))
  const date = { year: next.getUTCFullYear(), month: next.getUTCMonth() + 1, day: next.getUTCDate() }
  const begin = startOfDay(timeZone, date)
  return end !== null && end < begin ? end : begin
}

/** The first moment of a day, also where clocks are changed at midnight; of a day that is left out, of the next one. */
export function startOfDay(timeZone: string, { year, month, day }: LocalDate): Date {
  const asUtc = Date.UTC(year, month - 1, day)
  const around = [asUtc - OFFSET_MAX_MS, asUtc + OFFSET_MAX_MS]
  const candidates = around.map((ms) => asUtc - offsetAt(timeZone, ms)).toSorted((a, b) => a - b)
  const begin = candidates.find((ms) => dateOf(localTime(timeZone, new Date(ms))) >= asUtc)
  return new Date(begin ?? asUtc)
}

/** Nobody is told anything before nine in the morning, or after nine in the evening. */
const [MORNING, EVENING] = [9 * 60, 21 * 60]

/** A time at which people may be told something: it, or where it is night there the next morning. */
export function wakingTime(timeZone: string, at: Date): Date {
  const { minute, year, month, day } = localTime(timeZone, at)
  if (minute >= MORNING && minute < EVENING) return at
  const date = new Date(Date.UTC(year, month - 1, minute < MORNING ? day : day + 1))
  const next = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }
  const about = new Date(startOfDay(timeZone, next).getTime() + MORNING * 60_000)
  // Where the clocks were changed in that night it is an hour off.
  return new Date(about.getTime() + (MORNING - localTime(timeZone, about).minute) * 60_000)
}

/** `2026-05-14`; or so many days before it by the calendar, in which one of 23 or 25 hours is a day too. */
export function localDay(timeZone: string, at: Date, daysBefore = 0): string {
  return new Date(dateOf(localTime(timeZone, at)) - daysBefore * DAY_MINUTES * 60_000).toISOString().slice(0, 10)
}

export function localTime(timeZone: string, at: Date): LocalTime {
  const values: Record<string, number> = {}
  for (const { type, value } of formatFor(timeZone).formatToParts(at)) values[type] = Number(value)
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0 } = values
  const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay() || 7
  return { year, month, day, weekday, minute: hour * 60 + minute }
}

const dateOf = ({ year, month, day }: LocalDate) => Date.UTC(year, month - 1, day)

/** Milliseconds by which the clocks there are ahead of UTC, in whole minutes. */
function offsetAt(timeZone: string, ms: number): number {
  const local = localTime(timeZone, new Date(ms))
  return dateOf(local) + local.minute * 60_000 - Math.floor(ms / 60_000) * 60_000
}

function minuteOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return Math.min(hours * 60 + minutes, DAY_MINUTES)
}

/** Making one takes longer than using it a hundred times. There are some hundred zones. */
const formats = new Map<string, Intl.DateTimeFormat>()
function formatFor(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known) return known
  const fields = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const
  const format = new Intl.DateTimeFormat('en', { timeZone, hourCycle: 'h23', ...fields })
  formats.set(timeZone, format)
  return format
}
