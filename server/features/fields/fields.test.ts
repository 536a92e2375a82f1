import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { CampaignId } from '../../../protocol/ids.ts'
import { limits } from '../../../protocol/limits.ts'
import { isStorable } from '../../../protocol/text.ts'
import { Refusal } from '../../platform/refusal.ts'
import { engineFor } from './engine.ts'
import { halvesOf } from './names.ts'
import { readTemplate } from './template.ts'
import type { Values } from './values.ts'

const known = new Set(['first_name', 'name', 'tags', 'today', 'coupon.value', 'count'])
const coupon = { type: 'coupon' as const, campaignId: CampaignId.parse('0199d1c0-0000-7000-8000-000000000001') }
/** Other content stays as it is. */
const fill = (text: string, values: Values = {}, locale: 'en' | 'zh-CN' = 'en') => {
  const { parts, missing } = readTemplate([{ type: 'text', text }, coupon], known).fill(values, locale)
  const [filled, rest] = parts
  assert.deepEqual(rest, coupon)
  return { text: Object(filled).text as string, missing }
}
const words = (text: string, values: Values = {}, locale: 'en' | 'zh-CN' = 'en') => fill(text, values, locale).text

test('G17-02 dates, numbers and amounts are written as in the language of the recipient', () => {
  const values = { today: { date: '2026-03-31' }, 'coupon.value': { amount: 1234.5, currency: 'EUR' }, count: 9876 }
  const text =
    '{{ today }} {{ today | date: "weekday" }} {{ coupon.value }} {{ count | number }} {{ count | money: "CNY" }}'
  assert.equal(words(text, values), 'March 31, 2026 Tuesday €1,234.50 9,876 CN¥9,876.00')
  assert.equal(words(text, values, 'zh-CN'), '2026年3月31日 星期二 €1,234.50 9,876 ¥9,876.00')
  assert.equal(words('{{ today | default: "soon" | date }}'), 'soon')
  const asIs = '{{ "2026-13-01" | date }} {{ "1e999" | number }} {{ count | money }}{{ " " | number }}'
  assert.equal(words(asIs, values), '2026-13-01 1e999 9876 ')
  for (const text of ['{{ count | money: "EURO" }}', '{{ count | money: 5 }}'])
    assert.throws(() => words(text, values), { code: 'fields.template' })
  for (const text of [`{{ ${'x'.repeat(5_000)} }}`, `{{ name | ${'x'.repeat(5_000)} }}`])
    assert.throws(
      () => words(text),
      ({ message }: Error) => message.length <= 300,
    )
})

test('G17-04 a value is missing where the text gives no default and does not ask for it', () => {
  const missingIn = (text: string) => fill(text).missing
  assert.deepEqual(missingIn('{{ first_name }} {{ coupon.value | money }}'), ['first_name', 'coupon.value'])
  assert.deepEqual(missingIn('{{ first_name | default: "you" }}'), [])
  assert.deepEqual(missingIn('{% if name %}{{ first_name }}{% endif %}'), [])
  assert.deepEqual(fill('{{ first_name }}', { first_name: ' \n\t' }), { text: '…', missing: ['first_name'] })
  assert.deepEqual(fill('{{ tags | join: ", " }}!', { tags: ['', 'VIP'] }), { text: 'VIP!', missing: [] })
  assert.deepEqual(fill('{{ tags | join }}', { tags: ['', ' '] }).missing, ['tags'])
})

test('G17-02 no value can break out of its place, and what was filled holds all values and nothing else', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(word(), fc.string({ unit: 'binary', maxLength: 600 })), { maxLength: 8 }),
      (pieces) => {
        const text = `Hi ${pieces.map(([before]) => `${before} {{ name }}`).join(' ')} end`
        const [[, name] = ['', '']] = pieces
        const filled = words(text, { name, first_name: 'someone else' })
        const clean = name.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim()
        const value = clean.slice(0, limits.fieldValue)
        const expected = `Hi ${pieces.map(([before]) => `${before} ${value}`).join(' ')} end`
        assert.equal(filled, expected)
      },
    ),
  )
})

