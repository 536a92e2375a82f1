import type { Message } from '../../protocol/conversations.ts'
import type { AudienceEvent, PersonEvent, State } from '../../protocol/delivery.ts'
import type { AudienceId, ConversationId, MessageId, PersonId } from '../../protocol/ids.ts'
import { fallbackOf, Part } from '../../protocol/parts.ts'
import type { InputOf } from '../commands.ts'
import type { LogEntry, Store, StoredAudience } from './model-store.ts'
import { isMember, isVisible, membersOf } from './model-store.ts'
import { eventAt, personEventAt, viewOf } from './model-views.ts'
import type { Random } from './random.ts'

/** A frame for everybody of a person's connections. */
export type Announcement = { personId: PersonId; frame: Pushed }
export type Pushed = AudienceEvent | PersonEvent | State
/** `refused`: the texts of messages that were not taken, at least once. */
export type Model = { store: Store; random: Random; nowMs: number; announced: Announcement[]; refused: Set<string> }

/** "No", in the server's words. */
export class ModelRefusal extends Error {
  readonly code: string
  constructor(code: string) {
    super(code)
    this.code = code
  }
}

type Parts = Message['parts']
type Posting = { audience: StoredAudience; id: string; parts: Parts; replyTo?: number | undefined }

/** Appends an event to a log and announces it to every member, as that member may see it. */
function append(model: Model, audience: StoredAudience, entry: Omit<LogEntry, 'commit'>): number {
  const number = audience.events.push({ ...entry, commit: ++model.store.commits })
  for (const personId of membersOf(audience)) {
    const frame = eventAt(audience, number, personId)
    if (frame) model.announced.push({ personId, frame })
  }
  return number
}

/** Sending twice is the same as sending once; the same id with other content is refused. */
export function post(model: Model, personId: PersonId, { audience, id, parts, replyTo }: Posting): Message {
  if (!isMember(audience, personId)) {
    model.refused.add(textOf(parts))
    throw new ModelRefusal('access.refused')
  }
  const known = audience.messages.get(audience.numbers.get(id) ?? 0)
  if (known?.authorId === personId) {
    const isSame =
      known.deletedAt !== undefined || known.editedAt !== undefined || textOf(known.parts) === textOf(parts)
    if (!isSame) throw new ModelRefusal('message.id-taken')
    return known
  }
  const message: Message = {
    id: id as MessageId,
    audienceId: audience.id,
    authorId: personId,
    parts,
    number: audience.events.length + 1,
    messageNumber: ++audience.lastMessageNumber,
    postedAt: new Date(model.nowMs).toISOString().replace('Z', '000Z'),
    ...(replyTo === undefined ? {} : { replyTo }),
  }
  audience.messages.set(message.number, message)
  audience.numbers.set(id, message.number)
  audience.texts.set(message.number, textOf(parts))
  moveMark(audience, personId, { read: message.messageNumber, delivered: message.messageNumber })
  append(model, audience, { id, name: 'message.posted', about: message.number, body: {} })
  return message
}

export const textOf = (parts: Parts) => fallbackOf(parts)

type Change = Partial<Pick<Message, 'parts' | 'editedAt' | 'deletedAt' | 'reactions'>>
export function changeMessage(
  model: Model,
  personId: PersonId,
  {
    audience,
    number,
    name,
    change,
  }: { audience: StoredAudience; number: number; name: LogEntry['name']; change: Change },
): Message {
  const message = audience.messages.get(number)
  if (!isMember(audience, personId)) throw new ModelRefusal('access.refused')
  if (!message || !isVisible(audience, personId, number)) throw new ModelRefusal('message.not-found')
  if (message.deletedAt !== undefined) throw new ModelRefusal('message.deleted')
  const changed = { ...message, ...change }
  audience.messages.set(number, changed)
  append(model, audience, { id: model.random.id(), name, about: number, body: {} })
  return changed
}

