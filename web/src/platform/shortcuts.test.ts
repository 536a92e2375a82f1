import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keyNames, matches } from './shortcuts.ts'
import type { Key } from './shortcuts.ts'

const press = (key: string, held: Partial<Key> = {}): Key => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  isComposing: false,
  ...held,
})

test('Ctrl and Cmd both count as the modifier', () => {
  assert.ok(matches(press('k', { ctrlKey: true }), 'mod+k'))
  assert.ok(matches(press('k', { metaKey: true }), 'mod+k'))
  assert.ok(!matches(press('k'), 'mod+k'))
  assert.ok(!matches(press('k', { ctrlKey: true, altKey: true }), 'mod+k'))
})

test('Shift makes another shortcut, but not for signs that need it', () => {
  assert.ok(matches(press('F6', { shiftKey: true }), 'shift+f6'))
  assert.ok(!matches(press('F6', { shiftKey: true }), 'f6'))
  assert.ok(matches(press('?', { shiftKey: true }), '?'))
  assert.ok(matches(press('?'), '?'))
})

test('no key counts while an input method is composing', () => {
  assert.ok(!matches(press('Enter', { isComposing: true }), 'enter'))
})

test('shortcuts are written as the keys of the machine', () => {
  assert.deepEqual(keyNames('mod+k', false), ['Ctrl', 'K'])
  assert.deepEqual(keyNames('mod+k', true), ['⌘', 'K'])
  assert.deepEqual(keyNames('alt+shift+arrowdown', false), ['Alt', 'Shift', '↓'])
})
