import type { ConversationId, PersonId } from '../../../protocol/ids.ts'
import { managersUnder, readChart, type Chart } from './chart.ts'
import type { Position } from './compare.ts'

type Level = 'team' | 'levels'
type Kind = 'group' | 'broadcast'
/** Which of a manager's four conversations: with the direct reports or with all below, two-way or one-way. */
export type Slot = { managerId: PersonId; level: Level; kind: Kind }
export type ChartGroup = Slot & {
  id: ConversationId
  name: string
  /** Its name was made here and follows the manager's. */
  isNameMade: boolean
  /** Something has been said in it. */
  isUsed: boolean
}
export type Put = {
  conversationId: ConversationId
  personId: PersonId
  role: 'owner' | 'member'
  source: 'chart' | 'owner'
}
export type Taken = Pick<Put, 'conversationId' | 'personId'>
export type Nest = { outerId: ConversationId; innerId: ConversationId }
/** The open conversations that follow the chart, and who was put into them. */
export type ChartState = { groups: readonly ChartGroup[]; memberships: readonly Put[]; nestings: readonly Nest[] }
export type ChartChange = {
  before: readonly Position[]
  after: readonly Position[]
  state: ChartState
  /** Whose groups over all levels are asked for. Heads have theirs without asking. */
  levelsFor?: PersonId
  nameOf(slot: Slot & { managerName: string; isEverybody: boolean }): string
  newId(): ConversationId
}
export type GroupPlan = {
  make: (Slot & { id: ConversationId; name: string })[]
  add: Put[]
  remove: Taken[]
  nest: Nest[]
  unnest: Nest[]
  rename: { conversationId: ConversationId; name: string }[]
  close: ConversationId[]
}

/**
 * Pure: how the groups follow a change of the chart. Only the difference between the chart before and after is
 * carried over, so that what owners have changed by hand stays until the place of the person concerned changes. A
 * group whose manager has nobody any more is closed: where something was said in it, its members keep it to read;
 * otherwise they leave it.
 */
export function planGroups(change: ChartChange): GroupPlan {
  const { groups } = change.state
  const charts = { before: readChart(change.before), after: readChart(change.after) }
  const wanted = wantedSlots(charts.after, change)
  const existing = new Map(groups.map((group) => [slotKey(group), group]))
  const make = wanted.filter((slot) => !existing.has(slotKey(slot))).map((slot) => ({ ...slot, id: change.newId() }))
  const wantedKeys = new Set(wanted.map(slotKey))
  const closing = groups.filter((group) => !wantedKeys.has(slotKey(group)))
  const open = groups.filter((group) => wantedKeys.has(slotKey(group)))
  const parts = [
    fill(make, charts.after),
    removeGone(change.state, charts),
    followReports(open, change.state, charts),
    followManagers({ open, make, groups }, change.state, charts),
    ...closing.map((group) => wind(group, change.state, charts)),
  ]
  return {
    make: make.map((slot) => ({ ...slot, name: nameOf(slot, charts.after, change) })),
    add: parts.flatMap(({ add = [] }) => add),
    remove: parts.flatMap(({ remove = [] }) => remove),
    nest: parts.flatMap(({ nest = [] }) => nest),
    unnest: parts.flatMap(({ unnest = [] }) => unnest),
    rename: open.flatMap((group) => {
      const name = nameOf(group, charts.after, change)
      return group.isNameMade && group.name !== name ? [{ conversationId: group.id, name }] : []
    }),
    close: closing.map(({ id }) => id),
  }
}

type Part = { add?: Put[]; remove?: Taken[]; nest?: Nest[]; unnest?: Nest[] }
type Charts = { before: Chart; after: Chart }
type Made = Slot & { id: ConversationId }

const slotKey = ({ managerId, level, kind }: Slot) => `${managerId} ${level} ${kind}`
const kinds = ['group', 'broadcast'] as const

/**
 * Two conversations for every manager; two more over all levels for heads with managers below, and for who asked for
 * them.
 */
function wantedSlots(after: Chart, { state, levelsFor }: ChartChange): Slot[] {
  const withLevels = new Set([
    ...after.heads,
    ...state.groups.filter(({ level }) => level === 'levels').map(({ managerId }) => managerId),
    ...(levelsFor ? [levelsFor] : []),
  ])
  const levels = Array.from(withLevels).filter((managerId) => managersUnder(after, managerId).size > 1)
  return [...slotsOf(after.reports.keys(), 'team'), ...slotsOf(levels, 'levels')]
}

const slotsOf = (managerIds: Iterable<PersonId>, level: Level): Slot[] =>
  Array.from(managerIds).flatMap((managerId) => kinds.map((kind) => ({ managerId, level, kind })))

