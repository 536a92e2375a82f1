import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { PersonId } from '../../protocol/ids.ts'
import { progress, type Progress } from './progress.ts'

const ann = PersonId.parse(randomUUID())
const bob = PersonId.parse(randomUUID())
const at = (id: string, done: number): Progress => ({ id, step: 'read', done, total: 9 })

test('whoever listens hears of each report, until they stop', () => {
  const heard: [PersonId, Progress][] = []
  const stop = progress.onReport((personId, now) => heard.push([personId, now]))
  const id = randomUUID()
  progress.report(ann, at(id, 1))
  progress.report(null, at(id, 2))
  stop()
  progress.report(ann, at(id, 3))
  assert.deepEqual(heard, [[ann, at(id, 1)]])
})

test('the last report can be asked for, only by the owner of the work', () => {
  const id = randomUUID()
  progress.report(ann, at(id, 1))
  progress.report(ann, at(id, 2))
  assert.deepEqual(progress.find(ann, id), at(id, 2))
  assert.equal(progress.find(bob, id), undefined)
  assert.equal(progress.find(null, id), undefined)
})

test('old reports are forgotten', () => {
  const first = randomUUID()
  progress.report(ann, at(first, 1))
  for (let count = 0; count < 1_000; count++) progress.report(bob, at(randomUUID(), 1))
  assert.equal(progress.find(ann, first), undefined)
})
