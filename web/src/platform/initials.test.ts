import assert from 'node:assert/strict'
import { test } from 'node:test'
import { colourPair, initials } from './initials.ts'

test('initials are the first letters of the first and the last name', () => {
  assert.equal(initials('Nancy Davolio'), 'ND')
  assert.equal(initials('Ana María de la Cruz'), 'AC')
  assert.equal(initials('élise'), 'É')
  assert.equal(initials('"Rob" O’Neil (Sales)'), 'RS')
})

test('a Chinese, Japanese or Korean name is shown by its first character', () => {
  assert.equal(initials('林晓雨'), '林')
  assert.equal(initials('さくら 花'), 'さ')
  assert.equal(initials('김 민수'), '김')
})

test('a name without letters has no initials and breaks nothing', () => {
  assert.equal(initials(' – '), '')
})

test('the colours of a person are always the same, and all six are used', () => {
  assert.equal(colourPair('a'), colourPair('a'))
  const pairs = new Set(Array.from({ length: 200 }, (_, index) => colourPair(`person ${index}`)))
  assert.deepEqual(Array.from(pairs).toSorted(), [1, 2, 3, 4, 5, 6])
})
