import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { treeStep } from './chart-keys.ts'
import { chart, chartLayout } from './chart-layout.ts'

const person = (id: string, managerId: string | null) => ({ id, name: id, title: '', managerId })
const unfolded = () => false
const northwind = [
  person('Fuller', null),
  person('Davolio', 'Fuller'),
  person('Leverling', 'Fuller'),
  person('Peacock', 'Fuller'),
  person('Buchanan', 'Fuller'),
  person('Callahan', 'Fuller'),
  person('Suyama', 'Buchanan'),
  person('King', 'Buchanan'),
  person('Dodsworth', 'Buchanan'),
]

test('everybody has a place, and no two share one', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { minLength: 1, maxLength: 60 }), fc.nat(4_000), (picks, room) => {
      const people = picks.map((pick, index) => person(`p${index}`, index === 0 ? null : `p${pick % index}`))
      const { nodes, width, height } = chartLayout(people, unfolded, room)
      assert.equal(nodes.length, people.length)
      for (const [index, one] of nodes.entries()) {
        assert.ok(one.x >= 0 && one.x + chart.width <= width && one.y + chart.height <= height)
        for (const other of nodes.slice(index + 1)) {
          const apart = Math.abs(one.x - other.x) >= chart.width || Math.abs(one.y - other.y) >= chart.height
          assert.ok(apart, `${one.person.id} and ${other.person.id} overlap`)
        }
      }
    }),
    { numRuns: 40 },
  )
})

test('each report is joined to the manager by one line', () => {
  const { lines } = chartLayout(northwind, unfolded)
  const joined = lines.map(({ from, to }) => `${from} ${to}`).toSorted()
  const expected = northwind.filter(({ managerId }) => managerId).map(({ id, managerId }) => `${managerId} ${id}`)
  assert.deepEqual(joined, expected.toSorted())
})

test('where there is room all reports of a manager stand beside each other', () => {
  const levelOf = (room: number) => {
    const { nodes } = chartLayout(northwind, unfolded, room)
    return new Set(nodes.filter(({ level }) => level === 1).map(({ y }) => y)).size
  }
  assert.equal(levelOf(1_120), 1)
  assert.equal(levelOf(700), 4)
  assert.ok(chartLayout(northwind, unfolded, 1_120).width <= 1_120)
})

test('a folded branch says how many people are below it', () => {
  const { nodes } = chartLayout(northwind, (id) => id === 'Fuller')
  assert.deepEqual(
    nodes.map(({ person, folded }) => [person.id, folded]),
    [['Fuller', 8]],
  )
})

test('people who manage each other in a circle do not hang the picture', () => {
  const { nodes } = chartLayout([person('a', 'b'), person('b', 'a'), person('c', null)], unfolded)
  assert.deepEqual(
    nodes.map(({ person }) => person.id),
    ['c'],
  )
})

test('the arrow keys lead to the manager and to the reports', () => {
  const layout = chartLayout(northwind, unfolded)
  assert.deepEqual(treeStep(layout, 'King', 'ArrowLeft'), { focus: 'Buchanan' })
  assert.deepEqual(treeStep(layout, 'Buchanan', 'ArrowRight'), { focus: 'Suyama' })
  assert.deepEqual(treeStep(layout, 'King', 'ArrowDown'), { focus: 'Dodsworth' })
  assert.deepEqual(treeStep(layout, 'King', 'Home'), { focus: 'Fuller' })
  assert.equal(treeStep(layout, 'King', 'x'), undefined)
})

test('the right arrow opens a folded branch', () => {
  const layout = chartLayout(northwind, (id) => id === 'Fuller')
  assert.deepEqual(treeStep(layout, 'Fuller', 'ArrowRight'), { toggle: true })
})