/** Only a tree that holds everybody, but for those who stand alone, is called after everybody. */
function nameOf(slot: Slot, { heads, names, reports }: Chart, change: ChartChange): string {
  const leading = heads.filter((head) => reports.has(head))
  const isEverybody = slot.level === 'levels' && leading.length === 1 && leading[0] === slot.managerId
  const { managerId, level, kind } = slot
  return change.nameOf({ managerId, level, kind, managerName: names.get(managerId) ?? '', isEverybody })
}

function fill(make: readonly Made[], after: Chart): Part {
  const add = make.flatMap(({ id, managerId, level }): Put[] => [
    { conversationId: id, personId: managerId, role: 'owner', source: 'chart' },
    ...(level === 'team' ? putAll(id, after.reports.get(managerId) ?? []) : []),
  ])
  return { add }
}

const putAll = (conversationId: ConversationId, personIds: Iterable<PersonId>): Put[] =>
  Array.from(personIds, (personId) => ({ conversationId, personId, role: 'member', source: 'chart' }))

/** Whoever leaves the organization leaves every group, also those an owner has put them into. */
function removeGone({ memberships }: ChartState, { before, after }: Charts): Part {
  const isGone = (personId: PersonId) => before.names.has(personId) && !after.names.has(personId)
  return { remove: memberships.filter(({ personId }) => isGone(personId)).map(takenOf) }
}

const takenOf = ({ conversationId, personId }: Put): Taken => ({ conversationId, personId })

function followReports(open: readonly ChartGroup[], { memberships }: ChartState, { before, after }: Charts): Part {
  const put = new Map(memberships.map((one) => [`${one.conversationId} ${one.personId}`, one]))
  const moves = open
    .filter(({ level }) => level === 'team')
    .map(({ id, managerId }) => {
      const [was, is] = [new Set(before.reports.get(managerId)), new Set(after.reports.get(managerId))]
      const joiners = Array.from(is.difference(was)).filter((personId) => !put.has(`${id} ${personId}`))
      const leavers = Array.from(was.difference(is)).flatMap((personId) => put.get(`${id} ${personId}`) ?? [])
      return { add: putAll(id, joiners), remove: leavers.filter((one) => isMoved(one, after)).map(takenOf) }
    })
  return { add: moves.flatMap(({ add }) => add), remove: moves.flatMap(({ remove }) => remove) }
}

/** Whom an owner has put in stays; whoever has left the organization is removed already. */
const isMoved = ({ personId, source }: Put, after: Chart) => source === 'chart' && after.names.has(personId)

type Teams = { open: readonly ChartGroup[]; make: readonly Made[]; groups: readonly ChartGroup[] }
/** The groups over all levels hold the teams' groups of all managers below. */
function followManagers({ open, make, groups }: Teams, { nestings }: ChartState, { before, after }: Charts): Part {
  const fresh = new Set(make.map(({ id }) => id))
  const teams = new Map([...groups, ...make].map((group) => [slotKey(group), group.id]))
  const nested = new Set(nestings.map(nestKey))
  const moves = [...open, ...make]
    .filter(({ level }) => level === 'levels')
    .map(({ id: outerId, managerId, kind }) => {
      const nestOf = (innerManagerId: PersonId): Nest[] => {
        const innerId = teams.get(slotKey({ managerId: innerManagerId, level: 'team', kind }))
        return innerId ? [{ outerId, innerId }] : []
      }
      const was = fresh.has(outerId) ? new Set<PersonId>() : managersUnder(before, managerId)
      const is = managersUnder(after, managerId)
      const nest = Array.from(is)
        .flatMap((id) => nestOf(id).map((one) => ({ ...one, isNew: !was.has(id) || fresh.has(one.innerId) })))
        .filter((one) => one.isNew && !nested.has(nestKey(one)))
        .map(({ innerId }) => ({ outerId, innerId }))
      const unnest = Array.from(was.difference(is))
        .flatMap(nestOf)
        .filter((one) => nested.has(nestKey(one)))
      return { nest, unnest }
    })
  return { nest: moves.flatMap(({ nest }) => nest), unnest: moves.flatMap(({ unnest }) => unnest) }
}

const nestKey = ({ outerId, innerId }: Nest) => `${outerId} ${innerId}`

/**
 * Winds a group up. One that was used keeps the members it has now, directly, whatever becomes of the groups inside
 * it.
 */
function wind({ id, isUsed }: ChartGroup, { memberships, nestings }: ChartState, { after }: Charts): Part {
  const unnest = nestings.filter(({ outerId }) => outerId === id)
  const direct = memberships.filter(
    ({ conversationId, personId }) => conversationId === id && after.names.has(personId),
  )
  if (!isUsed) return { unnest, remove: direct.map(takenOf) }
  const inner = new Set(unnest.map(({ innerId }) => innerId))
  const through = new Set(memberships.filter((one) => inner.has(one.conversationId)).map(({ personId }) => personId))
  for (const { personId } of direct) through.delete(personId)
  return {
    unnest,
    add: putAll(
      id,
      Array.from(through).filter((personId) => after.names.has(personId)),
    ),
  }
}
