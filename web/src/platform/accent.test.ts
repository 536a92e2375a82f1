import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { readability, readableAccent } from './accent.ts'

const colours = fc.integer({ min: 0, max: 0xff_ff_ff }).map((value) => `#${value.toString(16).padStart(6, '0')}`)

test('white text on any accent reaches 4.5 : 1', () => {
  fc.assert(
    fc.property(colours, (colour) => {
      const readable = readableAccent(colour)
      assert.ok(readable && readability(readable) >= 4.5)
    }),
  )
})

test('an accent that can be read stays as it was chosen, a light one is darkened', () => {
  assert.equal(readableAccent('#2a5bd7'), '#2a5bd7')
  assert.equal(readability('#ffffff'), 1)
  assert.ok(readability('#f5c518') < 4.5)
  assert.notEqual(readableAccent('#f5c518'), '#f5c518')
})

test('what is not a colour is refused', () => {
  assert.equal(readableAccent('blue'), undefined)
})
