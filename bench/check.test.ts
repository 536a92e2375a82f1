import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkAmong, checkRun } from './check.ts'
import type { Sent } from './load/messages.ts'
import { hashOf } from './stored.ts'

const id = (sender: number, sequence: number) =>
  `018f3b2c-4d5e-7000-8000-${sender.toString(16).padStart(4, '0')}${sequence.toString(16).padStart(8, '0')}`
const ids = [id(1, 0), id(2, 0), id(1, 1), id(2, 1)]
const sent: Sent[] = [
  { client: 1, place: 'a', first: 0, count: 2, unacknowledged: [] },
  { client: 2, place: 'a', first: 0, count: 2, unacknowledged: [] },
]
const got = (client: number, seen: readonly string[]) => ({
  client,
  place: 'a',
  count: seen.length,
  hash: hashOf(seen),
})
const check = (stored: string[], received: ReturnType<typeof got>[], by: Sent[] = sent) =>
  checkRun({ sent: by, received, logs: [{ place: 'a', ids: stored }], placeOf: ({ place }) => place })

test('a run in which everybody got what is stored, in its order, has no fault', () => {
  assert.deepEqual(check(ids, [got(1, ids), got(2, ids), got(3, ids)]), [])
})

test('an acknowledged message that is not stored is found', () => {
  const stored = ids.slice(0, 3)
  assert.deepEqual(check(stored, [got(1, stored)]), ['1 of sender 2 was acknowledged and is lost'])
  const [first, second] = sent
  assert.ok(first && second)
  assert.deepEqual(check(stored, [got(1, stored)], [first, { ...second, unacknowledged: [1] }]), [])
})

test('a message that one client lacks, has twice or has in another place is found', () => {
  assert.match(String(check(ids, [got(3, ids.slice(1))])), /got 3 messages of 4/)
  assert.match(String(check(ids, [got(3, [...ids, id(2, 1)])])), /got 5 messages of 4/)
  assert.match(String(check(ids, [got(3, ids.toReversed())])), /another order/)
})

test('a message that is stored twice, or out of its sender’s order, is found', () => {
  const twice = [...ids, id(2, 1)]
  assert.match(String(check(twice, [got(3, twice)])), /holds a message twice/)
  const turned = [id(1, 1), id(1, 0), id(2, 0), id(2, 1)]
  assert.match(String(check(turned, [got(3, turned)])), /the order of sender 1 was not kept/)
})

test('where no order is kept, everybody must still have got all that was accepted, in the same order as the others', () => {
  assert.deepEqual(checkAmong({ sent, received: [got(1, ids), got(2, ids)] }), [])
  assert.match(String(checkAmong({ sent, received: [got(1, ids), got(2, ids.slice(1))] })), /got 3 messages of 4/)
  assert.match(String(checkAmong({ sent, received: [got(1, ids), got(2, ids.toReversed())] })), /2 different orders/)
})
