import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf } from './digest.ts'

test('the digest is FNV-1a over the sorted heads', () => {
  assert.equal(digestOf([]), '811c9dc5')
  // Computed by another implementation over "a:1;b:22;".
  assert.equal(
    digestOf([
      { audienceId: 'a', number: 1 },
      { audienceId: 'b', number: 22 },
    ]),
    '420ecc97',
  )
})

test('the order of the heads does not matter, every number does', () => {
  const heads = [
    { audienceId: 'c', number: 3 },
    { audienceId: 'a', number: 1 },
    { audienceId: 'b', number: 2 },
  ]
  assert.equal(digestOf(heads), digestOf(heads.toReversed()))
  assert.notEqual(digestOf(heads), digestOf([...heads.slice(1), { audienceId: 'c', number: 4 }]))
  assert.notEqual(digestOf(heads), digestOf(heads.slice(1)))
})
