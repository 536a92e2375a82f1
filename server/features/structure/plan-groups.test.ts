import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { ConversationId, PersonId } from '../../../protocol/ids.ts'
import type { Position } from './compare.ts'
import { planGroups, type ChartGroup, type ChartState, type GroupPlan, type Put } from './plan-groups.ts'

const idOf = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
const personOf = (number: number) => PersonId.parse(idOf(number))
const empty: ChartState = { groups: [], memberships: [], nestings: [] }
/** `chart({ 1: 2 })`: person 1 reports to person 2; 0 stands for nobody. */
const chart = (managers: Record<number, number>): Position[] =>
  Object.entries(managers).map(([person, manager]) => ({
    personId: personOf(Number(person)),
    managerId: manager === 0 ? null : personOf(manager),
    name: `P${person}`,
  }))

let lastId = 1_000_000
type More = { levelsFor?: PersonId }
function plan(before: Position[], after: Position[], state: ChartState, more: More = {}): GroupPlan {
  return planGroups({
    before,
    after,
    state,
    newId: () => ConversationId.parse(idOf(++lastId)),
    nameOf: ({ managerName, level, kind, isEverybody }) =>
      isEverybody ? `everybody ${kind}` : `${managerName} ${level} ${kind}`,
    ...more,
  })
}

const keyOf = (one: { conversationId: string; personId: string }) => `${one.conversationId} ${one.personId}`

/** Carries a plan out on the state it was made for, refusing what cannot be carried out. */
function apply(state: ChartState, { make, add, remove, nest, unnest, rename, close }: GroupPlan): ChartState {
  const memberships = new Map(state.memberships.map((one) => [keyOf(one), one]))
  for (const one of remove) assert.ok(memberships.delete(keyOf(one)), 'removes who is in')
  for (const one of add) {
    assert.ok(!memberships.has(keyOf(one)), 'adds who is not in')
    memberships.set(keyOf(one), one)
  }
  const nestings = new Map(state.nestings.map((one) => [`${one.outerId} ${one.innerId}`, one]))
  for (const one of unnest) assert.ok(nestings.delete(`${one.outerId} ${one.innerId}`), 'takes out what is inside')
  for (const one of nest) {
    assert.ok(!nestings.has(`${one.outerId} ${one.innerId}`), 'nests what is not inside')
    nestings.set(`${one.outerId} ${one.innerId}`, one)
  }
  const names = new Map(rename.map(({ conversationId, name }) => [conversationId, name]))
  const closed = new Set(close)
  const made = make.map((one) => ({ ...one, isNameMade: true, isUsed: false }))
  return {
    groups: [...state.groups, ...made]
      .filter(({ id }) => !closed.has(id))
      .map((group) => ({ ...group, name: names.get(group.id) ?? group.name })),
    memberships: [...memberships.values()],
    nestings: [...nestings.values()],
  }
}

const short = (personId: PersonId) => Number(personId.slice(-12))
function membersOf(state: ChartState, group: ChartGroup): number[] {
  const inside = new Set([
    group.id,
    ...state.nestings.filter(({ outerId }) => outerId === group.id).map(({ innerId }) => innerId),
  ])
  const people = state.memberships.filter(({ conversationId }) => inside.has(conversationId))
  return Array.from(new Set(people.map(({ personId }) => short(personId)))).toSorted((one, other) => one - other)
}
/** `name: members` of every group, sorted. */
const tell = (state: ChartState) =>
  state.groups.map((group) => `${group.name}: ${membersOf(state, group).join(' ')}`).toSorted()
const build = (managers: Record<number, number>) => apply(empty, plan([], chart(managers), empty))
const groupOf = (state: ChartState, name: string) => {
  const group = state.groups.find((one) => one.name === name)
  assert.ok(group, name)
  return group
}
const put = (state: ChartState, name: string, person: number): ChartState => {
  const one: Put = {
    conversationId: groupOf(state, name).id,
    personId: personOf(person),
    role: 'member',
    source: 'owner',
  }
  return { ...state, memberships: [...state.memberships, one] }
}
const take = (state: ChartState, name: string, person: number): ChartState => {
  const { id } = groupOf(state, name)
  const stays = (one: Put) => one.conversationId !== id || one.personId !== personOf(person)
  return { ...state, memberships: state.memberships.filter(stays) }
}
const use = (state: ChartState): ChartState => ({
  ...state,
  groups: state.groups.map((group) => ({ ...group, isUsed: true })),
})
const move = (state: ChartState, before: Record<number, number>, after: Record<number, number>, more: More = {}) =>
  apply(state, plan(chart(before), chart(after), state, more))

const northwind = { 1: 2, 2: 0, 3: 2, 4: 2, 5: 2, 6: 5, 7: 5, 8: 2, 9: 5 }

test('G2-05 G3-01 G4-01 Northwind gives three two-way groups and three broadcasts', () => {
  assert.deepEqual(tell(build(northwind)), [
    'P2 team broadcast: 1 2 3 4 5 8',
    'P2 team group: 1 2 3 4 5 8',
    'P5 team broadcast: 5 6 7 9',
    'P5 team group: 5 6 7 9',
    'everybody broadcast: 1 2 3 4 5 6 7 8 9',
    'everybody group: 1 2 3 4 5 6 7 8 9',
  ])
})

test('G2-04 G3-06 the manager owns the groups, the reports are members', () => {
  const { memberships, groups } = build(northwind)
  for (const { id, managerId } of groups)
    for (const one of memberships.filter(({ conversationId }) => conversationId === id))
      assert.equal(one.role, one.personId === managerId ? 'owner' : 'member')
})

