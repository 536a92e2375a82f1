import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { contrast, parse, readableAccent } from './accent.ts'

const colours = fc.integer({ min: 0, max: 0xff_ff_ff }).map((value) => `#${value.toString(16).padStart(6, '0')}`)

test('text on any accent reaches 4.5 : 1', () => {
  fc.assert(
    fc.property(colours, (colour) => {
      const readable = readableAccent(colour)
      assert.ok(readable)
      assert.ok(contrast(parse(readable.accent) ?? [], parse(readable.onAccent) ?? []) >= 4.5)
    }),
  )
})

test('an accent that can be read stays as it was chosen', () => {
  assert.deepEqual(readableAccent('#2a5bd7'), { accent: '#2a5bd7', onAccent: '#ffffff' })
  assert.deepEqual(readableAccent('#f5c518'), { accent: '#f5c518', onAccent: '#1b1b19' })
})

test('what is not a colour is refused', () => {
  assert.equal(readableAccent('blue'), undefined)
})
