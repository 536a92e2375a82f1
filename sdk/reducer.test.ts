import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConversationView, Message } from '../protocol/conversations.ts'
import type { AudienceEvent, OpenedSync, State as StateFrame } from '../protocol/delivery.ts'
import { digestOf } from '../protocol/digest.ts'
import type { PersonId } from '../protocol/ids.ts'
import type { Membership } from '../protocol/organization.ts'
import { reduce, reduceAll } from './reducer.ts'
import * as selectors from './selectors.ts'
import { createRandom } from './simulation/random.ts'
import { emptyState, type Input, type PendingPost, type State } from './state.ts'
import { viewOf } from './view.ts'

const random = createRandom(1)
const [ann, bob, cleo] = [random.id(), random.id(), random.id()]
const organizationId = random.id()
const conversationId = random.id()
const audienceId = random.id()

function messageFrom(authorId: PersonId, number: number, more: Partial<Message> = {}): Message {
  return {
    id: random.id(),
    audienceId,
    authorId,
    parts: [{ type: 'text', text: `message ${number}` }],
    number,
    messageNumber: number,
    postedAt: `2026-01-01T00:00:00.${String(number).padStart(6, '0')}Z`,
    ...more,
  }
}

/** Ann's group with Bob, in which two messages stand. */
function viewFor(more: Partial<ConversationView> = {}): ConversationView {
  const lastMessage = messageFrom(bob, 2)
  return {
    id: conversationId,
    organizationId,
    kind: 'group',
    name: 'Ann’s team',
    origin: 'made',
    ownerIds: [ann],
    otherId: null,
    memberCount: 2,
    isClosed: false,
    isExternal: false,
    may: { post: true, manage: true, leave: true, seeMembers: true },
    audiences: [
      {
        id: audienceId,
        rule: 'everybody',
        fromNumber: 1,
        lastNumber: 2,
        lastId: lastMessage.id,
        lastMessageNumber: 2,
        readNumber: 0,
        lastMessage,
        marks: [],
      },
    ],
    ...more,
  }
}

function membershipWith(state: Membership['state'], directoryVersion = 1): Membership {
  const organization = {
    id: organizationId,
    name: 'Northwind',
    accent: '#2a5bd7',
    locale: 'en' as const,
    directoryVersion,
  }
  return { organization, role: 'member', state, name: 'Ann' }
}

function openedWith(more: Partial<OpenedSync> = {}): OpenedSync {
  return {
    personId: ann,
    epoch: organizationId,
    isReset: true,
    person: { number: 1, id: organizationId },
    memberships: [membershipWith('active')],
    pairings: [],
    coupons: [],
    conversations: [viewFor()],
    personEvents: [],
    events: [],
    tooFar: [],
    marks: [],
    onlineIds: [bob],
    ...more,
  }
}

const opened = (more?: Partial<OpenedSync>): State =>
  reduce(emptyState, { kind: 'opened', opened: openedWith(more) }).state
const posted = (message: Message): Input => ({ kind: 'event', event: { name: 'message.posted', message } })
const event = (name: string, number: number, more: object = {}): Input => ({
  kind: 'event',
  event: { name, audienceId, number, id: random.id(), conversationId, ...more } as AudienceEvent,
})
const frame = (frame: StateFrame, nowMs = 0): Input => ({ kind: 'state', frame, nowMs })
const audienceIn = (state: State) => state.audiences.get(audienceId)
const conversationIn = (state: State) => state.conversations.get(conversationId)

test('the next event is applied, a known one is dropped, and what is missing before one is asked for', () => {
  const before = opened()
  const next = messageFrom(bob, 3)
  const after = reduce(before, posted(next)).state
  assert.equal(audienceIn(after)?.lastNumber, 3)
  assert.equal(reduce(after, posted(next)).state, after)
  const gap = reduce(after, posted(messageFrom(bob, 6)))
  assert.equal(gap.state, after)
  assert.deepEqual(gap.needs, [{ log: 'audience', audienceId, after: 3, until: 5 }])
})

test('a gap in the person’s own log is asked for, too', () => {
  const left: Input = {
    kind: 'event',
    event: { name: 'conversation.left', personId: ann, number: 4, id: random.id(), conversationId },
  }
  const { state, needs } = reduce(opened(), left)
  assert.ok(conversationIn(state))
  assert.deepEqual(needs, [{ log: 'person', after: 1, until: 3 }])
})

