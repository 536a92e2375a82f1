import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { v7 as uuidv7 } from 'uuid'
import type { ErrorCode } from '../../../protocol/errors.ts'
import type { OrganizationId } from '../../../protocol/ids.ts'
import type { Member } from '../../../protocol/organization.ts'
import type { ImportPreview } from '../../../protocol/structure.ts'
import { openSite, type Site } from '../../testing/site.ts'
import { feature as conversations } from '../conversations/index.ts'
import { feature as dispatch } from '../dispatch/index.ts'
import { feature as identity } from '../identity/index.ts'
import { feature as organization } from '../organization/index.ts'
import { feature } from './index.ts'

let site: Site
before(async () => {
  site = await openSite([dispatch, identity, organization, conversations, feature])
})
after(() => site[Symbol.asyncDispose]())

const ask = <T>(command: string, input: object) => site.act<T>(command, input, { token: site.operatorToken })
async function refuse(command: string, input: object, code: ErrorCode) {
  const refusal = await site.refuse(command, input, { token: site.operatorToken })
  assert.equal(refusal.code, code)
}

/** An organization with nobody but its administrator, whose address no list has. */
async function makeOrganization(name = 'Northwind'): Promise<OrganizationId> {
  const administrator = { name: 'Root', address: `root.${randomUUID()}@x.example` }
  const made = { organizationId: uuidv7(), name, administrator, device: { name: 'Laptop', class: 'desktop' } }
  const { organization } = await ask<{ organization: { id: OrganizationId } }>('organization.create', made)
  return organization.id
}
type List = string | readonly string[] | Buffer
const contentOf = (list: List) =>
  (Buffer.isBuffer(list)
    ? list
    : Buffer.from(typeof list === 'string' ? list : ['id,name,email,manager', ...list].join('\n'))
  ).toString('base64')
const fileOf = (organizationId: OrganizationId, list: List, more: object = {}) => ({
  organizationId,
  fileName: 'employees.csv',
  content: contentOf(list),
  ...more,
})
const preview = (organizationId: OrganizationId, list: List, more: object = {}) =>
  ask<ImportPreview>('import.preview', fileOf(organizationId, list, more))
/** What applies a list after its preview. */
async function applying(
  organizationId: OrganizationId,
  list: List,
  more: { isComplete?: boolean; skipFaulty?: boolean } = {},
) {
  const { isComplete = true } = more
  const { digest } = await preview(organizationId, list, { isComplete })
  return { ...fileOf(organizationId, list, more), importId: randomUUID(), digest }
}
const apply = async (...what: Parameters<typeof applying>) =>
  ask<Record<string, number>>('import.apply', await applying(...what))
const membersOf = async (organizationId: OrganizationId) =>
  (await ask<{ members: Member[] }>('member.list', { organizationId, limit: 200 })).members

/** `name: members` of each conversation that follows the chart. */
async function groupsOf(organizationId: OrganizationId): Promise<string[]> {
  const rows = await site.database.snapshot(
    (tx) => tx<{ name: string; people: string[] }>`
      select conversation.name, array_agg(member.name order by member.name) as people
      from conversation
      join membership_interval as span on span.conversation_id = conversation.id and span.to_version is null
      join member on member.organization_id = conversation.organization_id and member.person_id = span.person_id
      where conversation.organization_id = ${organizationId} and chart_manager_id is not null
      group by conversation.id order by conversation.name`,
  )
  return rows.map(({ name, people }) => `${name}: ${people.join(' ')}`)
}
const northwind = readFileSync(new URL('../../samples/employees.csv', import.meta.url))
const family = [
  '1,Ann,ann@family.example,',
  '2,Bob,bob@family.example,1',
  '3,Cid,cid@family.example,1',
  '4,Dan,dan@family.example,3',
]
/** A small list of an organization of its own. */
const people = (mark: string, rows = family) => rows.map((row) => row.replace('@family', `@${mark}`))

test('G1-02 G1-03 G2-05 Northwind: 9 employees give 9 accounts, three two-way groups and three broadcasts', async () => {
  const id = await makeOrganization()
  const shown = await preview(id, northwind)
  assert.deepEqual(shown.counts, { created: 9, changed: 0, deactivated: 0, unchanged: 0, faulty: 0 })
  assert.deepEqual(
    shown.groups.map(({ name, kind, before, after: now, isNew }) => [name, kind, before, now, isNew]),
    [
      ['Everybody at Northwind', 'group', 0, 9, true],
      ['News for everybody', 'broadcast', 0, 8, true],
      ['Andrew Fuller’s team', 'group', 0, 6, true],
      ['News from Andrew Fuller', 'broadcast', 0, 5, true],
      ['Steven Buchanan’s team', 'group', 0, 4, true],
      ['News from Steven Buchanan', 'broadcast', 0, 3, true],
    ],
  )
  const applied = await apply(id, northwind)
  assert.deepEqual(applied, { created: 9, changed: 0, deactivated: 0, skipped: 0, groupsMade: 6 })
  const members = await membersOf(id)
  assert.equal(new Set(members.map(({ personId }) => personId)).size, 10)
  const [andrew, nancy] = ['Andrew Fuller', 'Nancy Davolio'].map((name) =>
    members.find((member) => member.name === name),
  )
  assert.partialDeepStrictEqual(nancy, {
    title: 'Sales Representative',
    place: 'Seattle, USA',
    state: 'invited',
    managerId: andrew?.personId ?? null,
    address: 'nancy.davolio@northwind.example',
  })
  const counts = (await groupsOf(id)).map((group) => [
    group.split(':')[0],
    group.split(':')[1]?.trim().split(' ').length,
  ])
  assert.equal(counts.length, 6)
})