export function moveMark(audience: StoredAudience, personId: PersonId, mark: { read: number; delivered: number }) {
  const known = audience.marks.get(personId) ?? { read: 0, delivered: 0 }
  const read = Math.max(known.read, Math.min(mark.read, audience.lastMessageNumber))
  const delivered = Math.max(known.delivered, Math.min(mark.delivered, audience.lastMessageNumber), read)
  audience.marks.set(personId, { read, delivered })
  return { read, delivered }
}

export function mark(model: Model, personId: PersonId, input: InputOf<'audience.mark'>) {
  const audience = audienceOf(model, input.audienceId)
  if (!isMember(audience, personId)) throw new ModelRefusal('access.refused')
  const moved = moveMark(audience, personId, { read: input.read ?? 0, delivered: input.delivered ?? 0 })
  for (const other of membersOf(audience)) {
    model.announced.push({ personId: other, frame: { state: 'marked', audienceId: audience.id, personId, ...moved } })
  }
  return moved
}

export function audienceOf({ store }: Model, id: string): StoredAudience {
  const audience = store.audiences.get(id as AudienceId)
  if (!audience) throw new ModelRefusal('access.refused')
  return audience
}

type Making = { kind: 'direct' | 'group'; members: readonly PersonId[]; ownerId: PersonId | null }
export function makeConversation(model: Model, { kind, members, ownerId }: Making): StoredAudience {
  const { store, random } = model
  const conversationId = random.id()
  const audience: StoredAudience = {
    id: random.id(),
    conversationId,
    events: [],
    floor: 0,
    messages: new Map(),
    numbers: new Map(),
    texts: new Map(),
    intervals: members.map((personId) => ({ personId, from: 1, to: Infinity, fromMessageNumber: 0 })),
    marks: new Map(),
    lastMessageNumber: 0,
  }
  const name = kind === 'group' ? `Group ${store.conversations.size}` : null
  const conversation = { id: conversationId, kind, name, members: new Set(members), ownerId, audienceId: audience.id }
  store.audiences.set(audience.id, audience)
  store.conversations.set(conversationId, conversation)
  for (const personId of members) tellPerson(model, personId, conversationId)
  return audience
}

function tellPerson(model: Model, personId: PersonId, conversationId: ConversationId) {
  const log = model.store.persons.get(personId)
  const number = log?.events.push({ id: model.random.id(), conversationId }) ?? 0
  const frame = personEventAt(model.store, personId, number)
  if (frame) model.announced.push({ personId, frame })
}

export function changeMember(model: Model, audience: StoredAudience, personId: PersonId): void {
  const conversation = model.store.conversations.get(audience.conversationId)
  if (!conversation || conversation.kind === 'direct') return
  const isLeaving = conversation.members.delete(personId)
  if (!isLeaving) conversation.members.add(personId)
  const number = audience.events.length + 1
  if (isLeaving) {
    audience.intervals = audience.intervals.map((span) =>
      span.personId === personId && span.to === Infinity ? { ...span, to: number } : span,
    )
    audience.marks.delete(personId)
  } else {
    audience.intervals.push({ personId, from: number, to: Infinity, fromMessageNumber: audience.lastMessageNumber })
  }
  append(model, audience, {
    id: model.random.id(),
    name: 'members.changed',
    about: null,
    body: {
      conversationId: conversation.id,
      joinedIds: isLeaving ? [] : [personId],
      leftIds: isLeaving ? [personId] : [],
      ownerIds: conversation.ownerId === null ? [] : [conversation.ownerId],
      memberCount: conversation.members.size,
    },
  })
  tellPerson(model, personId, conversation.id)
}

export function postDirect(model: Model, personId: PersonId, input: InputOf<'direct.post'>) {
  const { store } = model
  const other = input.personId as PersonId
  const known = Array.from(store.conversations.values()).find(
    ({ kind, members }) => kind === 'direct' && members.has(personId) && members.has(other),
  )
  const audience = known
    ? audienceOf(model, known.audienceId)
    : makeConversation(model, { kind: 'direct', members: [personId, other], ownerId: null })
  const message = post(model, personId, { audience, id: input.id, parts: Part.array().parse(input.parts) })
  const conversation = store.conversations.get(audience.conversationId)
  return { conversation: conversation && viewOf(store, conversation, personId), message }
}
