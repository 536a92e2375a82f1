import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nextIndex } from './regions.ts'

test('F6 goes round through the regions, and Shift+F6 back', () => {
  assert.equal(nextIndex(0, 1, 4), 1)
  assert.equal(nextIndex(3, 1, 4), 0)
  assert.equal(nextIndex(0, -1, 4), 3)
})

test('from nowhere F6 begins with the first region and Shift+F6 with the last', () => {
  assert.equal(nextIndex(-1, 1, 4), 0)
  assert.equal(nextIndex(-1, -1, 4), 3)
})
