import { decimalsOf } from '../../../protocol/decimals.ts'

export type Money = { amount: number; currency: string }

/** Those that are offered to choose from. */
export const currencies = [
  'USD',
  'EUR',
  'CNY',
  'GBP',
  'JPY',
  'CHF',
  'CAD',
  'AUD',
  'HKD',
  'SGD',
  'TWD',
  'KRW',
  'INR',
  'BRL',
]

/** As people read it; whole amounts without noughts behind the point. */
export function formatMoney(locale: string, { amount, currency }: Money): string {
  const format = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: decimalsOf(currency),
    maximumFractionDigits: decimalsOf(currency),
    trailingZeroDisplay: 'stripIfInteger',
  })
  return format.format(amount / 10 ** decimalsOf(currency))
}

/** In a column, where the points stand below each other. */
export function columnMoney(locale: string, { amount, currency }: Money): string {
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' })
  return format.format(amount / 10 ** decimalsOf(currency))
}

/** What somebody typed, in the smallest unit; undefined where that is no amount. A comma counts as a point. */
export function readAmount(words: string, currency: string): number | undefined {
  const found = /^(\d{1,9})(?:[.,](\d{1,4}))?$/.exec(words.trim().replaceAll(' ', ''))
  if (!found) return undefined
  const decimals = decimalsOf(currency)
  const [, whole = '', part = ''] = found
  if (part.length > decimals) return undefined
  const amount = Number(whole + part.padEnd(decimals, '0'))
  return amount > 0 ? amount : undefined
}

/** As it is typed again. */
export function typeAmount({ amount, currency }: Money): string {
  const decimals = decimalsOf(currency)
  const digits = String(amount).padStart(decimals + 1, '0')
  const [whole, part] = [digits.slice(0, digits.length - decimals), digits.slice(digits.length - decimals)]
  return /^0*$/.test(part) ? whole : `${whole}.${part}`
}