test('G1-02 a list of 50 employees gives 50 accounts', async () => {
  const id = await makeOrganization()
  const rows = Array.from(
    { length: 50 },
    (_, at) => `${at},Person ${at},p${at}@fifty.example,${at === 0 ? '' : Math.floor((at - 1) / 7)}`,
  )
  assert.equal((await apply(id, rows)).created, 50)
  assert.equal((await membersOf(id)).length, 51)
})

test('the same list again is an empty difference, never a duplicate', async () => {
  const id = await makeOrganization()
  await apply(id, people('again'))
  const groups = await groupsOf(id)
  const shown = await preview(id, people('again'))
  assert.deepEqual(shown.counts, { created: 0, changed: 0, deactivated: 0, unchanged: 4, faulty: 0 })
  assert.deepEqual([shown.groupCount, shown.groups], [0, []])
  assert.deepEqual(await apply(id, people('again')), {
    created: 0,
    changed: 0,
    deactivated: 0,
    skipped: 0,
    groupsMade: 0,
  })
  assert.deepEqual(await groupsOf(id), groups)
  assert.equal((await membersOf(id)).length, 5)
})

test('G1-05 a Chinese school in GB18030 gets Chinese groups', async () => {
  const id = await makeOrganization('实验小学')
  await ask('organization.change', { organizationId: id, locale: 'zh-CN' })
  const rows = [
    [[0xd0, 0xd5, 0xc3, 0xfb], ',', [0xd3, 0xca, 0xcf, 0xe4], ',', [0xc9, 0xcf, 0xbc, 0xb6]], // 姓名,邮箱,上级
    ['\n', [0xcd, 0xf5, 0xce, 0xb0], ',wang@school.example,'], // 王伟
    ['\n', [0xc0, 0xee, 0xc4, 0xc8], ',li@school.example,', [0xcd, 0xf5, 0xce, 0xb0]], // 李娜, 王伟
  ].flat()
  const list = Buffer.concat(rows.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))))
  assert.equal((await preview(id, list)).encoding, 'GB18030')
  await apply(id, list)
  assert.deepEqual(await groupsOf(id), ['王伟的团队: 李娜 王伟', '王伟的通知: 李娜 王伟'])
})

test('a faulty list changes nothing, unless its good rows are asked for', async () => {
  const id = await makeOrganization()
  const list = [...people('faulty').slice(0, 3), '4,Dan,dan(at)faulty.example,3', '5,Eve,eve@faulty.example,99']
  const shown = await preview(id, list)
  assert.deepEqual(
    shown.faults.map(({ line, code, column, value }) => [line, code, column, value]),
    [
      [5, 'address.bad', 'email', 'dan(at)faulty.example'],
      [6, 'manager.missing', 'manager', '99'],
    ],
  )
  await refuse('import.apply', await applying(id, list), 'import.faulty')
  assert.equal((await membersOf(id)).length, 1)
  assert.deepEqual(await apply(id, list, { skipFaulty: true }), {
    created: 3,
    changed: 0,
    deactivated: 0,
    skipped: 2,
    groupsMade: 2,
  })
})

test('a list of which no row is good is refused even if faulty rows are to be skipped', async () => {
  const id = await makeOrganization()
  await apply(id, people('none'))
  await refuse('import.apply', await applying(id, ['1,,x,'], { skipFaulty: true }), 'import.faulty')
  await refuse('import.apply', await applying(id, 'who,what\na,b', { skipFaulty: true }), 'import.faulty')
  assert.equal((await membersOf(id)).length, 5)
})

test('what was previewed is applied, or nothing', async () => {
  const id = await makeOrganization()
  const { digest } = await preview(id, people('digest'))
  const input = { ...fileOf(id, people('digest')), importId: randomUUID(), digest }
  const others = [
    { content: contentOf(people('other')) },
    { isComplete: false },
    { columns: ['key', 'name', 'address', 'none'] },
    { digest: 'x' },
  ]
  for (const other of others) await refuse('import.apply', { ...input, ...other }, 'import.changed')
  await ask('member.add', { organizationId: id, name: 'Zoe', address: 'zoe@digest.example' })
  await refuse('import.apply', input, 'import.changed')
})

