import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PersonId } from '../../../protocol/ids.ts'
import { compare, type Comparison, type CompareOptions } from './compare.ts'
import type { Known } from './match.ts'
import { readList } from './read-list.ts'

const personOf = (number: number) => PersonId.parse(`00000000-0000-4000-8000-${String(number).padStart(12, '0')}`)
const member = (number: number, name: string, more: Partial<Known> = {}): Known => ({
  personId: personOf(number),
  key: String(number),
  name,
  title: '',
  place: '',
  phone: '',
  address: `${name.toLowerCase()}@x.example`,
  managerId: null,
  source: 'import',
  state: 'active',
  role: 'member',
  ...more,
})
/** Ann leads Bob and Cid; Cid leads Dan. */
const ann = member(1, 'Ann')
const bob = member(2, 'Bob', { managerId: ann.personId })
const cid = member(3, 'Cid', { managerId: ann.personId })
const dan = member(4, 'Dan', { managerId: cid.personId })
const staff = [ann, bob, cid, dan]
const rows = ['1,Ann,ann@x.example,', '2,Bob,bob@x.example,1', '3,Cid,cid@x.example,1', '4,Dan,dan@x.example,3']

type Case = Partial<CompareOptions> & { members?: readonly Known[]; owners?: Record<string, PersonId> }
function run(lines: readonly string[], { members = staff, owners = {}, ...options }: Case = {}): Comparison {
  const list = readList(Buffer.from(['id,name,email,manager', ...lines].join('\n')), undefined)
  const accounts = new Map([
    ...members.map(({ address, personId }) => [address, personId] as const),
    ...Object.entries(owners),
  ])
  let next = 100
  const newId = () => personOf(next++)
  return compare(
    list,
    { members, owners: accounts },
    { isComplete: true, source: 'import', keptIds: [], newId, ...options },
  )
}
const replace = (line: string) => rows.map((row) => (row[0] === line[0] ? line : row))
const without = (...keys: readonly number[]) => rows.filter((row) => !keys.includes(Number(row[0])))

/** `+ Name`, `- Name`, `Name field before>after`, `! line code other line` */
function tell({
  created,
  changed,
  deactivated,
  faults,
}: Pick<Comparison, 'created' | 'changed' | 'deactivated' | 'faults'>): string[] {
  return [
    ...created.map(({ after, managerName }) => `+ ${after.name} <${managerName ?? ''}`),
    ...changed.flatMap(({ after, changes }) =>
      changes.map(({ field, before, after: now }) => `${after.name} ${field} ${before}>${now}`),
    ),
    ...deactivated.map(({ name }) => `- ${name}`),
    ...faults.map(({ line, code, otherLine }) => `! ${line} ${code} ${otherLine ?? ''}`.trimEnd()),
  ]
}

test('G1-02 each row of a first list is a new account, and managers are found by number', () => {
  const comparison = run(rows, { members: [] })
  assert.deepEqual(tell(comparison), ['+ Ann <', '+ Bob <Ann', '+ Cid <Ann', '+ Dan <Cid'])
  assert.equal(new Set(comparison.created.map(({ after }) => after.personId)).size, 4)
})

test('the same list again changes nothing', () => {
  const comparison = run(rows)
  assert.deepEqual(tell(comparison), [])
  assert.equal(comparison.unchangedCount, 4)
  assert.deepEqual(comparison.before, comparison.after)
})

test('a manager is found by address and by name, also as "last, first"', () => {
  for (const manager of ['9', 'EVE@x.example', 'eve  fox', 'Fox, Eve']) {
    const lines = ['9,Eve Fox,eve@x.example,', `8,Gus,gus@x.example,"${manager}"`]
    assert.deepEqual(tell(run(lines, { members: [] })), ['+ Eve Fox <', '+ Gus <Eve Fox'])
  }
})