test('unread is what others wrote since one read or wrote', () => {
  const before = opened()
  assert.equal(selectors.unreadOf(before, conversationId), 2)
  const after = reduceAll(before, [posted(messageFrom(bob, 3)), posted(messageFrom(ann, 4))]).state
  assert.equal(selectors.unreadOf(after, conversationId), 0)
  const again = reduce(after, posted(messageFrom(bob, 5))).state
  assert.equal(selectors.unreadOf(again, conversationId), 1)
})

test('what another device has read is read here, even before the message arrives', () => {
  const marked = frame({ state: 'marked', audienceId, personId: ann, read: 3, delivered: 3 })
  const { state } = reduceAll(opened(), [marked, posted(messageFrom(bob, 3))])
  assert.equal(selectors.unreadOf(state, conversationId), 0)
})

test('an edited, deleted or liked message takes the old one’s place, in the log and as the last one', () => {
  const edited = messageFrom(bob, 2, { parts: [{ type: 'text', text: 'better' }] })
  const { state } = reduce(opened(), event('message.edited', 3, { message: edited }))
  assert.deepEqual(state.logs.get(audienceId)?.messages, [edited])
  assert.equal(audienceIn(state)?.lastMessage, edited)
  assert.equal(audienceIn(state)?.lastNumber, 3)
})

test('what may not be seen, and what is not known yet, only moves the number', () => {
  const before = opened()
  const { state } = reduceAll(before, [event('hidden', 3), event('message.translated', 4)])
  assert.equal(audienceIn(state)?.lastNumber, 4)
  assert.deepEqual({ ...audienceIn(state), lastNumber: 2, lastId: audienceIn(before)?.lastId }, audienceIn(before))
})

test('the name, the owners and the end of a conversation come with events', () => {
  const { state } = reduceAll(opened(), [
    event('conversation.renamed', 3, { title: 'Sales' }),
    event('owners.changed', 4, { ownerIds: [bob] }),
    event('conversation.closed', 5),
  ])
  const { name, ownerIds, isClosed, may } = conversationIn(state) ?? {}
  assert.deepEqual([name, ownerIds, isClosed, may?.post], ['Sales', [bob], true, false])
})

test('a view that is older than the events which were applied does not undo them', () => {
  const { state } = reduceAll(opened(), [
    event('conversation.renamed', 3, { title: 'Sales' }),
    { kind: 'conversation', conversation: viewFor() },
  ])
  assert.equal(conversationIn(state)?.name, 'Sales')
  assert.equal(audienceIn(state)?.lastNumber, 3)
})

test('marks only move forward, writing marks as read, and who leaves takes theirs along', () => {
  const mark = (read: number, delivered: number) =>
    frame({ state: 'marked', audienceId, personId: bob, read, delivered })
  const first = reduceAll(opened(), [mark(0, 2), mark(1, 1)]).state
  assert.deepEqual(audienceIn(first)?.marks, [{ personId: bob, read: 1, delivered: 2 }])
  assert.deepEqual(selectors.receiptsOf(first, messageFrom(ann, 2)), { delivered: 1, read: 0 })
  const second = reduce(first, posted(messageFrom(bob, 3))).state
  assert.deepEqual(audienceIn(second)?.marks, [{ personId: bob, read: 3, delivered: 3 }])
  const leaving = { joinedIds: [], leftIds: [bob], ownerIds: [ann], memberCount: 1 }
  const third = reduce(second, event('members.changed', 4, leaving)).state
  assert.deepEqual(audienceIn(third)?.marks, [])
  assert.equal(conversationIn(third)?.memberCount, 1)
})

test('in a group that has grown beyond 256 members no marks are kept', () => {
  const joining = { joinedIds: [cleo], leftIds: [], ownerIds: [ann], memberCount: 257 }
  const { state } = reduceAll(opened(), [
    posted(messageFrom(bob, 3)),
    event('members.changed', 4, joining),
    posted(messageFrom(bob, 5)),
    frame({ state: 'marked', audienceId, personId: bob, read: 5, delivered: 5 }),
  ])
  assert.deepEqual(audienceIn(state)?.marks, [])
})

test('typing shows for six seconds, or until the message is there', () => {
  const typing = (personId: PersonId) => frame({ state: 'typing', audienceId, personId }, 1_000)
  const { state } = reduceAll(opened(), [typing(bob), typing(cleo), typing(ann)])
  assert.deepEqual(selectors.typingIn(state, audienceId, 6_999), [bob, cleo], 'not oneself')
  assert.deepEqual(selectors.typingIn(state, audienceId, 7_000), [])
  const after = reduce(state, posted(messageFrom(bob, 3))).state
  assert.deepEqual(selectors.typingIn(after, audienceId, 2_000), [cleo])
  assert.equal(reduce(after, { kind: 'time', nowMs: 7_000 }).state.typing.size, 0)
  assert.equal(reduce(after, { kind: 'time', nowMs: 6_000 }).state, after)
})