test('files that are no lists, and files that are too large, are refused with words', async () => {
  const id = await makeOrganization()
  for (const list of ['', 'name,email\n', Buffer.from('PK\x03\x04')])
    await refuse('import.preview', fileOf(id, list), 'import.unreadable')
  await refuse('import.preview', fileOf(id, Buffer.alloc(10_000_001, 'a')), 'input.too-large')
  await refuse('import.preview', fileOf(id, Buffer.alloc(50_000_000, 'a')), 'input.too-large')
})

test('G4-03 a later list moves people, and the groups with them', async () => {
  const id = await makeOrganization()
  await apply(id, people('moves', [...family, '5,Eve,eve@family.example,3']))
  const list = people('moves', [
    ...family.slice(0, 1),
    '2,Bob,bob@family.example,3',
    '3,Cyd,cid@family.example,1',
    '5,Eve,eve@family.example,3',
    '6,Fay,fay@family.example,1',
  ])
  const shown = await preview(id, list)
  assert.deepEqual(shown.counts, { created: 1, changed: 2, deactivated: 1, unchanged: 2, faulty: 0 })
  assert.deepEqual(shown.changed[0], {
    line: 3,
    name: 'Bob',
    title: '',
    managerName: 'Cyd',
    changes: [{ field: 'manager', before: 'Ann', after: 'Cyd' }],
  })
  assert.deepEqual(
    shown.groups.find(({ name }) => name === 'Cyd’s team'),
    {
      name: 'Cyd’s team',
      kind: 'group',
      isNew: false,
      isClosed: false,
      isNested: false,
      before: 3,
      after: 3,
      joins: ['Bob'],
      leaves: ['Dan'],
    },
  )
  await apply(id, list)
  assert.deepEqual(
    (await groupsOf(id)).filter((group) => !group.startsWith('News')),
    ['Ann’s team: Ann Cyd Fay', 'Cyd’s team: Bob Cyd Eve', 'Everybody at Northwind: Ann Bob Cyd Eve Fay'],
  )
})

test('a partial list removes nobody', async () => {
  const id = await makeOrganization()
  await apply(id, people('partial'))
  const rows = people('partial', ['5,Eve,eve@family.example,3'])
  assert.deepEqual(await apply(id, rows, { isComplete: false }), {
    created: 1,
    changed: 0,
    deactivated: 0,
    skipped: 0,
    groupsMade: 0,
  })
  assert.equal((await membersOf(id)).length, 6)
})

const addressesOf = (name: string) =>
  site.database.snapshot(async (tx) => {
    const rows = await tx<{ personId: string; address: string; shown: string }>`
      select person_address.person_id as "personId", person_address.address, member.address as shown
      from member join person_address on person_address.person_id = member.person_id
      where member.name = ${name} and member.state <> 'deactivated'`
    return rows.map(({ address, shown }) => `${address} ${shown}`)
  })

test('a new address of somebody who is only here becomes the one they sign in with', async () => {
  const id = await makeOrganization()
  await apply(id, people('moving', ['1,Solo,solo@family.example,']))
  await apply(id, people('moving', ['1,Solo,sole@family.example,']))
  assert.deepEqual(await addressesOf('Solo'), ['sole@moving.example sole@moving.example'])
})

test('a new address of somebody who is elsewhere too is only shown; how they sign in stays', async () => {
  const [id, other] = [await makeOrganization(), await makeOrganization('Elsewhere')]
  await apply(id, people('both', ['1,Twin,twin@family.example,']))
  await apply(other, people('both', ['7,Twain,twin@family.example,']))
  const list = people('both', ['1,Twin,new@family.example,'])
  const shown = await preview(id, list)
  assert.deepEqual(shown.changed[0]?.changes, [
    { field: 'address', before: 'twin@both.example', after: 'new@both.example' },
  ])
  await apply(id, list)
  assert.deepEqual(await addressesOf('Twin'), ['twin@both.example new@both.example'])
  assert.equal((await preview(id, list)).counts.unchanged, 1)
})

test('an address that is another account makes its owner a member; nobody gets the account of another', async () => {
  const [id, other] = [await makeOrganization(), await makeOrganization('Elsewhere')]
  await apply(other, people('victim', ['1,Victim,victim@family.example,']))
  await apply(id, people('victim', ['9,Mallory,mallory@family.example,']))
  const mallory = (await membersOf(id)).find(({ name }) => name === 'Mallory')
  const list = people('victim', ['9,Mallory,victim@family.example,'])
  const { counts } = await preview(id, list)
  assert.deepEqual([counts.created, counts.deactivated, counts.changed], [1, 1, 0])
  await apply(id, list)
  const now = (await membersOf(id)).find(({ name }) => name === 'Mallory')
  assert.notEqual(now?.personId, mallory?.personId)
  assert.equal(now?.state, 'invited')
  assert.equal(now?.personId, (await membersOf(other)).find(({ name }) => name === 'Victim')?.personId)
})
