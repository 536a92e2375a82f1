import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listOrder, neighbour } from './list-order.ts'
import type { ConversationRow } from './view.ts'

const row = (id: string, kind: ConversationRow['kind'], unread = 0): ConversationRow => ({
  id,
  href: `/c/${id}`,
  kind,
  name: id,
  unread,
  isCurrent: false,
})
const rows = listOrder([row('d', 'direct', 2), row('a', 'group'), row('c', 'broadcast'), row('b', 'group', 1)])

test('the keys follow the sections from top to bottom', () => {
  assert.deepEqual(
    rows.map(({ id }) => id),
    ['a', 'b', 'c', 'd'],
  )
})

test('next and previous go round', () => {
  assert.equal(neighbour(rows, 'd', { step: 1, unreadOnly: false })?.id, 'a')
  assert.equal(neighbour(rows, 'a', { step: -1, unreadOnly: false })?.id, 'd')
  assert.equal(neighbour(rows, undefined, { step: 1, unreadOnly: false })?.id, 'a')
  assert.equal(neighbour(rows, undefined, { step: -1, unreadOnly: false })?.id, 'd')
})

test('the unread ones can be visited alone', () => {
  assert.equal(neighbour(rows, 'b', { step: 1, unreadOnly: true })?.id, 'd')
  assert.equal(neighbour(rows, 'b', { step: -1, unreadOnly: true })?.id, 'd')
  assert.equal(neighbour([row('a', 'group')], 'a', { step: 1, unreadOnly: true }), undefined)
})
