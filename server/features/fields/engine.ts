import { Drop, Liquid } from 'liquidjs'
import type { Locale } from '../../../protocol/identity.ts'
import { limits } from '../../../protocol/limits.ts'
import type { FieldValue } from './values.ts'

/** Nothing that repeats, includes, assigns or reads anything but the fields. */
export const allowedTags = ['if', 'unless', 'case', 'comment', 'raw']
const builtInFilters = 'default upcase downcase capitalize strip truncate append prepend join size'.split(' ')
const ownFilters = ['first', 'last', 'date', 'number', 'money'] as const
export const allowedFilters = [...builtInFilters, ...ownFilters]

/** Of one text: characters when it is read, objects when it is filled, and time; a busy machine may pause long. */
const PARSE_MAX = 2 * limits.messageText
const MEMORY_MAX = 100_000
const RENDER_MAX_MS = 2_000

/** A value that knows how it is written in this language, and what it was. */
export class Shown extends Drop {
  readonly raw: FieldValue
  readonly #words: string

  constructor(raw: FieldValue, words: string) {
    super()
    this.raw = raw
    this.#words = words
  }

  override valueOf(): string {
    return this.#words
  }
}

const engines = new Map<Locale, Liquid>()

/** One for each language: its filters write as one writes there. */
export function engineFor(locale: Locale): Liquid {
  const engine = engines.get(locale) ?? makeEngine(locale)
  engines.set(locale, engine)
  return engine
}

function makeEngine(locale: Locale): Liquid {
  const engine = new Liquid({
    strictVariables: true,
    strictFilters: true,
    lenientIf: true,
    ownPropertyOnly: true,
    templates: {},
    parseLimit: PARSE_MAX,
    memoryLimit: MEMORY_MAX,
    renderLimit: RENDER_MAX_MS,
  })
  for (const name of Object.keys(engine.tags)) if (!allowedTags.includes(name)) delete engine.tags[name]
  for (const name of Object.keys(engine.filters)) if (!builtInFilters.includes(name)) engine.unregisterFilter(name)
  const own: Record<(typeof ownFilters)[number], (value: unknown, argument: unknown) => unknown> = {
    first: (value) => partsOf(value).at(0),
    last: (value) => partsOf(value).at(-1),
    date: (value, style) => writeDate(locale, value, style),
    number: (value) => writeNumber(locale, value),
    money: (value, currency) => writeMoney(locale, value, currency),
  }
  for (const name of ownFilters) engine.registerFilter(name, own[name])
  return engine
}

/** Of a text whole letters, which may be pairs. */
const partsOf = (value: unknown): unknown[] =>
  Array.isArray(value) || typeof value === 'string' ? Array.from(value) : []

/** As the template finds it: dates and amounts are written out where no filter says how. */
export function shownIn(locale: Locale, value: FieldValue): unknown {
  if (typeof value !== 'object' || !('date' in value || 'amount' in value)) return value
  const raw = new Shown(value, '')
  const write = 'date' in value ? writeDate(locale, raw, 'long') : writeMoney(locale, raw, undefined)
  return new Shown(value, String(write))
}

const styles = new Map<unknown, Intl.DateTimeFormatOptions>([
  ['short', { dateStyle: 'short' }],
  ['medium', { dateStyle: 'medium' }],
  ['long', { dateStyle: 'long' }],
  ['full', { dateStyle: 'full' }],
  ['weekday', { weekday: 'long' }],
  ['month', { month: 'long' }],
  ['year', { year: 'numeric' }],
])

/** Making one takes longer than filling a text. */
const dates = new Map<string, Intl.DateTimeFormat>()
function datesIn(locale: Locale, style: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${JSON.stringify(style)}`
  const format = dates.get(key) ?? new Intl.DateTimeFormat(locale, { ...style, timeZone: 'UTC' })
  dates.set(key, format)
  return format
}

/** There are some hundred currencies; who writes others takes the time to make theirs. */
const CURRENCIES_MAX = 1_000
const numbers = new Map<string, Intl.NumberFormat>()
function numbersIn(locale: Locale, currency?: string): Intl.NumberFormat {
  const key = `${locale} ${currency}`
  const format =
    numbers.get(key) ?? new Intl.NumberFormat(locale, currency === undefined ? {} : { style: 'currency', currency })
  if (numbers.size < CURRENCIES_MAX) numbers.set(key, format)
  return format
}

/** What is no date, number or amount is left as it is: a default may stand there, or nothing. */
function writeDate(locale: Locale, value: unknown, style: unknown = 'long'): unknown {
  const options = styles.get(style)
  if (!options) throw new Error(`a date is written ${Array.from(styles.keys()).join(', ')}`)
  const day = rawOf(value, 'date')
  if (typeof day !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(Date.parse(day))) return value
  return datesIn(locale, options).format(new Date(day))
}

function writeMoney(locale: Locale, value: unknown, currency: unknown): unknown {
  const code = currency ?? rawOf(value, 'currency')
  const isCurrency = typeof code === 'string' && /^[A-Z]{3}$/.test(code)
  if (currency !== undefined && !isCurrency) throw new Error('money wants a currency, as in money: "EUR"')
  const amount = numberIn(rawOf(value, 'amount'))
  if (amount === undefined || !isCurrency) return value
  return numbersIn(locale, code).format(amount)
}

function writeNumber(locale: Locale, value: unknown): unknown {
  const number = numberIn(value)
  return number === undefined ? value : numbersIn(locale).format(number)
}

/** Of a value that is written out already, one part; else the value itself. */
function rawOf(value: unknown, part: 'date' | 'amount' | 'currency'): unknown {
  return value instanceof Shown ? Object(value.raw)[part] : value
}

function numberIn(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}
