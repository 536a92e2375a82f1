import { v7 as uuidv7 } from 'uuid'
import { AudienceId, type ConversationId, type OrganizationId, type PersonId } from '../../../protocol/ids.ts'
import { limits } from '../../../protocol/limits.ts'
import { announce } from '../../platform/events.ts'
import { Refusal } from '../../platform/refusal.ts'
import type { Tx } from '../../platform/sql.ts'
import { isExternalNow } from '../contacts/index.ts'
import { appendToPersonLogs } from '../identity/index.ts'
import { appendEvents, type NewEvent } from './log-store.ts'
import { NAMED_MAX, turnoverOf, type Difference, type Turnover } from './member-rules.ts'
import * as store from './member-store.ts'
import * as outside from './outside-store.ts'

export type MembershipChange = {
  organizationId: OrganizationId
  actorId: PersonId | null
  add: readonly store.Put[]
  remove: readonly store.Taken[]
  nest: readonly store.Nest[]
  unnest: readonly store.Nest[]
}

/** Makes empty conversations with their audiences; `changeMemberships` puts people in. */
export async function makeConversations(
  tx: Tx,
  conversations: readonly store.NewConversation[],
  now: Date,
): Promise<void> {
  const made = conversations.map((conversation) => ({ ...conversation, firstId: AudienceId.parse(uuidv7()) }))
  await store.insertConversations(tx, made, now)
  await store.insertAudiences(tx, made.flatMap(audiencesOf))
}

function audiencesOf(made: store.NewConversation & { firstId: AudienceId }): store.NewAudience[] {
  const { id: conversationId, organizationId, firstId } = made
  const isOneWay = made.kind === 'broadcast'
  const first = { id: firstId, conversationId, organizationId, firstId, rule: 'everybody' as const, isOneWay }
  if (!isOneWay) return [first]
  return [first, { ...first, id: AudienceId.parse(uuidv7()), rule: 'owners' as const }]
}

/**
 * Puts people and groups into conversations and takes them out, for any number of them at once. Who is in what is
 * resolved here, through all levels of nesting, and never again when a message is sent.
 */
export async function changeMemberships(tx: Tx, change: MembershipChange, now: Date): Promise<void> {
  const touched = [...change.add, ...change.remove].map(({ conversationId }) => conversationId)
  const nested = [...change.nest, ...change.unnest].map(({ outerId }) => outerId)
  const before = new Set([...touched, ...nested])
  if (before.size === 0) return
  await store.lockWithOuter(tx, [...before, ...change.nest.map(({ innerId }) => innerId)])
  if (change.remove.length > 0) await store.takeMemberships(tx, change.remove)
  if (change.add.length > 0) await store.putMemberships(tx, change.add)
  if (change.unnest.length > 0) await store.takeNestings(tx, change.unnest)
  if (change.nest.length > 0) await nest(tx, change.nest)
  const affected = await store.lockWithOuter(tx, [...before])
  const differences = await store.findDifferences(
    tx,
    affected.map(({ id }) => id),
  )
  const { organizationId, actorId } = change
  if (differences.length > 0) await carryOut(tx, { organizationId, affected, differences, actorId, now })
}

async function nest(tx: Tx, nests: readonly store.Nest[]) {
  await store.putNestings(tx, nests)
  const outerIds = Array.from(new Set(nests.map(({ outerId }) => outerId)))
  const { depth, hasCycle } = await store.measureNesting(tx, outerIds, limits.nestingDepth)
  if (hasCycle) throw new Refusal('conversation.cycle')
  if (depth > limits.nestingDepth) throw new Refusal('conversation.too-deep')
}

type Step = {
  organizationId: OrganizationId
  affected: readonly store.LockedConversation[]
  differences: readonly Difference[]
  actorId: PersonId | null
  now: Date
}

async function carryOut(tx: Tx, { organizationId, affected, differences, actorId, now }: Step) {
  const turnovers = turnoverOf(differences)
  const ids = turnovers.map(({ conversationId }) => conversationId)
  const conversations = new Map(affected.map((conversation) => [conversation.id, conversation]))
  const moved = new Map((await store.moveVersions(tx, ids)).map((row) => [row.conversationId, row]))
  await moveIntervals(tx, { differences, conversations, moved })
  const counts = await store.setMemberCounts(tx, ids)
  const owners = await store.ownersOf(tx, ids)
  await tellAudiences(tx, { turnovers, conversations, counts, owners, actorId, now })
  await openOutward(tx, { organizationId, affected, turnovers, actorId, now })
  await tellPersons(tx, differences, now)
}

