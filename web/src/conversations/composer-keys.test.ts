import assert from 'node:assert/strict'
import { test } from 'node:test'
import { composerKey } from './composer-keys.ts'

type Pressed = Parameters<typeof composerKey>[0]
const press = (key: string, held: Partial<Pressed> = {}): Pressed => ({
  key,
  keyCode: 0,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  isComposing: false,
  ...held,
})
const desk = { enterSends: true, isEmpty: false, hasTask: false }

test('Enter sends, Shift+Enter makes a new line', () => {
  assert.equal(composerKey(press('Enter'), desk), 'send')
  assert.equal(composerKey(press('Enter', { shiftKey: true }), desk), undefined)
})

test('Enter never sends while an input method is composing', () => {
  assert.equal(composerKey(press('Enter', { isComposing: true }), desk), undefined)
  assert.equal(composerKey(press('Enter', { keyCode: 229 }), desk), undefined)
})

test('on touch keyboards Enter makes a new line', () => {
  assert.equal(composerKey(press('Enter'), { ...desk, enterSends: false }), undefined)
  assert.equal(composerKey(press('Enter', { ctrlKey: true }), { ...desk, enterSends: false }), 'send')
})

test('the arrow up edits the last message only from an empty field', () => {
  assert.equal(composerKey(press('ArrowUp'), { ...desk, isEmpty: true }), 'editLast')
  assert.equal(composerKey(press('ArrowUp'), desk), undefined)
  assert.equal(composerKey(press('ArrowUp'), { ...desk, isEmpty: true, hasTask: true }), undefined)
})

test('Escape leaves a reply or an edit, and nothing else', () => {
  assert.equal(composerKey(press('Escape'), { ...desk, hasTask: true }), 'cancel')
  assert.equal(composerKey(press('Escape'), desk), undefined)
})