test('G17-01 the engine reads and fills no longer than it may, no files, and nothing that a value inherits', (t) => {
  const long = { type: 'text' as const, text: 'x'.repeat(2 * limits.messageText + 1) }
  assert.throws(() => readTemplate([long], known), { code: 'fields.template' })
  for (const inherited of ['name.constructor', 'name.trim', 'constructor', 'toString'])
    assert.throws(() => engineFor('en').parseAndRenderSync(`{{ ${inherited} }}`, { name: 'Nancy' }), /undefined/)
  assert.throws(() => engineFor('en').parseFileSync('package.json'), /ENOENT/)
  let now = 0
  t.mock.method(performance, 'now', () => (now += 1_500))
  assert.throws(() => words('{{ name }}{{ name }}{{ name }}', { name: 'Nancy' }), { code: 'fields.template' })
})

test('G17-02 letters stay whole, and what cannot be stored is left out', () => {
  const values = { name: '𠮷田', tags: ['😀', '👍'] }
  assert.equal(words('{{ name | first }}{{ name | last }} {{ tags | first }}{{ tags | last }}', values), '𠮷田 😀👍')
  assert.equal(words('a{{ "\\u0000" }}{{ "\\ud83d" }}{{ name | truncate: 1, "" }}b', { name: 'x😀' }), 'axb')
  assert.equal(words('{{ name }}', { name: 'x'.repeat(limits.fieldValue - 1) + '😀' }).length, limits.fieldValue - 1)
})

test('G17-02 no value is ever read as the name of a field', () => {
  const values = { name: 'first_name', first_name: 'Nancy' }
  const asked = [
    '{{ [name] }}{{ first_name }}',
    '{% if [name] %}x{% endif %}',
    '{{ "x"[name] }}',
    '{{ name | append: [name] }}',
  ]
  for (const text of asked) assert.throws(() => words(text, values), { code: 'fields.unknown' }, text)
})

test('G17-01 whatever somebody writes is filled or refused, at once, and shows nothing but fields', () => {
  const syntax = [
    '{{',
    '}}',
    '{%',
    '%}',
    '|',
    'if',
    'endif',
    'case',
    'name',
    'first_name',
    '"\\u0000"',
    '"\\ud83d"',
    '| first',
    'this',
    '.',
    '[',
    ']',
    '"',
    ':',
  ]
  const more = [
    'constructor',
    '__proto__',
    'default',
    'join',
    '(1..9999999)',
    'assign',
    'raw',
    'endraw',
    '-',
    '\n',
    ' ',
  ]
  const text = fc.array(fc.oneof(fc.constantFrom(...syntax, ...more), fc.string({ maxLength: 5 })), { maxLength: 60 })
  fc.assert(
    fc.property(text, (pieces) => {
      const began = performance.now()
      try {
        const filled = words(pieces.join(''), { name: '𠮷田 Nancy', first_name: 'Nan😀' })
        assert.ok(isStorable(filled), filled)
        assert.ok(!filled.includes('[object') && !filled.includes('native code'))
      } catch (error) {
        assert.ok(error instanceof Refusal, String(error))
        assert.match(error.code, /^fields\./)
      }
      assert.ok(performance.now() - began < 3_000)
    }),
    { numRuns: 500 },
  )
})

const word = () => fc.string({ maxLength: 8 }).filter((text) => !/[{}%]/.test(text))

test('G17-02 the halves of a name are told apart, in both orders of writing', () => {
  assert.deepEqual(halvesOf('Nancy Davolio'), { first: 'Nancy', last: 'Davolio' })
  assert.deepEqual(halvesOf('Davolio, Nancy'), { first: 'Nancy', last: 'Davolio' })
  assert.deepEqual(halvesOf('Dr. Anna Maria Schmidt'), { first: 'Anna', last: 'Schmidt' })
  assert.deepEqual(halvesOf('Madonna'), { first: 'Madonna' })
  assert.deepEqual(halvesOf('张伟'), { first: '伟', last: '张' })
  assert.deepEqual(halvesOf('欧阳娜娜'), { first: '娜娜', last: '欧阳' })
  assert.deepEqual(halvesOf('  '), {})
})
