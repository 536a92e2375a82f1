export type DayBar = { day: string; issued: number; redeemed: number }

const DAY_MS = 86_400_000

/** The last so many days, up to today where the campaign is; those on which nothing happened too. */
export function barsOf(
  days: readonly DayBar[],
  { count, now, timeZone }: { count: number; now: Date; timeZone: string },
): DayBar[] {
  const today = Date.parse(`${dayIn(timeZone, now)}T00:00:00Z`)
  const bars = Array.from({ length: count }, (_, index) => {
    const day = new Date(today - (count - 1 - index) * DAY_MS).toISOString().slice(0, 10)
    return { day, issued: 0, redeemed: 0 }
  })
  const byDay = new Map(bars.map((bar) => [bar.day, bar]))
  for (const { day, issued, redeemed } of days) {
    const bar = byDay.get(day)
    if (!bar) continue
    bar.issued += issued
    bar.redeemed += redeemed
  }
  return bars
}

/** As the calendar on the wall says it there: 2026-05-12. */
const dayIn = (timeZone: string, at: Date) =>
  new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(at)
