import { LiquidError, type Liquid, type Template } from 'liquidjs'
import type { Locale } from '../../../protocol/identity.ts'
import { limits } from '../../../protocol/limits.ts'
import type { Part } from '../../../protocol/parts.ts'
import { Refusal } from '../../platform/refusal.ts'
import { engineFor, shownIn } from './engine.ts'
import type { FieldValue, Values } from './values.ts'

export type FilledParts = { parts: Part[]; missing: string[] }
/** The parts of a message, read once and filled for many. */
export type MessageTemplate = {
  /** The fields it names. */
  readonly names: ReadonlySet<string>
  /** Where a value is missing and the text has no `default`, `stopgap` stands; an empty text becomes `NOTHING`. */
  fill(values: Values, locale: Locale, stopgap?: string): FilledParts
}

/** What somebody sees for whom nothing is left of a text, or nothing is known. */
export const NOTHING = '…'

/** Pure. Refuses what is no template, names the place of the fault, and knows no fields but these. */
export function readTemplate(parts: readonly Part[], known: ReadonlySet<string>): MessageTemplate {
  requireFew(parts)
  const names = new Set(
    parts.flatMap((part, index) => {
      const text = wordsOf(part)
      return namesIn(read(engineFor('en'), text, index), { text, index, known })
    }),
  )
  const byLocale = new Map<Locale, Template[][]>()
  const readIn = (locale: Locale) => {
    const templates = byLocale.get(locale) ?? parts.map((part, index) => read(engineFor(locale), wordsOf(part), index))
    byLocale.set(locale, templates)
    return templates
  }
  return {
    names,
    fill(values, locale, stopgap = '') {
      const scope = scopeOf(values, names, locale)
      const missing = new Set<string>()
      const templates = readIn(locale)
      const filled = parts.map((part, index): Part => {
        if (part.type !== 'text') return part
        const text = render(engineFor(locale), templates[index] ?? [], { scope, missing, stopgap, index })
        return { ...part, text: text.trim() === '' ? NOTHING : text }
      })
      return { parts: filled, missing: Array.from(missing) }
    },
  }
}

/** Other content has no fields in it. */
const wordsOf = (part: Part) => (part.type === 'text' ? part.text : '')

function requireFew(parts: readonly Part[]): void {
  const count = parts.reduce((sum, part) => sum + wordsOf(part).split(/\{\{|\{%/).length - 1, 0)
  if (count > limits.fieldsPerMessage) throw new Refusal('fields.too-many', { path: 'parts' })
}

function read(engine: Liquid, text: string, index: number): Template[] {
  try {
    return engine.parse(text)
  } catch (error) {
    throw refusalOf(error, index)
  }
}

type Reading = { text: string; index: number; known: ReadonlySet<string> }

/** Where each name stands is known, so that an unknown one can be shown. */
function namesIn(template: Template[], { text, index, known }: Reading): string[] {
  const found = Object.values(engineFor('en').analyzeSync(template).variables).flat()
  const lines = text.split('\n')
  for (const { segments, location } of found) {
    const name = segments.every((segment) => typeof segment === 'string') ? segments.join('.') : undefined
    // In brackets a value would be read as the name of a field.
    const isPlain = name !== undefined && lines[location.row - 1]?.startsWith(name, location.col - 1)
    if (isPlain && known.has(name)) continue
    const path = `parts.${index}.text:${location.row}:${location.col}`
    const words = segments.map(String).join('.').slice(0, 80)
    const message = isPlain
      ? `There is no field “${words}”. Choose one from the list.`
      : `“${words}” cannot be looked up in something else. Write a field by its name alone, as in {{ name }}.`
    throw new Refusal('fields.unknown', { path, message })
  }
  return found.map(({ segments }) => segments.join('.'))
}

type Rendering = { scope: Scope; missing: Set<string>; stopgap: string; index: number }

/** Each turn finds one more missing value; there are no more turns than names. */
function render(engine: Liquid, template: Template[], { scope, missing, stopgap, index }: Rendering): string {
  for (;;) {
    try {
      const text = storable(String(engine.renderSync(template, scope)))
      if (text.length <= limits.messageText) return text
    } catch (error) {
      const name = undefinedIn(error)
      if (name === undefined || missing.has(name)) throw refusalOf(error, index)
      missing.add(name)
      put(scope, name, stopgap === '' ? null : stopgap)
      continue
    }
    throw new Refusal('fields.too-long', { path: `parts.${index}.text` })
  }
}

/** An author can write such letters as \u0000, and a filter can cut a pair in two. */
const storable = (text: string) => text.replaceAll(/[\0\p{Cs}]/gu, '')

type Scope = { [name: string]: unknown }

function scopeOf(values: Values, names: ReadonlySet<string>, locale: Locale): Scope {
  const scope: Scope = {}
  for (const name of names) {
    const value = clean(values[name])
    if (value !== undefined) put(scope, name, shownIn(locale, value))
    else if (name.includes('.')) put(scope, name, undefined)
  }
  return scope
}

/** `coupon.value` stands inside `coupon`. */
function put(scope: Scope, name: string, value: unknown): void {
  const [group = name, ...rest] = name.split('.')
  if (rest.length === 0) scope[group] = value
  else scope[group] = { ...Object(scope[group]), [rest.join('.')]: value }
}

/** Values are single lines without control characters: nothing in a profile can pretend to be the text around it. */
function clean(value: FieldValue | undefined): FieldValue | undefined {
  if (typeof value === 'string') return cleanText(value) || undefined
  if (!isList(value)) return value
  const items = value.map(cleanText).filter((item) => item !== '')
  return items.length === 0 ? undefined : items
}

const isList = (value: FieldValue | undefined): value is readonly string[] => Array.isArray(value)
const cleanText = (text: string) =>
  text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .trim()
    .slice(0, limits.fieldValue)

function undefinedIn(error: unknown): string | undefined {
  const name: unknown = LiquidError.is(error) ? Object(error.originalError).variableName : undefined
  return typeof name === 'string' ? name : undefined
}

/** What the engine does not like, with line and column; whatever it is, it is the text's fault and not ours. */
function refusalOf(error: unknown, index: number): Refusal {
  const cause = LiquidError.is(error) ? error : undefined
  const [line, column] = cause?.token.getPosition() ?? [1, 1]
  const words = (cause?.originalError ?? cause)?.message.replace(/, line:.*$/s, '') ?? 'it cannot be read'
  const message = `Line ${line}, column ${column}: ${words}`.slice(0, 300)
  return new Refusal('fields.template', { path: `parts.${index}.text:${line}:${column}`, message })
}