test('presence, directory and progress show what was said last', () => {
  const progress = (done: number) => frame({ state: 'progress', id: 'import', step: 'members', done, total: 10 })
  const { state } = reduceAll(opened(), [
    frame({ state: 'presence', personId: bob, isOnline: false }),
    frame({ state: 'presence', personId: cleo, isOnline: true }),
    frame({ state: 'directory', organizationId, version: 7 }),
    frame({ state: 'directory', organizationId, version: 6 }),
    progress(1),
    progress(5),
  ])
  assert.deepEqual(Array.from(state.onlineIds), [cleo])
  assert.equal(state.memberships[0]?.organization.directoryVersion, 7)
  assert.deepEqual(state.progress.get('import'), { step: 'members', done: 5, total: 10 })
})

test('a beat that agrees needs nothing; a head, a digest or a number that differs does', () => {
  const before = opened()
  const digest = (number: number) => digestOf([{ audienceId, number }])
  type Beat = Extract<StateFrame, { state: 'beat' }>
  const beat: Beat = { state: 'beat', personNumber: 1, heads: [], digest: digest(2) }
  const needsOf = (more: Partial<Beat>) => reduce(before, frame({ ...beat, ...more })).needs
  assert.deepEqual(needsOf({}), [])
  assert.deepEqual(needsOf({ heads: [{ audienceId, number: 2 }] }), [])
  assert.deepEqual(needsOf({ heads: [{ audienceId, number: 4 }], digest: digest(4) }), [
    { log: 'audience', audienceId, after: 2, until: 4 },
  ])
  assert.deepEqual(needsOf({ digest: digest(3) }), [{ log: 'all' }])
  assert.deepEqual(needsOf({ personNumber: 2, digest: 'another' }), [{ log: 'person', after: 1, until: 2 }])
})

test('heads without their events are asked for', () => {
  const heads = [{ audienceId, number: 9 }]
  const { needs } = reduce(opened(), frame({ state: 'heads', heads }))
  assert.deepEqual(needs, [{ log: 'audience', audienceId, after: 2, until: 9 }])
})

test('a log that has run too far away stays where it is until a snapshot of its conversation has come', () => {
  const before = opened()
  const head = { number: 900, id: random.id(), messageNumber: 900, readNumber: 0, lastMessage: null }
  const far = { isReset: false, conversations: [], tooFar: [{ audienceId, head }] }
  const { state, needs } = reduce(before, { kind: 'opened', opened: openedWith(far) })
  assert.equal(audienceIn(state)?.lastNumber, 2)
  assert.deepEqual(needs, [{ log: 'conversation', conversationId, organizationId }])
  const lastMessage = messageFrom(bob, 900)
  const audiences = viewFor().audiences.map((one) => ({ ...one, lastNumber: 900, lastMessageNumber: 900, lastMessage }))
  const after = reduce(state, { kind: 'conversation', conversation: viewFor({ audiences, name: 'Sales' }) }).state
  assert.equal(conversationIn(after)?.name, 'Sales')
  assert.deepEqual(after.logs.get(audienceId), { messages: [lastMessage], from: 900, asking: null })
  assert.equal(selectors.hasOlder(after, audienceId), true)
})

test('whoever begins to take part in an organization asks for all of it; who ends, hears nothing of it any more', () => {
  const change = (state: Membership['state'], number: number): Input => ({
    kind: 'event',
    event: { name: 'membership.changed', personId: ann, number, id: random.id(), membership: membershipWith(state) },
  })
  const gone = reduce(opened(), change('deactivated', 2))
  assert.equal(gone.state.conversations.size, 0)
  assert.equal(gone.state.logs.size, 0)
  assert.deepEqual(viewOf(gone.state).memberships, [])
  assert.deepEqual(reduce(gone.state, change('active', 3)).needs, [{ log: 'reset' }])
})

test('a reset forgets everything but what is still to be sent', () => {
  const post: PendingPost = {
    kind: 'post',
    id: random.id(),
    organizationId,
    audienceId,
    parts: [],
    createdAtMs: 0,
    status: 'waiting',
  }
  const { state } = reduceAll(opened(), [
    posted(messageFrom(bob, 3)),
    { kind: 'post', post },
    { kind: 'opened', opened: openedWith({ conversations: [] }) },
  ])
  assert.deepEqual(state.pending, [post])
  assert.equal(state.audiences.size, 0)
})

