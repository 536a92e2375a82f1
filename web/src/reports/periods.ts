export const lengths = ['7', '30', '90', '365'] as const
export type Length = (typeof lengths)[number]

/** The last so many days, today included, by the calendar of the time zone; as `YYYY-MM-DD`. */
export function periodOf(length: Length, now: Date, timeZone: string): { from: string; until: string } {
  const until = new Intl.DateTimeFormat('sv-SE', { timeZone }).format(now)
  return { from: dayBefore(until, Number(length) - 1), until }
}

export type Bar = { from: string; messages: number }

/** One bar for each day, also those without messages; of long periods one for each week. */
export function barsOf(days: readonly { day: string; messages: number }[], period: { from: string; until: string }) {
  const counts = new Map(days.map(({ day, messages }) => [day, messages]))
  const all: Bar[] = []
  for (let day = period.from; day <= period.until; day = dayBefore(day, -1))
    all.push({ from: day, messages: counts.get(day) ?? 0 })
  if (all.length <= daysMax) return all
  const weeks = Map.groupBy(all.entries(), ([index]) => Math.floor(index / 7))
  return Array.from(weeks.values(), (week) => ({
    from: week[0]?.[1].from ?? '',
    messages: week.reduce((sum, [, { messages }]) => sum + messages, 0),
  }))
}

/** More bars than this are too thin to be told apart. */
const daysMax = 92

const dayBefore = (day: string, days: number) =>
  new Date(Date.parse(`${day}T00:00:00Z`) - days * 86_400_000).toISOString().slice(0, 10)
