import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PersonId } from '../../../protocol/ids.ts'
import { logRows } from './rows.ts'
import type { MessageView } from './view.ts'

const nancy = PersonId.parse('01960000-0000-7000-8000-000000000001')
const andrew = PersonId.parse('01960000-0000-7000-8000-000000000002')

const message = (key: string, authorId: PersonId, at: string, more: Partial<MessageView> = {}): MessageView => ({
  key,
  author: { id: authorId, name: authorId },
  isOwn: false,
  postedAt: new Date(at),
  text: key,
  media: [],
  coupons: [],
  isEdited: false,
  isDeleted: false,
  reactions: [],
  may: { reply: true, react: true, edit: false, delete: false, seeRecipients: true },
  ...more,
})
const shape = (messages: MessageView[], more: { firstUnread?: string; hasOlder?: boolean } = {}) =>
  logRows({ messages, hasOlder: false, ...more }).map((row) =>
    row.kind === 'message' ? `${row.follows ? '+' : ''}${row.message.key}` : row.kind,
  )

test('messages of one author within five minutes share one head', () => {
  const messages = [
    message('a', nancy, '2026-05-12T09:00:00'),
    message('b', nancy, '2026-05-12T09:04:00'),
    message('c', nancy, '2026-05-12T09:09:00'),
    message('d', andrew, '2026-05-12T09:10:00'),
  ]
  assert.deepEqual(shape(messages), ['start', 'day', 'a', '+b', 'c', 'd'])
})

test('a day line stands before the first message of each day', () => {
  const messages = [message('a', nancy, '2026-05-12T23:59:00'), message('b', nancy, '2026-05-13T00:01:00')]
  assert.deepEqual(shape(messages), ['start', 'day', 'a', 'day', 'b'])
})

test('the New line stands above the first unread message and ends a group', () => {
  const messages = [message('a', nancy, '2026-05-12T09:00:00'), message('b', nancy, '2026-05-12T09:01:00')]
  assert.deepEqual(shape(messages, { firstUnread: 'b' }), ['start', 'day', 'a', 'new', 'b'])
})

test('a reply has a head of its own', () => {
  const quote = { key: 'x', author: 'Andrew', parts: [], isDeleted: false }
  const messages = [message('a', nancy, '2026-05-12T09:00:00'), message('b', nancy, '2026-05-12T09:01:00', { quote })]
  assert.deepEqual(shape(messages), ['start', 'day', 'a', 'b'])
})

test('while older messages are not loaded their place is kept', () => {
  assert.deepEqual(shape([message('a', nancy, '2026-05-12T09:00:00')], { hasOlder: true }), ['older', 'day', 'a'])
})

test('the last message of a run carries the time of its bubble', () => {
  const rows = logRows({
    messages: [
      message('a', nancy, '2026-05-12T09:00:00'),
      message('b', nancy, '2026-05-12T09:01:00'),
      message('c', andrew, '2026-05-12T09:02:00'),
    ],
    hasOlder: false,
  })
  assert.deepEqual(
    rows.flatMap((row) => (row.kind === 'message' && row.isLastOfRun ? row.message.key : [])),
    ['b', 'c'],
  )
})
