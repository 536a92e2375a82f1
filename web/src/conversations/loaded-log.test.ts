import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Message } from '../../../protocol/conversations.ts'
import { AudienceId, ConversationId, MessageId, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import { emptyState } from '../../../sdk/index.ts'
import type { Audience, Conversation, State } from '../../../sdk/index.ts'
import { loadedLog } from './loaded-log.ts'
import { firstUnreadOf, seenUpTo } from './reading.ts'

const uuid = (last: number) => `01960000-0000-7000-8000-${String(last).padStart(12, '0')}`
const organizationId = OrganizationId.parse(uuid(1))
const [me, nancy, janet] = [10, 11, 12].map((last) => PersonId.parse(uuid(last)))
const [everybody, owners] = [20, 21].map((last) => AudienceId.parse(uuid(last)))
assert.ok(me && nancy && janet && everybody && owners)
const names = (id: string) => ({ [me]: 'Andrew Fuller', [nancy]: 'Nancy Davolio' })[id] ?? '–'

const conversation: Conversation = {
  id: ConversationId.parse(uuid(2)),
  organizationId,
  kind: 'group',
  name: 'Sales',
  origin: 'chart',
  ownerIds: [nancy],
  otherId: null,
  memberCount: 3,
  isClosed: false,
  isExternal: false,
  may: { post: true, manage: false, leave: false, seeMembers: true },
  audienceIds: [everybody, owners],
}
const audience = (id: AudienceId, more: Partial<Audience> = {}): Audience => ({
  id,
  rule: 'everybody',
  fromNumber: 1,
  lastNumber: 9,
  lastId: null,
  lastMessageNumber: 9,
  readNumber: 9,
  lastMessage: null,
  marks: [],
  conversationId: conversation.id,
  organizationId,
  ...more,
})
const message = (audienceId: AudienceId, number: number, minute: number, more: Partial<Message> = {}): Message => ({
  id: MessageId.parse(uuid(100 + number)),
  audienceId,
  authorId: nancy,
  parts: [{ type: 'text', text: `${number} at ${minute}` }],
  number,
  messageNumber: number,
  postedAt: `2026-05-12T09:${String(minute).padStart(2, '0')}:00.000000Z`,
  ...more,
})
type Given = { audiences?: Audience[]; logs: [AudienceId, Message[], number?][] }
const stateOf = ({ audiences = [audience(everybody), audience(owners)], logs }: Given): State => ({
  ...emptyState,
  conversations: new Map([[conversation.id, conversation]]),
  audiences: new Map(audiences.map((one) => [one.id, one])),
  logs: new Map(logs.map(([id, messages, from = 1]) => [id, { messages, from, asking: null }])),
})
const shown = (state: State) => loadedLog({ state, me, names }, conversation)
const texts = (state: State) => shown(state).messages.map(({ text }) => text)

test('the messages of several audiences stand in the order of their posting', () => {
  const state = stateOf({
    logs: [
      [everybody, [message(everybody, 1, 1), message(everybody, 2, 5)]],
      [owners, [message(owners, 3, 3)]],
    ],
  })
  assert.deepEqual(texts(state), ['1 at 1', '3 at 3', '2 at 5'])
})

test('nothing is shown above the oldest loaded message of a log that has older ones', () => {
  const state = stateOf({
    logs: [
      [everybody, [message(everybody, 5, 5)], 5],
      [owners, [message(owners, 1, 1), message(owners, 2, 8)]],
    ],
  })
  assert.deepEqual(texts(state), ['5 at 5', '2 at 8'])
  assert.equal(shown(state).hasOlder, true)
})

test('a message on its way stands at the end under the key that it keeps', () => {
  const id = MessageId.parse(uuid(300))
  const parts = [{ type: 'text' as const, text: 'soon' }]
  const before = stateOf({
    logs: [
      [everybody, [message(everybody, 1, 1)]],
      [owners, []],
    ],
  })
  const post = { kind: 'post' as const, id, organizationId, parts, createdAtMs: 0, status: 'waiting' as const }
  const waiting: State = { ...before, pending: [{ ...post, audienceId: everybody }] }
  const sent = message(everybody, 2, 2, { id, authorId: me, parts })
  const stored = stateOf({
    logs: [
      [everybody, [message(everybody, 1, 1), sent]],
      [owners, []],
    ],
  })
  assert.equal(shown(waiting).messages.at(-1)?.state, 'waiting')
  assert.equal(shown(stored).messages.at(-1)?.state, 'sent')
  assert.equal(shown(waiting).messages.at(-1)?.key, shown(stored).messages.at(-1)?.key)
  const both: State = { ...stored, pending: waiting.pending }
  assert.deepEqual(texts(both), ['1 at 1', 'soon'])
})

test('ticks turn double when all have received, and coloured when all have read', () => {
  const own = message(everybody, 4, 1, { authorId: me })
  const marked = (nancyRead: number, janetRead: number) =>
    shown(
      stateOf({
        audiences: [
          audience(everybody, {
            marks: [
              { personId: nancy, read: nancyRead, delivered: 4 },
              { personId: janet, read: janetRead, delivered: 4 },
            ],
          }),
          audience(owners),
        ],
        logs: [
          [everybody, [own]],
          [owners, []],
        ],
      }),
    ).messages[0]
  assert.equal(marked(3, 3)?.state, 'delivered')
  assert.deepEqual(marked(4, 3)?.readBy, { read: 1, of: 2 })
  assert.equal(marked(4, 4)?.state, 'read')
})

test('what one may do with a message follows from who wrote it and who one is', () => {
  const [theirs, own] = shown(
    stateOf({
      logs: [
        [everybody, [message(everybody, 1, 1), message(everybody, 2, 2, { authorId: me })]],
        [owners, []],
      ],
    }),
  ).messages
  assert.deepEqual([theirs?.may.edit, theirs?.may.delete, theirs?.may.reply], [false, false, true])
  assert.deepEqual([own?.may.edit, own?.may.delete], [true, true])
})

test('an unchanged message keeps its view, so that it is not drawn again', () => {
  const state = stateOf({
    logs: [
      [everybody, [message(everybody, 1, 1)]],
      [owners, []],
    ],
  })
  assert.equal(shown(state).messages[0], shown({ ...state, onlineIds: new Set([nancy]) }).messages[0])
})

test('the New line belongs to the first message of somebody else above the read mark', () => {
  const state = stateOf({
    audiences: [audience(everybody, { readNumber: 1 }), audience(owners)],
    logs: [
      [
        everybody,
        [
          message(everybody, 1, 1),
          message(everybody, 2, 2, { authorId: me }),
          message(everybody, 3, 3),
          message(everybody, 4, 4),
        ],
      ],
      [owners, []],
    ],
  })
  assert.equal(firstUnreadOf(state, conversation, me), `${nancy} ${uuid(103)}`)
})

test('what was seen is marked in each audience up to the place that was reached', () => {
  const { messages } = shown(
    stateOf({
      logs: [
        [everybody, [message(everybody, 1, 1), message(everybody, 2, 5)]],
        [owners, [message(owners, 3, 3)]],
      ],
    }),
  )
  const reached = messages.find(({ text }) => text === '3 at 3')?.key ?? ''
  assert.deepEqual(
    seenUpTo(messages, reached).toSorted((a, b) => a.messageNumber - b.messageNumber),
    [
      { audienceId: everybody, messageNumber: 1 },
      { audienceId: owners, messageNumber: 3 },
    ],
  )
})
