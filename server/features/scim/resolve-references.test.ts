import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PersonId } from '../../../protocol/ids.ts'
import { resolveManagers, type Placed, type Reference } from './resolve-references.ts'

const idOf = (name: string) =>
  PersonId.parse(`00000000-0000-4000-8000-${Buffer.from(name).toString('hex').padStart(12, '0')}`)

/** `name<manager today` or `name` who is present, `-name<manager` who has left. */
function person(text: string): Placed {
  const [, left, name = '', manager] = /^(-?)(\w+)(?:<(\w+))?$/.exec(text) ?? []
  return {
    personId: idOf(name),
    address: `${name}@x.example`,
    key: `no-${name}`,
    managerId: manager === undefined ? null : idOf(manager),
    isPresent: left === '',
  }
}
/** `name>reference` */
function reference(text: string): Reference {
  const [name = '', managerRef] = text.split('>')
  const ref = managerRef === undefined ? null : managerRef
  return { personId: idOf(name), userName: `user-${name}`, externalId: `ext-${name}`, managerRef: ref }
}
function resolve(people: string, references: string, anew?: string) {
  const all = people.split(' ').map(person)
  const refs = references.split(' ').map(reference)
  const names = new Map(all.map(({ personId }, index) => [personId, /\w+/.exec(people.split(' ')[index] ?? '')?.[0]]))
  const nameOf = (id: PersonId | null) => (id === null ? '' : (names.get(id) ?? ''))
  const read = new Set(anew === undefined ? refs.map(({ personId }) => personId) : anew.split(' ').map(idOf))
  const { managers, faults } = resolveManagers({ people: all, references: refs, anew: read })
  return [
    Array.from(managers, ([id, manager]) => `${nameOf(id)}<${nameOf(manager)}`).join(' '),
    Array.from(faults, ([id, fault]) => `${nameOf(id)} ${fault}`).join(' '),
  ]
}

test('a manager is named by id, name, foreign id, address or number', () => {
  for (const ref of [idOf('a'), 'USER-a', 'ext-a', 'A@x.example', 'no-a'])
    assert.deepEqual(resolve('a b', `a b>${ref}`), ['a< b<a', ''])
})

test('who names somebody that has not arrived keeps the manager they have', () => {
  assert.deepEqual(resolve('a b<a', 'a b>ext-z'), ['a< b<a', 'b manager.missing'])
})

test('an empty reference is nobody; none at all says nothing', () => {
  assert.deepEqual(resolve('a b<a c<a', 'a b> c'), ['a< b< c<a', ''])
})

test('past managers who have left it leads further up', () => {
  assert.deepEqual(resolve('a -b<a c<b d<a', 'a b c>ext-b d>ext-b'), ['a< c<a d<a', ''])
  assert.deepEqual(resolve('-a c<a', 'a c>ext-a'), ['c<', ''])
})

test('what was moved by hand stays until the provider says something new', () => {
  assert.deepEqual(resolve('a b c<b', 'a b c>ext-a', 'a'), ['a< b< c<b', ''])
})

test('a reference that would close a circle waits', () => {
  assert.deepEqual(resolve('a b<a', 'a>ext-b b>ext-a'), ['a< b<a', 'a manager.cycle'])
  assert.deepEqual(resolve('a', 'a>ext-a'), ['a<', 'a manager.cycle'])
  const [managers = '', faults] = resolve('a b c', 'a>ext-b b>ext-c c>ext-a')
  assert.equal(managers, 'a< b< c<')
  assert.equal(faults, 'a manager.cycle b manager.cycle c manager.cycle')
})
