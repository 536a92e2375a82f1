import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chartLayout } from './chart-layout.ts'
import { teamOf } from './chart-team.ts'

const person = (id: string, managerId: string | null) => ({ id, name: id, title: '', managerId })
const people = [
  person('Fuller', null),
  person('Davolio', 'Fuller'),
  person('Buchanan', 'Fuller'),
  person('Suyama', 'Buchanan'),
  person('King', 'Buchanan'),
]
const layout = chartLayout(people, () => false)
const team = (id: string | undefined) => {
  const found = teamOf(layout, people, id)
  return found && [found.manager.id, Array.from(found.memberIds).toSorted(), found.box !== undefined]
}

test('a manager is shown with the direct reports, who make one group', () => {
  assert.deepEqual(team('Buchanan'), ['Buchanan', ['Buchanan', 'King', 'Suyama'], true])
})

test('somebody who manages nobody is shown in the group of their manager', () => {
  assert.deepEqual(team('King'), team('Buchanan'))
})

test('no frame is drawn around people who are not in the group', () => {
  const inColumns = teamOf(layout, people, 'Fuller')
  const beside = teamOf(
    chartLayout(people, () => false, 10_000),
    people,
    'Fuller',
  )
  assert.deepEqual(Array.from(inColumns?.memberIds ?? []).toSorted(), ['Buchanan', 'Davolio', 'Fuller'])
  assert.ok(beside?.box)
  const { left, top, width, height } = beside.box
  for (const { person, x, y } of chartLayout(people, () => false, 10_000).nodes) {
    const isIn = x < left + width && x >= left && y < top + height && y >= top
    assert.equal(isIn, beside.memberIds.has(person.id), person.id)
  }
})

test('without a choice there is no team', () => {
  assert.equal(team(undefined), undefined)
})