test('a manager outside the list is found among the members who stay', () => {
  const boss = member(7, 'Boss', { source: 'made' })
  assert.deepEqual(tell(run([...rows, '5,Eve,eve@x.example,Boss'], { members: [...staff, boss] })), ['+ Eve <Boss'])
  assert.deepEqual(tell(run(['5,Eve,eve@x.example,3'], { isComplete: false })), ['+ Eve <Cid'])
})

test('what has changed is told with before and after, and a new manager too', () => {
  assert.deepEqual(tell(run(replace('4,Daniel,dan@x.example,1'))), ['Daniel name Dan>Daniel', 'Daniel manager Cid>Ann'])
})

test('who came by a list and is not in a complete one leaves, and the reports of a leaver move up', () => {
  const eve = member(5, 'Eve', { source: 'made', managerId: dan.personId })
  const comparison = run(without(3, 4), { members: [...staff, eve] })
  assert.deepEqual(tell(comparison), ['Eve manager Dan>Ann', '- Cid', '- Dan'])
  assert.deepEqual(tell(run(without(3, 4), { isComplete: false })), [])
})

test('whoever applies a list is not removed by it', () => {
  assert.deepEqual(tell(run(without(4), { keptIds: [dan.personId] })), [])
})

test('a directory service takes over whom it names, and only those leave who came by it', () => {
  const fresh = run(rows, { source: 'ldap' })
  assert.equal(fresh.adopted.length, staff.length)
  assert.deepEqual(tell(run(without(4), { source: 'ldap' })), [])
  const members = staff.map((known) => ({ ...known, source: 'ldap' as const }))
  assert.deepEqual(tell(run(without(4), { members, source: 'ldap' })), ['- Dan'])
  assert.deepEqual(tell(run(without(4), { members })), [])
})

test('a row whose manager is missing or ambiguous is named', () => {
  assert.deepEqual(tell(run(replace('4,Dan,dan@x.example,99'))), ['! 5 manager.missing'])
  const twins = ['7,Kim,kim@x.example,', '8,Kim,kim2@x.example,', '9,Lee,lee@x.example,Kim']
  assert.deepEqual(tell(run([...rows, ...twins])), ['+ Kim <', '+ Kim <', '! 8 manager.ambiguous 6'])
})

test('every line of a circle is named with its manager, and those below them as well', () => {
  const lines = ['1,Ann,ann@x.example,2', '2,Bob,bob@x.example,1', '3,Cid,cid@x.example,1', '4,Dan,dan@x.example,4']
  assert.deepEqual(tell(run(lines, { members: [] })), [
    '! 2 manager.cycle 3',
    '! 3 manager.cycle 2',
    '! 4 manager.faulty 2',
    '! 5 manager.cycle 5',
  ])
})

test('in a directory service a circle holds up nobody but those who stand in it, and they are named', () => {
  const ldap = (lines: readonly string[], more: Case = {}) => {
    const { circles, ...rest } = run(lines, { source: 'ldap', ...more })
    return [...tell(rest), ...circles.map((names) => names.join('>'))]
  }
  const lines = ['1,Ann,ann@x.example,2', '2,Bob,bob@x.example,1', '3,Cid,cid@x.example,1', '4,Dan,dan@x.example,4']
  const fresh = ['+ Ann <', '+ Bob <', '+ Cid <Ann', '+ Dan <']
  assert.deepEqual(ldap(lines, { members: [] }), [...fresh, 'Ann>Bob', 'Dan'])
  // Who was in place stays there: Cid below Ann.
  assert.deepEqual(ldap(replace('3,Cid,cid@x.example,4')), ['Cid>Dan'])
})

test('a circle through somebody outside the list is found', () => {
  assert.deepEqual(tell(run(['1,Ann,ann@x.example,4'], { isComplete: false })), ['! 2 manager.cycle'])
})

