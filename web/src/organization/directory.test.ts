import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PersonId } from '../../../protocol/ids.ts'
import type { Member } from '../../../protocol/organization.ts'
import { directory } from './directory.ts'

const id = (last: number) => PersonId.parse(`01960000-0000-7000-8000-${String(last).padStart(12, '0')}`)
const member = (personId: PersonId): Member => ({
  personId,
  name: `Person ${personId.slice(-3)}`,
  title: '',
  place: '',
  managerId: null,
  role: 'member',
  isManager: false,
  isAgent: false,
  state: 'active',
  address: '',
  phone: '',
  invitedAt: null,
})

function given(answer: (ids: PersonId[]) => Promise<Member[]>) {
  const asked: PersonId[][] = []
  const later: (() => void)[] = []
  const people = directory(
    (ids) => {
      asked.push(ids)
      return answer(ids)
    },
    (run) => later.push(run),
  )
  return { people, asked, flush: () => later.splice(0).forEach((run) => run()) }
}
const everybody = async (ids: PersonId[]) => ids.map(member)

test('names wanted by many parts of the screen are asked for once, together', async () => {
  const { people, asked, flush } = given(everybody)
  people.want([id(1), id(2)])
  people.want([id(2), id(3)])
  flush()
  assert.deepEqual(asked, [[id(1), id(2), id(3)]])
  await Promise.resolve()
  people.want([id(1)])
  flush()
  assert.equal(asked.length, 1)
  assert.equal(people.members.get(id(3))?.name, 'Person 003')
})

test('no request asks for more people than the server answers at once', () => {
  const { people, asked, flush } = given(everybody)
  people.want(Array.from({ length: 450 }, (_, index) => id(index)))
  flush()
  assert.deepEqual(
    asked.map((ids) => ids.length),
    [200, 200, 50],
  )
})

test('after a failure the names may be asked for again', async () => {
  let fails = true
  const { people, asked, flush } = given((ids) => (fails ? Promise.reject(new Error('away')) : everybody(ids)))
  people.want([id(1)])
  flush()
  await new Promise(setImmediate)
  fails = false
  people.want([id(1)])
  flush()
  await new Promise(setImmediate)
  assert.equal(asked.length, 2)
  assert.equal(people.members.size, 1)
})