test('an answer that comes before the events in front of it stays visible until they have come', () => {
  const own = messageFrom(ann, 4)
  const post: PendingPost = {
    kind: 'post',
    id: own.id,
    organizationId,
    audienceId,
    parts: own.parts,
    createdAtMs: 0,
    status: 'waiting',
  }
  const answered = reduceAll(opened(), [
    { kind: 'post', post },
    { kind: 'acknowledged', id: own.id, message: own },
  ])
  assert.deepEqual(
    selectors.pendingOf(answered.state, conversationId).map(({ status }) => status),
    ['sent'],
  )
  assert.deepEqual(answered.needs, [{ log: 'audience', audienceId, after: 2, until: 3 }])
  const { state } = reduceAll(answered.state, [posted(messageFrom(bob, 3)), posted(own)])
  assert.deepEqual(state.pending, [])
  assert.equal(selectors.messagesOf(state, conversationId).at(-1), own)
})

test('what was stored is forgotten when its log goes out of sight, or begins anew', () => {
  const own = messageFrom(ann, 9)
  const place = { audienceId, number: 9 }
  const post: PendingPost = {
    kind: 'direct',
    id: own.id,
    organizationId,
    personId: bob,
    parts: own.parts,
    createdAtMs: 0,
    status: 'sent',
    place,
  }
  const before = reduce(opened(), { kind: 'post', post }).state
  const left: Input = {
    kind: 'event',
    event: { name: 'conversation.left', personId: ann, number: 2, id: random.id(), conversationId },
  }
  assert.deepEqual(reduce(before, left).state.pending, [])
  assert.deepEqual(reduce(before, { kind: 'opened', opened: openedWith() }).state.pending, [])
  assert.deepEqual(reduce(before, event('hidden', 3)).state.pending, [post])
})

test('messages that were posted while one was away are not unread', () => {
  const away = viewFor().audiences.map((one) => ({ ...one, lastNumber: 5, lastMessageNumber: 4, readNumber: 4 }))
  const joined: Input = {
    kind: 'event',
    event: {
      name: 'conversation.joined',
      personId: ann,
      number: 2,
      id: random.id(),
      conversation: viewFor({ audiences: away }),
    },
  }
  const hidden = [3, 4, 5].map((number) => event('hidden', number))
  const back = reduceAll(opened(), [joined, ...hidden]).state
  assert.equal(audienceIn(back)?.lastMessageNumber, 4)
  const { state } = reduce(back, posted(messageFrom(bob, 6, { messageNumber: 5 })))
  assert.equal(selectors.unreadOf(state, conversationId), 1)
})

test('what an input does not concern stays the same object', () => {
  const before = opened()
  const after = reduce(before, posted(messageFrom(bob, 3))).state
  for (const name of ['memberships', 'conversations', 'typing', 'onlineIds', 'pending'] as const) {
    assert.equal(after[name], before[name], name)
  }
  const marks = [{ audienceId, personId: bob, read: 3, delivered: 3 }]
  const again = openedWith({ isReset: false, conversations: [], marks })
  assert.equal(reduce(after, { kind: 'opened', opened: again }).state.audiences, after.audiences)
})

test('conversations are sorted by their last message, those without one by name', () => {
  const quiet = (name: string) => viewFor({ id: random.id(), name, audiences: [] })
  const state = opened({ conversations: [quiet('Zebra'), quiet('Apple'), viewFor()] })
  const names = selectors.conversationsOf(state, organizationId).map(({ name }) => name)
  assert.deepEqual(names, ['Ann’s team', 'Apple', 'Zebra'])
})

test('the messages of a conversation with several audiences stand in the order of their posting', () => {
  const otherId = random.id()
  const narrow = { ...messageFrom(bob, 1, { postedAt: '2025-01-01T00:00:00.000000Z' }), audienceId: otherId }
  const [audience] = viewFor().audiences
  assert.ok(audience)
  const other = { ...audience, id: otherId, lastNumber: 1, lastMessageNumber: 1, lastMessage: narrow }
  const state = opened({ conversations: [viewFor({ audiences: [audience, other] })] })
  assert.deepEqual(
    selectors.messagesOf(state, conversationId).map((one) => one.audienceId),
    [otherId, audienceId],
  )
  assert.equal(selectors.unreadOf(state, conversationId), 3)
  assert.equal(selectors.lastMessageOf(state, conversationId)?.audienceId, audienceId)
})
