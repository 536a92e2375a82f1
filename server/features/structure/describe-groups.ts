import type { z } from 'zod'
import type { ConversationId, PersonId } from '../../../protocol/ids.ts'
import type { GroupChange } from '../../../protocol/structure.ts'
import type { ChartState, GroupPlan, Slot } from './plan-groups.ts'

const NAMED_MAX = 5

type Change = z.infer<typeof GroupChange>
type Content = { direct: Map<ConversationId, Set<PersonId>>; inner: Map<ConversationId, Set<ConversationId>> }

/** Pure: what a plan does to each group, for people to read. The largest groups first. */
export function describeGroups(plan: GroupPlan, state: ChartState, names: ReadonlyMap<PersonId, string>): Change[] {
  const before = contentOf(state)
  const after = contentAfter(before, plan)
  const made = new Set(plan.make.map(({ id }) => id))
  const closed = new Set(plan.close)
  const renamed = new Map(plan.rename.map(({ conversationId, name }) => [conversationId, name]))
  const owners = ownersOf(plan, state)
  const changes = [...state.groups, ...plan.make].flatMap((group): Change[] => {
    const listen = (content: Content) => membersOf(content, group, owners)
    const [was, is] = [listen(before), listen(after)]
    const [joiners, leavers] = [is.difference(was), was.difference(is)]
    const isTouched = made.has(group.id) || closed.has(group.id) || renamed.has(group.id)
    if (!isTouched && joiners.size === 0 && leavers.size === 0) return []
    return [
      {
        name: renamed.get(group.id) ?? group.name,
        kind: group.kind,
        isNew: made.has(group.id),
        isClosed: closed.has(group.id),
        isNested: group.level === 'levels',
        before: was.size,
        after: is.size,
        joins: namesOf(joiners, names),
        leaves: namesOf(leavers, names),
      },
    ]
  })
  return changes.toSorted((one, other) => other.after - one.after || one.name.localeCompare(other.name))
}

function contentOf({ memberships, nestings }: ChartState): Content {
  const direct: Content['direct'] = new Map()
  for (const { conversationId, personId } of memberships) addTo(direct, conversationId, personId)
  const inner: Content['inner'] = new Map()
  for (const { outerId, innerId } of nestings) addTo(inner, outerId, innerId)
  return { direct, inner }
}

function contentAfter(before: Content, { add, remove, nest, unnest }: GroupPlan): Content {
  const direct = new Map(Array.from(before.direct, ([id, people]) => [id, new Set(people)]))
  const inner = new Map(Array.from(before.inner, ([id, groups]) => [id, new Set(groups)]))
  for (const { conversationId, personId } of remove) direct.get(conversationId)?.delete(personId)
  for (const { conversationId, personId } of add) addTo(direct, conversationId, personId)
  for (const { outerId, innerId } of unnest) inner.get(outerId)?.delete(innerId)
  for (const { outerId, innerId } of nest) addTo(inner, outerId, innerId)
  return { direct, inner }
}

function addTo<Key, Value>(sets: Map<Key, Set<Value>>, key: Key, value: Value) {
  const set = sets.get(key)
  if (set) set.add(value)
  else sets.set(key, new Set([value]))
}

function ownersOf({ add }: GroupPlan, { memberships }: ChartState): Content['direct'] {
  const owners: Content['direct'] = new Map()
  for (const { conversationId, personId, role } of [...memberships, ...add])
    if (role === 'owner') addTo(owners, conversationId, personId)
  return owners
}

/** Everybody in it, through the groups inside it too; in a broadcast those who listen. */
function membersOf({ direct, inner }: Content, { id, kind }: Slot & { id: ConversationId }, owners: Content['direct']) {
  const people = new Set<PersonId>()
  for (const groupId of [id, ...(inner.get(id) ?? [])])
    for (const personId of direct.get(groupId) ?? []) people.add(personId)
  return kind === 'broadcast' ? people.difference(owners.get(id) ?? new Set()) : people
}

const namesOf = (people: ReadonlySet<PersonId>, names: ReadonlyMap<PersonId, string>) =>
  Array.from(people, (personId) => names.get(personId) ?? '')
    .toSorted((one, other) => one.localeCompare(other))
    .slice(0, NAMED_MAX)
