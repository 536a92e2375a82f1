import assert from 'node:assert/strict'
import { test } from 'node:test'
import { offsetOf, placeOf, withDefault } from './field-words.ts'

test('G17-01 a default is given to a field wherever it has none', () => {
  const rest = '{{ name }} {{ first_name | default: "x" }}'
  const words = `Dear {{ first_name }} {{first_name}}, {{ first_name | upcase }} ${rest}`
  const given = 'first_name | default: "$& ”you”"'
  const expected = `Dear {{ ${given} }} {{ ${given} }}, {{ ${given} | upcase }} ${rest}`
  assert.equal(withDefault(words, 'first_name', '$& "you"'), expected)
})

test('G17-01 the place of a fault is found in the text', () => {
  assert.equal(placeOf('parts.0.text'), undefined)
  assert.deepEqual(placeOf('parts.0.text:2:3'), { line: 2, column: 3 })
  assert.equal(offsetOf('ab\ncd\nef', { line: 2, column: 2 }), 4)
  assert.equal(offsetOf('ab', { line: 9, column: 9 }), 2)
})