test('the same chart again changes nothing', () => {
  const again = plan(chart(northwind), chart(northwind), build(northwind))
  assert.deepEqual(again, { make: [], add: [], remove: [], nest: [], unnest: [], rename: [], close: [] })
})

test('a manager below the top gets groups over all levels by asking, and keeps them', () => {
  const deep = { ...northwind, 10: 6 }
  const asked = move(build(deep), deep, deep, { levelsFor: personOf(5) })
  assert.deepEqual(membersOf(asked, groupOf(asked, 'P5 levels group')), [5, 6, 7, 9, 10])
  const grown = move(asked, deep, { ...deep, 11: 7 })
  assert.deepEqual(membersOf(grown, groupOf(grown, 'P5 levels broadcast')), [5, 6, 7, 9, 10, 11])
})

test('several trees are not called everybody, someone who stands alone is no tree', () => {
  assert.ok(tell(build({ ...northwind, 20: 0 })).some((told) => told.startsWith('everybody')))
  assert.ok(!tell(build({ ...northwind, 20: 0, 21: 20 })).some((told) => told.startsWith('everybody')))
})

test('G4-03 who joins, moves or leaves does so in the groups too', () => {
  const after = { 1: 5, 2: 0, 3: 2, 4: 2, 5: 2, 6: 5, 7: 5, 8: 2, 10: 2 }
  assert.deepEqual(
    tell(move(build(northwind), northwind, after)).filter((told) => told.includes('group')),
    ['P2 team group: 2 3 4 5 8 10', 'P5 team group: 1 5 6 7', 'everybody group: 1 2 3 4 5 6 7 8 10'],
  )
})

test('what owners changed by hand stays until the place of that person changes', () => {
  const byHand = take(put(build(northwind), 'P5 team group', 1), 'P2 team group', 3)
  const grown = move(byHand, northwind, { ...northwind, 10: 5 })
  assert.deepEqual(membersOf(grown, groupOf(grown, 'P5 team group')), [1, 5, 6, 7, 9, 10])
  assert.deepEqual(membersOf(grown, groupOf(grown, 'P2 team group')), [1, 2, 4, 5, 8])
  const moved = move(byHand, northwind, { ...northwind, 3: 5 })
  assert.deepEqual(membersOf(moved, groupOf(moved, 'P5 team group')), [1, 3, 5, 6, 7, 9])
  const returned = move(moved, { ...northwind, 3: 5 }, northwind)
  assert.deepEqual(membersOf(returned, groupOf(returned, 'P2 team group')), [1, 2, 3, 4, 5, 8])
})

test('whoever leaves the organization leaves groups into which an owner has put them as well', () => {
  const { 1: _, ...after } = northwind
  const left = move(put(build(northwind), 'P5 team group', 1), northwind, after)
  assert.ok(left.memberships.every(({ personId }) => personId !== personOf(1)))
})

test('a group whose manager has nobody any more is closed; its members keep it to read if it was used', () => {
  const after = { ...northwind, 6: 2, 7: 2, 9: 2 }
  const unused = build(northwind)
  const closing = plan(chart(northwind), chart(after), unused)
  assert.equal(closing.close.length, 4) // Buchanan's two, and both over all levels
  const emptied = apply(unused, closing)
  const open = new Set(emptied.groups.map(({ id }) => id))
  assert.ok(emptied.memberships.every(({ conversationId }) => open.has(conversationId)))
  const used = use(unused)
  const { memberships } = apply(used, plan(chart(northwind), chart(after), used))
  assert.equal(memberships.filter(({ conversationId }) => !open.has(conversationId)).length, 2 * 4 + 2 * 9)
})

test('made names follow the manager, given names stay', () => {
  const state = build(northwind)
  const given = { ...state, groups: state.groups.map((group) => ({ ...group, isNameMade: group.kind === 'group' })) }
  const after = chart(northwind).map((position) => (position.name === 'P5' ? { ...position, name: 'Smith' } : position))
  assert.deepEqual(
    plan(chart(northwind), after, given).rename.map(({ name }) => name),
    ['Smith team group'],
  )
})

/** Everybody but the first reports to somebody before them, or to nobody. */
const charts = fc
  .array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 9 })), { minLength: 1, maxLength: 30 })
  .map((people) => Object.fromEntries(people.map(([seed, dice], at) => [at + 1, dice === 0 ? 0 : seed % (at + 1)])))

test('G2-05 G4-03 after any change of the chart the groups are as if they had just been made from it', () => {
  fc.assert(
    fc.property(charts, charts, (one, other) => {
      const fresh = build(other)
      const followed = move(build(one), one, other)
      // Whoever has been head keeps the groups over all levels while managers are below.
      const extra = followed.groups.filter(
        ({ level, managerId }) => level === 'levels' && other[short(managerId)] !== 0,
      )
      const named = new Set(extra.map(({ name }) => name))
      assert.deepEqual(
        tell(followed).filter((told) => !named.has(told.split(':')[0] ?? '')),
        tell(fresh),
      )
    }),
    { numRuns: 300 },
  )
})

test('G4-01 the groups over all levels hold everybody below the head exactly once', () => {
  fc.assert(
    fc.property(charts, (managers) => {
      const state = build(managers)
      for (const group of state.groups.filter(({ level }) => level === 'levels')) {
        const below = new Set([short(group.managerId)])
        for (const id of below)
          for (const [person, manager] of Object.entries(managers)) if (manager === id) below.add(Number(person))
        assert.deepEqual(
          membersOf(state, group),
          Array.from(below).toSorted((one, another) => one - another),
        )
      }
    }),
  )
})
