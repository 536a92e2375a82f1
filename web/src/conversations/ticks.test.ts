import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countTicked, everybody, isTicked, nobody, selectionOf, toggled } from './ticks.ts'

test('G6-01 who starts from everybody unticks some, and the others stay, whoever joins', () => {
  const ticks = toggled(toggled(everybody, 'ann'), 'bob')
  assert.deepEqual([isTicked(ticks, 'ann'), isTicked(ticks, 'cho')], [false, true])
  assert.equal(countTicked(ticks, 5), 3)
  assert.deepEqual(selectionOf(ticks), { rule: 'except', personIds: ['ann', 'bob'] })
  assert.equal(countTicked(toggled(ticks, 'ann'), 5), 4)
})

test('G6-01 who starts from nobody ticks some, and those alone get it', () => {
  const ticks = toggled(nobody, 'ann')
  assert.deepEqual([isTicked(ticks, 'ann'), isTicked(ticks, 'bob')], [true, false])
  assert.equal(countTicked(ticks, 5), 1)
  assert.deepEqual(selectionOf(ticks), { rule: 'these', personIds: ['ann'] })
})

test('G6-01 everybody is no selection', () => {
  assert.equal(selectionOf(everybody), undefined)
  assert.equal(selectionOf(toggled(toggled(everybody, 'ann'), 'ann')), undefined)
})