type Outward = Pick<Step, 'organizationId' | 'affected' | 'actorId' | 'now'> & { turnovers: readonly Turnover[] }

/** Where somebody from outside comes in, the conversation is external from now on, and says so to those in it. */
async function openOutward(tx: Tx, { organizationId, affected, turnovers, actorId, now }: Outward) {
  const joined = new Map(turnovers.map((turnover) => [turnover.conversationId, turnover.joined]))
  const outsiders = new Set(await outside.outsidersAmong(tx, organizationId, Array.from(joined.values()).flat()))
  const opened = affected.filter(({ id, isExternal }) => {
    const coming = (joined.get(id) ?? []).map((personId) => ({ isExternal: outsiders.has(personId) }))
    return !isExternal && isExternalNow(isExternal, coming)
  })
  await setReach(tx, opened, { isExternal: true, actorId, now })
}

/** In a broadcast only its owners are told: its members learn of nobody. */
async function setReach(
  tx: Tx,
  conversations: readonly store.LockedConversation[],
  { isExternal, actorId, now }: { isExternal: boolean; actorId: PersonId | null; now: Date },
) {
  if (conversations.length === 0) return
  await outside.setExternal(
    tx,
    conversations.map(({ id }) => id),
    isExternal,
  )
  const told = conversations
    .filter(({ kind }) => kind !== 'direct')
    .map((conversation) => ({ ...conversation, firstId: conversation.eventAudienceId }))
  await tellAll(tx, told, { name: 'conversation.reach-changed', actorId, now, more: () => ({ isExternal }) })
}

/** Internal again: an owner says that everybody knows. Nobody from outside may be in it. */
export async function closeOff(
  tx: Tx,
  { organizationId, conversationId }: { organizationId: OrganizationId; conversationId: ConversationId },
  { actorId, now }: { actorId: PersonId; now: Date },
): Promise<void> {
  const conversations = await store.lockWithOuter(tx, [conversationId])
  if (await outside.hasOutsiders(tx, organizationId, conversationId)) throw new Refusal('conversation.has-outsiders')
  const external = conversations.filter(({ id, isExternal }) => id === conversationId && isExternal)
  await setReach(tx, external, { isExternal: false, actorId, now })
}

type Movement = {
  differences: readonly Difference[]
  conversations: ReadonlyMap<ConversationId, store.LockedConversation>
  moved: ReadonlyMap<ConversationId, store.Moved>
}

async function moveIntervals(tx: Tx, { differences, conversations, moved }: Movement) {
  const closings = differences.flatMap(({ conversationId, personId, before }) => {
    const move = moved.get(conversationId)
    return before !== null && move ? [{ conversationId, personId, version: move.version }] : []
  })
  const openings = differences.flatMap(({ conversationId, personId, before, after }) => {
    const move = moved.get(conversationId)
    if (after === null || !move) return []
    const seesPast = conversations.get(conversationId)?.history === 'all' && before === null
    return [
      {
        conversationId,
        personId,
        role: after,
        fromVersion: seesPast ? 0 : move.version,
        fromNumber: seesPast ? 1 : move.lastNumber + 1,
        fromMessageNumber: move.lastMessageNumber,
      },
    ]
  })
  if (closings.length > 0) await store.closeIntervals(tx, closings)
  const left = differences.filter(({ after }) => after === null)
  if (left.length > 0) await store.takeMarks(tx, left)
  if (openings.length > 0) await store.openIntervals(tx, openings)
}

type Telling = {
  turnovers: readonly Turnover[]
  conversations: ReadonlyMap<ConversationId, store.LockedConversation>
  counts: ReadonlyMap<ConversationId, number>
  owners: ReadonlyMap<ConversationId, PersonId[]>
  actorId: PersonId | null
  now: Date
}

