import assert from 'node:assert/strict'
import { test } from 'node:test'
import { timeLeft } from './time-left.ts'

const minute = 60_000

test('the time that a code has left is never said longer than it is', () => {
  assert.deepEqual(timeLeft(10 * minute), { unit: 'minutes', count: 10 })
  assert.deepEqual(timeLeft(10 * minute - 1), { unit: 'minutes', count: 9 })
  assert.deepEqual(timeLeft(-minute), { unit: 'minutes', count: 0 })
  assert.deepEqual(timeLeft(150 * minute), { unit: 'hours', count: 2 })
  assert.deepEqual(timeLeft(7 * 24 * 60 * minute - 1), { unit: 'days', count: 6 })
})
