import type { Coupon, CouponValue, Offer, TimeWindow } from '../../../protocol/coupons.ts'
import type { Locale, Text } from '../platform/texts.tsx'
import { formatMoney } from './money.ts'

/** What is said of a coupon before anybody has one, too. */
export type Said = Pick<Offer, 'value' | 'minimumOrder' | 'windows' | 'places' | 'startsAt' | 'endsAt' | 'validDays'>
type Words = { text: Text; locale: Locale }

/** What it gives: the large words on the coupon, and the small ones under them. */
export function worthOf({ text, locale }: Words, value: CouponValue): { large: string; small: string } {
  switch (value.kind) {
    case 'amount':
      return { large: formatMoney(locale, value), small: text('coupon.off') }
    case 'percentage':
      return { large: percentOf(locale, value.percent), small: text('coupon.off') }
    case 'item':
      return { large: text('coupon.free'), small: value.item }
    case 'gift':
      return { large: formatMoney(locale, value), small: text('coupon.gift') }
    default:
      return value satisfies never
  }
}

const percentOf = (locale: Locale, percent: number) =>
  new Intl.NumberFormat(locale, { style: 'percent' }).format(percent / 100)

/** In one line, for lists and titles: `$20 off`. */
export function worthLine(words: Words, value: CouponValue): string {
  const { large, small } = worthOf(words, value)
  return value.kind === 'item' ? `${large}: ${small}` : words.text('coupon.worth', { large, small })
}

/** What one must know to use it, a line for each. */
export function conditionsOf(words: Words, said: Said): string[] {
  const { text, locale } = words
  const { value, minimumOrder, windows, places } = said
  const cap = value.kind === 'percentage' ? value.cap : null
  return [
    ...(minimumOrder ? [text('coupon.ordersFrom', { amount: formatMoney(locale, minimumOrder) })] : []),
    ...(cap ? [text('coupon.atMost', { amount: formatMoney(locale, cap) })] : []),
    ...windows.map((window) => windowLine(words, window)),
    ...(places.length > 0 ? [text('coupon.onlyAt', { places: listOf(locale, places) })] : []),
  ]
}

const MONDAY = Date.UTC(2024, 0, 1)
const DAY_MS = 86_400_000

/** `Mon to Thu, 11:00–14:00` */
export function windowLine({ text, locale }: Words, { days, from, until }: TimeWindow): string {
  const named = new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' })
  const nameOf = (day: number) => named.format(new Date(MONDAY + (day - 1) * DAY_MS))
  const sorted = days.toSorted((one, other) => one - other)
  const [first = 1] = sorted
  const isRun = sorted.length > 2 && sorted.every((day, index) => day === first + index)
  const said = isRun
    ? text('coupon.daysRun', { first: nameOf(first), last: nameOf(sorted.at(-1) ?? first) })
    : listOf(locale, sorted.map(nameOf))
  const isWholeDay = from === '00:00' && until === '24:00'
  return isWholeDay ? said : text('coupon.window', { days: said, from, until })
}

const listOf = (locale: Locale, words: readonly string[]) => words.join(locale === 'zh-CN' ? '、' : ', ')

/** Counted in days when there are few left: they are what moves somebody. */
const SOON_DAYS = 7

export type Remaining = { line: string; isSoon: boolean }

/** Until when it is good; undefined: for ever. */
export function remainingOf({ text, locale }: Words, until: Date | undefined, now: Date): Remaining | undefined {
  if (!until) return undefined
  const left = until.getTime() - now.getTime()
  if (left <= 0) return { line: text('coupon.over'), isSoon: false }
  const days = Math.ceil(left / DAY_MS)
  if (left < DAY_MS) return { line: text('coupon.hoursLeft', { count: Math.ceil(left / 3_600_000) }), isSoon: true }
  if (days <= SOON_DAYS) return { line: text('coupon.daysLeft', { count: days }), isSoon: true }
  // A day that is over at midnight is not begun: the last moment tells which day it is.
  const last = new Date(until.getTime() - 1)
  const date = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', year: yearIfOther(last, now) })
  return { line: text('coupon.until', { date: date.format(last) }), isSoon: false }
}

const yearIfOther = (at: Date, now: Date) => (at.getFullYear() === now.getFullYear() ? undefined : 'numeric')

/** When it ends: the coupon's own time, else its campaign's. */
export const endOf = (
  coupon: Pick<Coupon, 'expiresAt'> | undefined,
  offer: Pick<Offer, 'endsAt'>,
): Date | undefined => {
  const end = coupon?.expiresAt ?? offer.endsAt
  return end === null ? undefined : new Date(end)
}