async function tellAudiences(tx: Tx, { turnovers, conversations, counts, owners, actorId, now }: Telling) {
  const events = turnovers.flatMap((turnover): NewEvent[] => {
    const { conversationId } = turnover
    const conversation = conversations.get(conversationId)
    if (!conversation || conversation.kind === 'direct') return []
    const ownerIds = owners.get(conversationId) ?? []
    const joinedIds = turnover.joined.slice(0, NAMED_MAX)
    const leftIds = turnover.left.slice(0, NAMED_MAX)
    const body = { conversationId, joinedIds, leftIds, ownerIds, memberCount: counts.get(conversationId) ?? 0 }
    const told = {
      name: 'members.changed',
      actorId,
      messageNumber: null,
      audienceId: conversation.eventAudienceId,
      body,
    }
    if (conversation.kind !== 'broadcast' || !turnover.ownersChanged) return [told]
    return [
      told,
      { ...told, name: 'owners.changed', audienceId: conversation.firstId, body: { conversationId, ownerIds } },
    ]
  })
  if (events.length === 0) return
  const appended = await appendEvents(tx, events, now)
  announce(
    tx,
    appended.map(({ audienceId, number, id, name, body, version }) => ({
      topic: `audience:${audienceId}`,
      version,
      body: { name, audienceId, number, id, ...body },
    })),
  )
}

async function tellPersons(tx: Tx, differences: readonly Difference[], now: Date) {
  await appendToPersonLogs(
    tx,
    differences.map(({ personId, conversationId, after }) => ({
      personId,
      name: after === null ? 'conversation.left' : 'conversation.joined',
      body: { conversationId },
    })),
    now,
  )
}

export async function renameConversations(
  tx: Tx,
  names: readonly { conversationId: ConversationId; name: string; isNameMade: boolean }[],
  actorId: PersonId | null,
  now: Date,
): Promise<void> {
  if (names.length === 0) return
  const conversations = await store.lockWithOuter(
    tx,
    names.map(({ conversationId }) => conversationId),
  )
  await store.renameAll(tx, names)
  const titles = new Map(names.map(({ conversationId, name }) => [conversationId, name]))
  const renamed = conversations.filter(({ id }) => titles.has(id))
  await tellAll(tx, renamed, {
    name: 'conversation.renamed',
    actorId,
    now,
    more: (id) => ({ title: titles.get(id) ?? '' }),
  })
}

/** Nobody writes in them any more; what was written can still be read. */
export async function closeConversations(
  tx: Tx,
  ids: readonly ConversationId[],
  actorId: PersonId | null,
  now: Date,
): Promise<void> {
  if (ids.length === 0) return
  const wanted = new Set(ids)
  const conversations = await store.lockWithOuter(tx, ids)
  const open = conversations.filter(({ id, isClosed }) => wanted.has(id) && !isClosed)
  await store.closeAll(
    tx,
    open.map(({ id }) => id),
    now,
  )
  await tellAll(tx, open, { name: 'conversation.closed', actorId, now, more: () => ({}) })
}

/** A direct conversation that one of the two had left: they have come back. */
export async function reopenConversations(
  tx: Tx,
  ids: readonly ConversationId[],
  actorId: PersonId | null,
  now: Date,
): Promise<void> {
  const wanted = new Set(ids)
  const closed = (await store.lockWithOuter(tx, ids)).filter(({ id, isClosed }) => wanted.has(id) && isClosed)
  if (closed.length === 0) return
  await store.reopenAll(
    tx,
    closed.map(({ id }) => id),
  )
  await tellAll(tx, closed, { name: 'conversation.reopened', actorId, now, more: () => ({}) })
}

type News = { name: string; actorId: PersonId | null; now: Date; more(id: ConversationId): object }
async function tellAll(tx: Tx, conversations: readonly store.LockedConversation[], { name, actorId, now, more }: News) {
  if (conversations.length === 0) return
  const appended = await appendEvents(
    tx,
    conversations.map(({ id, firstId }) => ({
      audienceId: firstId,
      name,
      actorId,
      messageNumber: null,
      body: { conversationId: id, ...more(id) },
    })),
    now,
  )
  announce(
    tx,
    appended.map(({ audienceId, number, id, body, version }) => ({
      topic: `audience:${audienceId}`,
      version,
      body: { name, audienceId, number, id, ...body },
    })),
  )
}
