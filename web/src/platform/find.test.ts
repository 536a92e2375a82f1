import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findEntries } from './find.ts'

const entries = [
  { section: 'Conversations', label: 'Martín’s team' },
  { section: 'People', label: 'Martín Sommer', also: 'Owner martin@bolido.example' },
  { section: 'People', label: 'Anna Martin' },
  { section: 'People', label: '林晓雨' },
  { section: 'Actions', label: 'New group' },
]
const labels = (words: string) => findEntries(entries, words).map(({ label }) => label)

test('accents and case do not matter, and sections keep their order', () => {
  assert.deepEqual(labels('martin'), ['Martín’s team', 'Martín Sommer', 'Anna Martin'])
})

test('each word must begin a word, in any order', () => {
  assert.deepEqual(labels('som mar'), ['Martín Sommer'])
  assert.deepEqual(labels('artin'), [])
})

test('an address finds a person', () => {
  assert.deepEqual(labels('bolido'), ['Martín Sommer'])
})

test('two characters inside a Chinese name find it', () => {
  assert.deepEqual(labels('晓雨'), ['林晓雨'])
})

test('without words everything is there', () => {
  assert.equal(labels(' ').length, entries.length)
})
