import type { Locale, Text } from './formatter.ts'

export type Dates = {
  time: (at: Date) => string
  /** The time without the half of the day, for narrow places under a full time. */
  clock: (at: Date) => string
  /** A day line: today, yesterday, or the date. */
  day: (at: Date, now: Date) => string
  /** As short as a list needs it: the time today, the weekday this week, then the date. */
  short: (at: Date, now: Date) => string
  full: (at: Date) => string
  /** Day, month and year: for columns. */
  date: (at: Date) => string
  /** The same with the time. */
  stamp: (at: Date) => string
}

export function dates(locale: Locale, text: Text): Dates {
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'short' })
  const weekday = new Intl.DateTimeFormat(locale, { weekday: 'short' })
  const date = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' })
  const dateWithYear = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', year: 'numeric' })
  const short = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' })
  const full = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'short' })
  const medium = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' })
  const stamp = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })
  return {
    time: (at) => time.format(at),
    clock: (at) =>
      time
        .formatToParts(at)
        .filter(({ type }) => type === 'hour' || type === 'minute')
        .map(({ value }) => value)
        .join(':'),
    full: (at) => full.format(at),
    date: (at) => medium.format(at),
    stamp: (at) => stamp.format(at),
    day: (at, now) => {
      const age = daysBetween(at, now)
      if (age === 0) return text('day.today')
      if (age === 1) return text('day.yesterday')
      return (at.getFullYear() === now.getFullYear() ? date : dateWithYear).format(at)
    },
    short: (at, now) => {
      const age = daysBetween(at, now)
      if (age <= 0) return time.format(at)
      return (age < 7 ? weekday : short).format(at)
    },
  }
}

/** Calendar days, not 24-hour spans: 23:59 and 00:01 are a day apart. */
export function daysBetween(earlier: Date, later: Date): number {
  return calendarDay(later) - calendarDay(earlier)
}

/** A number for each day of the user's calendar. */
export const calendarDay = (at: Date): number =>
  Math.round(Date.UTC(at.getFullYear(), at.getMonth(), at.getDate()) / 86_400_000)
