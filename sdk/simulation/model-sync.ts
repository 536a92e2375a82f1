import type { OpenedSync } from '../../protocol/delivery.ts'
import type { AudienceId, PersonId } from '../../protocol/ids.ts'
import type { InputOf, OutputOf } from '../commands.ts'
import { ModelRefusal, type Model } from './model-commands.ts'
import { isMember, type Store, type StoredAudience } from './model-store.ts'
import { eventAt, membershipIn, personEventAt, viewOf, viewsOf, visibleMessages } from './model-views.ts'

/** Small, so that a short simulation meets what takes a long absence in life. */
const EVENTS_PER_LOG_MAX = 12
const PERSON_EVENTS_MAX = 6
const PAGE_MAX = 5

export function openSync({ store }: Model, personId: PersonId, input: InputOf<'sync.open'>): OpenedSync {
  const log = store.persons.get(personId)?.events ?? []
  const head = { number: log.length, id: log.at(-1)?.id ?? null }
  const base = {
    personId,
    epoch: store.epoch,
    person: head,
    memberships: [membershipIn(store)],
    pairings: [],
    coupons: [],
    onlineIds: [],
  }
  const empty = { conversations: [], personEvents: [], events: [], tooFar: [], marks: [] }
  if (mustReset(store, personId, input)) {
    return { ...base, ...empty, isReset: true, conversations: viewsOf(store, personId) }
  }
  const positions = (input.positions ?? []).flatMap(({ audienceId, number }) => {
    const audience = store.audiences.get(audienceId as AudienceId)
    return audience && isMember(audience, personId) ? [{ audience, number }] : []
  })
  const isFar = ({ audience, number }: Position) => {
    return audience.events.length - number > EVENTS_PER_LOG_MAX || audience.floor > number
  }
  const near = positions.filter((position) => !isFar(position))
  return {
    ...base,
    ...empty,
    isReset: false,
    personEvents: personEventsAfter(store, personId, input.person?.number ?? 0),
    events: near.flatMap(({ audience, number }) => eventsAfter(audience, personId, number)),
    tooFar: positions.filter(isFar).map(({ audience }) => headOf(store, audience, personId)),
    marks: marksFor(store, personId),
  }
}

type Position = { audience: StoredAudience; number: number }

function mustReset(store: Store, personId: PersonId, { epoch, person, positions }: InputOf<'sync.open'>): boolean {
  const log = store.persons.get(personId)?.events ?? []
  const number = person?.number ?? 0
  if (epoch !== store.epoch || number > log.length || log.length - number > PERSON_EVENTS_MAX) return true
  if (number > 0 && log[number - 1]?.id !== person?.id) return true
  return (positions ?? []).some(({ audienceId, number: at, id }) => {
    const audience = store.audiences.get(audienceId as AudienceId)
    if (!audience || !isMember(audience, personId) || at === 0) return false
    return at > audience.events.length || audience.events[at - 1]?.id !== id
  })
}

function headOf(store: Store, audience: StoredAudience, personId: PersonId): OpenedSync['tooFar'][number] {
  const conversation = store.conversations.get(audience.conversationId)
  const view = conversation && viewOf(store, conversation, personId)?.audiences[0]
  if (!view) throw new Error('Only members are told of a head.')
  const { lastNumber, lastId, lastMessageNumber, readNumber, lastMessage } = view
  const head = { number: lastNumber, id: lastId, messageNumber: lastMessageNumber, readNumber, lastMessage }
  return { audienceId: audience.id, head }
}

function marksFor(store: Store, personId: PersonId): OpenedSync['marks'] {
  return Array.from(store.audiences.values())
    .filter((audience) => isMember(audience, personId))
    .flatMap(({ id, marks }) => Array.from(marks, ([of, mark]) => ({ audienceId: id, personId: of, ...mark })))
}

function eventsAfter(audience: StoredAudience, personId: PersonId, after: number, limit = Infinity) {
  const first = Math.max(after, audience.floor) + 1
  const last = Math.min(audience.events.length, after + limit)
  const numbers = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index)
  return numbers.flatMap((number) => eventAt(audience, number, personId) ?? [])
}

function personEventsAfter(store: Store, personId: PersonId, after: number) {
  const count = (store.persons.get(personId)?.events.length ?? 0) - after
  const numbers = Array.from({ length: Math.max(0, count) }, (_, index) => after + 1 + index)
  return numbers.flatMap((number) => personEventAt(store, personId, number) ?? [])
}

export function difference(
  audience: StoredAudience,
  personId: PersonId,
  { after, limit = PAGE_MAX }: { after: number; limit?: number | undefined },
): OutputOf<'sync.difference'> {
  if (!isMember(audience, personId)) throw new ModelRefusal('access.refused')
  const events = after < audience.floor ? [] : eventsAfter(audience, personId, after, Math.min(limit, PAGE_MAX))
  return { events, lastNumber: audience.events.length }
}

export function personDifference({ store }: Model, personId: PersonId, after: number) {
  const lastNumber = store.persons.get(personId)?.events.length ?? 0
  const isTooFar = after > lastNumber || lastNumber - after > PERSON_EVENTS_MAX
  return { events: isTooFar ? [] : personEventsAfter(store, personId, after), lastNumber, isTooFar }
}

export function historyPage(
  audience: StoredAudience,
  personId: PersonId,
  { before = Infinity, limit = 50 }: { before?: number | undefined; limit?: number | undefined },
): OutputOf<'message.history'> {
  if (!isMember(audience, personId)) throw new ModelRefusal('access.refused')
  const older = visibleMessages(audience, personId).filter(({ number }) => number < before)
  return { messages: older.slice(-limit), hasMore: older.length > limit }
}
