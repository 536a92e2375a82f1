import { v7 as uuidv7 } from 'uuid'
import { ConversationId, type PersonId } from '../../../protocol/ids.ts'
import type { Organization } from '../../../protocol/organization.ts'
import type { Tx } from '../../platform/sql.ts'
import {
  changeMemberships,
  closeConversations,
  makeConversations,
  renameConversations,
  type NewConversation,
} from '../conversations/index.ts'
import type { Position } from './compare.ts'
import { createNaming } from './group-names.ts'
import { planGroups, type ChartState, type GroupPlan, type Put, type Taken } from './plan-groups.ts'
import * as store from './store.ts'

export type ChartMove = {
  organization: Organization
  before: readonly Position[]
  after: readonly Position[]
  levelsFor?: PersonId
}

const newId = () => ConversationId.parse(uuidv7())

/** Reads the groups that follow the chart, and plans what a change of the chart does to them. */
export async function planChange(tx: Tx, move: ChartMove): Promise<{ plan: GroupPlan; state: ChartState }> {
  const { organization, ...change } = move
  const state = await store.readChartState(tx, organization.id)
  return { plan: planGroups({ ...change, state, nameOf: createNaming(organization), newId }), state }
}

export type HeldPlan = GroupPlan & { organization: Organization }

/**
 * Completes a plan by the other groups of those who leave, and locks all it touches. Comes before any change of
 * persons.
 */
export async function holdPlan(tx: Tx, move: ChartMove, plan: GroupPlan): Promise<HeldPlan> {
  const { organization, before } = move
  const present = new Set(move.after.map(({ personId }) => personId))
  const gone = before.filter(({ personId }) => !present.has(personId))
  const { add, remove } = gone.length === 0 ? { add: [], remove: [] } : await planLeaving(tx, move, gone, present)
  const held = { ...plan, organization, add: [...plan.add, ...add], remove: [...plan.remove, ...remove] }
  const made = new Set(plan.make.map(({ id }) => id))
  const touched = [
    ...[...held.add, ...held.remove, ...plan.rename].map(({ conversationId }) => conversationId),
    ...[...plan.nest, ...plan.unnest].flatMap(({ outerId, innerId }) => [outerId, innerId]),
    ...plan.close,
  ]
  await store.lockConversations(tx, Array.from(new Set(touched).difference(made)))
  return held
}

/**
 * A group that would be without an owner goes to the leaver's manager or the next above; where there is none, to who
 * leads the organization.
 */
async function planLeaving(
  tx: Tx,
  { organization, before }: ChartMove,
  gone: readonly Position[],
  present: ReadonlySet<PersonId>,
): Promise<{ add: Put[]; remove: Taken[] }> {
  const leaving = gone.map(({ personId }) => personId)
  const memberships = await store.membershipsElsewhere(tx, organization.id, leaving)
  const managers = new Map(before.map(({ personId, managerId }) => [personId, managerId]))
  const leader = await store.findLeader(tx, organization.id, Array.from(present))
  const add = memberships.flatMap(({ conversationId, personId, isClosed, isLastOwner, heirId }): Put[] => {
    const heir = managerAbove(personId, managers, present) ?? leader ?? heirId
    if (isClosed || !isLastOwner || heir === null || heirId === null) return []
    return [{ conversationId, personId: heir, role: 'owner', source: 'owner' }]
  })
  return { add, remove: memberships.map(({ conversationId, personId }) => ({ conversationId, personId })) }
}

function managerAbove(
  personId: PersonId,
  managers: ReadonlyMap<PersonId, PersonId | null>,
  present: ReadonlySet<PersonId>,
): PersonId | null {
  const passed = new Set<PersonId>()
  let id = managers.get(personId) ?? null
  while (id !== null && !present.has(id) && !passed.has(id)) {
    passed.add(id)
    id = managers.get(id) ?? null
  }
  return id !== null && present.has(id) ? id : null
}

/** People put into conversations by one statement. Only so that there is progress to tell. */
const PORTION = 5_000

/** Carries a plan out. Whoever moves between groups stays, all the while, in those that hold both. */
export async function carryOut(
  tx: Tx,
  { organization, ...plan }: HeldPlan,
  { actorId, now, report }: { actorId: PersonId | null; now: Date; report?(share: number): void },
): Promise<void> {
  const change = { organizationId: organization.id, actorId, add: [], remove: [], nest: [], unnest: [] }
  await makeConversations(
    tx,
    plan.make.map((group) => conversationOf(group, organization)),
    now,
  )
  const made = new Set(plan.make.map(({ id }) => id))
  // Nobody is in new groups yet, and they are in no other: they can be filled one portion after the other.
  const fresh = plan.add.filter(({ conversationId }) => made.has(conversationId))
  for (let at = 0; at < fresh.length; at += PORTION) {
    await changeMemberships(tx, { ...change, add: fresh.slice(at, at + PORTION) }, now)
    report?.(Math.min(at + PORTION, fresh.length) / (fresh.length + 1))
  }
  const add = plan.add.filter(({ conversationId }) => !made.has(conversationId))
  await changeMemberships(tx, { ...change, add, remove: plan.remove, nest: plan.nest, unnest: plan.unnest }, now)
  await renameConversations(
    tx,
    plan.rename.map((renamed) => ({ ...renamed, isNameMade: true })),
    actorId,
    now,
  )
  await closeConversations(tx, plan.close, actorId, now)
  if (plan.close.length > 0) await store.detachFromChart(tx, plan.close)
  report?.(1)
}

function conversationOf(group: GroupPlan['make'][number], { id: organizationId }: Organization): NewConversation {
  return {
    id: group.id,
    organizationId,
    kind: group.kind,
    name: group.name,
    origin: 'chart',
    history: 'joined',
    isNameMade: true,
    chartManagerId: group.managerId,
    chartLevel: group.level,
    createdBy: null,
  }
}