test('all faults of a row are told at once', () => {
  assert.deepEqual(tell(run([...without(4), '4,Dan,dan(at)x.example,99'])), ['! 5 address.bad', '! 5 manager.missing'])
  assert.deepEqual(tell(run([...without(4), '4,Dan,dan@x.example,99,more'])), ['! 5 row.columns'])
})

test('a faulty row changes nothing, and nobody it names is removed', () => {
  const faulty = {
    '4,Dan,dan(at)x.example,3': '! 5 address.bad',
    '77,Dan,dan@x.example,3,more': '! 5 row.columns',
    '77,Dan,dan(at)x.example,3': '! 5 address.bad',
  }
  for (const [line, told] of Object.entries(faulty)) assert.deepEqual(tell(run([...without(4), line])), [told])
})

test('a faulty row is not taken for its manager, whom it names by address', () => {
  const byAddress = rows.map((row) => row.replace(/,3$/, ',cid@x.example'))
  assert.deepEqual(tell(run([...byAddress.slice(0, 3), '77,Zoe,,cid@x.example'])), ['- Dan', '! 5 address.missing'])
})

test('a list without usable columns removes nobody', () => {
  const list = readList(Buffer.from('who,what\na,b'), undefined)
  const options = { isComplete: true, source: 'import' as const, keptIds: [], newId: () => personOf(100) }
  const comparison = compare(list, { members: staff, owners: new Map() }, options)
  assert.deepEqual([comparison.deactivated, comparison.faultyCount], [[], 1])
})

test('the employee number decides, so that a new address is a change of address', () => {
  assert.deepEqual(tell(run(replace('4,Dan,daniel@x.example,3'))), ['Dan address dan@x.example>daniel@x.example'])
})

test('an address that is another account is never handed over: its owner joins and the old member leaves', () => {
  const comparison = run(replace('4,Dan,zoe@x.example,3'), { owners: { 'zoe@x.example': personOf(50) } })
  assert.deepEqual(tell(comparison), ['+ Dan <Cid', '- Dan'])
  assert.equal(comparison.created[0]?.after.personId, personOf(50))
})

test('two members may exchange their addresses', () => {
  const lines = [...rows.slice(0, 2), '3,Cid,dan@x.example,1', '4,Dan,cid@x.example,3']
  assert.deepEqual(tell(run(lines)), [
    'Cid address cid@x.example>dan@x.example',
    'Dan address dan@x.example>cid@x.example',
  ])
})

test('an address that somebody gives up in the same list is free only afterwards', () => {
  assert.deepEqual(tell(run([...replace('4,Dan,daniel@x.example,3'), '5,Eve,dan@x.example,3'])), [
    'Dan address dan@x.example>daniel@x.example',
    '! 6 address.twice 5',
  ])
})

test('an address stays taken where the row that gives it up is faulty', () => {
  const lines = [...rows.slice(0, 2), '3,Cid,dan@x.example,1', '4,Dan,daniel@x.example,99']
  assert.deepEqual(tell(run(lines)), ['! 4 address.twice', '! 5 manager.missing'])
})

test('whoever left and comes back gets their own account again, and an old number alone does not give it to another', () => {
  const members = [...staff.slice(0, 3), { ...dan, state: 'deactivated' as const }]
  const [back] = run(rows, { members }).created
  assert.equal(back?.after.personId, dan.personId)
  const [another] = run(replace('4,Eve,eve@x.example,3'), { members }).created
  assert.notEqual(another?.after.personId, dan.personId)
})

test('the reports of a member whose line is about another person now go to that person', () => {
  const eve = member(5, 'Eve', { source: 'made', managerId: cid.personId })
  const lines = replace('3,Zoe,zoe@x.example,1')
  const comparison = run(lines, { members: [...staff, eve], owners: { 'zoe@x.example': personOf(50) } })
  assert.deepEqual(tell(comparison), ['+ Zoe <Ann', 'Dan manager Cid>Zoe', 'Eve manager Cid>Zoe', '- Cid'])
})
