import type { Message } from '../../protocol/conversations.ts'
import type { AudienceEvent } from '../../protocol/delivery.ts'
import type { AudienceId, ConversationId, OrganizationId, PersonId } from '../../protocol/ids.ts'
import type { Random } from './random.ts'

/** What the model of a server keeps. Messages, events and intervals are replaced, never changed. */
export type Store = {
  epoch: string
  organizationId: OrganizationId
  persons: Map<PersonId, PersonLog>
  conversations: Map<ConversationId, StoredConversation>
  audiences: Map<AudienceId, StoredAudience>
  /** Counts commits: the order in which everything happened. */
  commits: number
}
export type PersonLog = { events: { id: string; conversationId: ConversationId }[] }
export type StoredConversation = {
  id: ConversationId
  kind: 'direct' | 'group'
  name: string | null
  members: Set<PersonId>
  ownerId: PersonId | null
  audienceId: AudienceId
}
export type StoredAudience = {
  id: AudienceId
  conversationId: ConversationId
  /** By number: dense, beginning with 1. */
  events: LogEntry[]
  /** Events up to this one have been thrown away. */
  floor: number
  messages: Map<number, Message>
  /** Where the message with an id stands. */
  numbers: Map<string, number>
  /** What was written, whatever became of it. */
  texts: Map<number, string>
  /** From one number up to, not including, another. */
  intervals: Interval[]
  marks: Map<PersonId, { read: number; delivered: number }>
  lastMessageNumber: number
}
export type Interval = { personId: PersonId; from: number; to: number; fromMessageNumber: number }
export type LogEntry = {
  id: string
  name: AudienceEvent['name']
  /** The message it is about. */
  about: number | null
  body: object
  commit: number
}

export function createStore(random: Random, personIds: readonly PersonId[]): Store {
  return {
    epoch: random.id(),
    organizationId: random.id(),
    persons: new Map(personIds.map((id) => [id, { events: [] }])),
    conversations: new Map(),
    audiences: new Map(),
    commits: 0,
  }
}

/** A backup: what happens to one does not happen to the other. */
export function copyOf(store: Store): Store {
  return {
    ...store,
    persons: copyEach(store.persons, ({ events }) => ({ events: [...events] })),
    conversations: copyEach(store.conversations, (one) => ({ ...one, members: new Set(one.members) })),
    audiences: copyEach(store.audiences, (one) => ({
      ...one,
      events: [...one.events],
      messages: new Map(one.messages),
      numbers: new Map(one.numbers),
      texts: new Map(one.texts),
      intervals: [...one.intervals],
      marks: new Map(one.marks),
    })),
  }
}

function copyEach<K, V>(map: ReadonlyMap<K, V>, copy: (value: V) => V): Map<K, V> {
  return new Map(Array.from(map, ([key, value]) => [key, copy(value)]))
}

/** Who may see a place in a log: who was a member when it was written. */
export function isVisible(audience: StoredAudience, personId: PersonId, number: number): boolean {
  return audience.intervals.some((span) => span.personId === personId && span.from <= number && number < span.to)
}

export function isMember(audience: StoredAudience, personId: PersonId): boolean {
  return audience.intervals.some((span) => span.personId === personId && span.to === Infinity)
}

export function membersOf(audience: StoredAudience): PersonId[] {
  return audience.intervals.flatMap(({ personId, to }) => (to === Infinity ? [personId] : []))
}
