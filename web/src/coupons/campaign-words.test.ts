import assert from 'node:assert/strict'
import { test } from 'node:test'
import { emptyWords, previewOf, readWords } from './campaign-words.ts'

const words = { ...emptyWords('USD', 'Europe/Berlin'), name: 'May', title: 'Spring thanks', amount: '20' }

test('G18-01 the editor’s fields come to a campaign, and name what is missing', () => {
  const { content, faults } = readWords({
    ...words,
    minimumOrder: '200',
    places: 'Seattle, London',
    customers: 'tags',
    tags: 'gold，loyal',
    startsAt: '2026-05-14T09:00',
    stock: '400',
  })
  assert.deepEqual(Array.from(faults), [])
  assert.deepEqual(content.value, { kind: 'amount', amount: 2_000, currency: 'USD' })
  assert.deepEqual(content.minimumOrder, { amount: 20_000, currency: 'USD' })
  assert.deepEqual(content.places, ['Seattle', 'London'])
  assert.deepEqual(content.customers, { kind: 'tags', tags: ['gold', 'loyal'] })
  assert.deepEqual([content.stock, content.perPerson, content.remindDays], [400, 1, 3])
  assert.deepEqual([content.timeZone, content.startsAt], ['Europe/Berlin', '2026-05-14T07:00:00.000Z'])
  const missing = readWords({
    ...words,
    title: ' ',
    customers: 'people',
    amount: '',
    stock: '0',
    endsAt: '2026-05-01T10:00',
    startsAt: '2026-05-02T10:00',
  })
  assert.deepEqual(Array.from(missing.faults).toSorted(), ['amount', 'endsAt', 'personIds', 'stock', 'title'])
})

test('G18-01 percentages, free items and gifts have fields of their own', () => {
  const percentage = readWords({ ...words, kind: 'percentage', percent: '15', cap: '30' }).content.value
  assert.deepEqual(percentage, { kind: 'percentage', percent: 15, cap: { amount: 3_000, currency: 'USD' } })
  assert.deepEqual(Array.from(readWords({ ...words, kind: 'percentage', percent: '101' }).faults), ['percent'])
  assert.deepEqual(Array.from(readWords({ ...words, kind: 'item' }).faults), ['item'])
  assert.equal(readWords({ ...words, kind: 'gift', amount: '50' }).content.value.kind, 'gift')
})

test('the preview shows what is there already', () => {
  const shown = previewOf(readWords({ ...emptyWords('EUR', 'UTC'), title: 'New' }), null)
  assert.deepEqual([shown.title, shown.value], ['New', { kind: 'amount', amount: 0, currency: 'EUR' }])
})
