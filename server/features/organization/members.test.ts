import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { v4 as uuidv4 } from 'uuid'
import type { PersonId } from '../../../protocol/ids.ts'
import type { Member } from '../../../protocol/organization.ts'
import { signIn, type SignedIn } from '../../testing/sign-in.ts'
import { openSite, type From, type Site } from '../../testing/site.ts'
import { found, foundAnother, hire, type Founded } from '../../testing/staff.ts'
import { feature as dispatch } from '../dispatch/index.ts'
import { feature as identity } from '../identity/index.ts'
import { feature as organization } from './index.ts'

type Page = { members: Member[]; total: number; next: string | null }
let site: Site
let andrew: Founded
let nancy: SignedIn
let elsewhere: Founded
let ids: PersonId[]
before(async () => {
  site = await openSite([dispatch, identity, organization])
  andrew = await found(site, 'Northwind', 'andrew@northwind.example')
  ids = await hire(site, andrew.organizationId, [
    { name: 'Nancy Davolio', address: 'nancy@northwind.example', title: 'Sales Representative' },
    { name: '王小明', address: 'wang@northwind.example', title: '销售经理' },
    { name: '100% Sure', address: 'sure@northwind.example' },
    { name: 'Nancy Davolio', address: 'nancy2@northwind.example' },
  ])
  nancy = await signIn(site, 'nancy@northwind.example')
  elsewhere = await foundAnother(site, 'Elsewhere', 'boss@elsewhere.example')
})
after(() => site[Symbol.asyncDispose]())

const here = () => ({ organizationId: andrew.organizationId })
const list = (more: object = {}, from: From = nancy) => site.act<Page>('member.list', { ...here(), ...more }, from)
const namesIn = async (search: string) => (await list({ search })).members.map(({ name }) => name)

test('G0-03 only administrators change an organization; they sign in like everybody, and nobody else gets that far', async () => {
  const [personId] = ids
  const inputs = {
    'organization.change': { name: 'Mine' },
    'member.set-role': { personId, role: 'administrator' },
    'member.invite': {},
    'dispatch.list': {},
  }
  for (const [name, input] of Object.entries(inputs)) {
    assert.equal((await site.refuse(name, { ...here(), ...input })).code, 'session.required', name)
    assert.equal((await site.refuse(name, { ...here(), ...input }, nancy)).code, 'access.refused', name)
    assert.equal((await site.refuse(name, { ...here(), ...input }, elsewhere)).code, 'access.refused', name)
  }
  await site.act('dispatch.list', here(), andrew)
})

test('nobody outside an organization, and nobody who has not said yes, sees anything of it', async () => {
  await hire(site, andrew.organizationId, [{ name: 'Boss', address: 'boss@elsewhere.example' }])
  const wang = ids[1]
  const inputs = {
    'organization.get': {},
    'member.list': {},
    'member.get': { personIds: [wang] },
    'chart.get': {},
  }
  for (const [name, input] of Object.entries(inputs)) {
    assert.equal((await site.refuse(name, { ...here(), ...input })).code, 'session.required', name)
    assert.equal((await site.refuse(name, { ...here(), ...input }, elsewhere)).code, 'access.refused', name)
    assert.equal((await site.refuse(name, { organizationId: uuidv4(), ...input }, nancy)).code, 'access.refused', name)
    await site.act(name, { ...here(), ...input }, nancy)
  }
  const { members } = await site.act<Page>(
    'member.get',
    { organizationId: elsewhere.organizationId, personIds: [wang] },
    elsewhere,
  )
  assert.deepEqual(members, [])
})

test('the directory is listed by name, page by page, and namesakes are not lost between pages', async () => {
  const all = await list()
  assert.equal(all.total, all.members.length)
  const names = all.members.map(({ name }) => name)
  assert.equal(names.filter((name) => name === 'Nancy Davolio').length, 2)
  const paged: string[] = []
  for (let after: string | null | undefined; after !== null;) {
    const page: Page = await list({ limit: 1, ...(after ? { after } : {}) })
    paged.push(...page.members.map(({ personId }) => personId))
    after = page.next
  }
  assert.deepEqual(
    paged,
    all.members.map(({ personId }) => personId),
  )
})

test('the search looks into name, title and address, in any script, and takes every sign as itself', async () => {
  assert.deepEqual(await namesIn('davol'), ['Nancy Davolio', 'Nancy Davolio'])
  assert.deepEqual(await namesIn('小明'), ['王小明'])
  assert.deepEqual(await namesIn('经理'), ['王小明'])
  assert.deepEqual(await namesIn('nancy2@'), ['Nancy Davolio'])
  assert.deepEqual(await namesIn('100%'), ['100% Sure'])
  assert.deepEqual(await namesIn('%'), ['100% Sure'])
  assert.deepEqual(await namesIn('_'), [])
  assert.equal((await list({ search: 'davol' })).total, 2)
})

test('a place to go on from that nobody was given is refused', async () => {
  for (const after of ['x', 'bm9uc2Vuc2U', Buffer.from('["a","b"]').toString('base64url'), '%00']) {
    const { status, code, path } = await site.refuse('member.list', { ...here(), after }, nancy)
    assert.deepEqual([status, code, path], [400, 'input.invalid', 'after'])
  }
  for (const before of ['x', Buffer.from('["2026-01-01","b"]').toString('base64url')]) {
    const { status, code, path } = await site.refuse('dispatch.list', { ...here(), before }, andrew)
    assert.deepEqual([status, code, path], [400, 'input.invalid', 'before'])
  }
})

test('when somebody was invited is shown to administrators only', async () => {
  const [, wang] = ids
  await site.act('member.invite', { ...here(), personIds: [wang] }, andrew)
  const invitedAt = async (from: From) =>
    (await site.act<Page>('member.get', { ...here(), personIds: [wang] }, from)).members[0]?.invitedAt
  assert.ok(await invitedAt(andrew))
  assert.equal(await invitedAt(nancy), null)
})

test('those who have left are listed for administrators only', async () => {
  assert.equal((await site.refuse('member.list', { ...here(), state: 'deactivated' }, nancy)).code, 'access.refused')
  assert.deepEqual((await list({ state: 'deactivated' }, andrew)).members, [])
})

test('roles: owners name owners and administrators, and the last one stays', async () => {
  const set = (personId: string, role: string) => ({ ...here(), personId, role })
  const refused = await site.refuse('member.set-role', set(andrew.personId, 'member'), andrew)
  assert.equal(refused.code, 'organization.last-owner')
  const [, wang] = ids
  await site.act('member.set-role', set(wang ?? '', 'owner'), andrew)
  // Who has only been invited cannot sign in yet, and is no reason to let the last one go.
  assert.equal(
    (await site.refuse('member.set-role', set(andrew.personId, 'member'), andrew)).code,
    'organization.last-owner',
  )
  const before = site.announced.length
  await site.act('member.set-role', set(nancy.personId, 'owner'), andrew)
  const told = site.announced.slice(before).find(({ topic }) => topic === `person:${nancy.personId}`)
  assert.partialDeepStrictEqual(told?.body, { name: 'membership.changed', membership: { role: 'owner' } })
  await site.act('member.set-role', set(andrew.personId, 'member'), andrew)
  assert.equal((await site.refuse('dispatch.list', here(), andrew)).code, 'access.refused')
  await site.act('member.set-role', set(andrew.personId, 'owner'), nancy)
  await site.act('member.set-role', set(nancy.personId, 'member'), andrew)
  await site.act('member.set-role', set(wang ?? '', 'member'), andrew)
  assert.equal((await site.refuse('member.set-role', set(uuidv4(), 'member'), andrew)).code, 'member.not-found')
})

test('roles: an administrator makes others administrators, and reaches for no owner', async () => {
  const set = (personId: string, role: string) => ({ ...here(), personId, role })
  const [, wang = ''] = ids
  await site.act('member.set-role', set(nancy.personId, 'administrator'), andrew)
  await site.act('member.set-role', set(wang, 'administrator'), nancy)
  await site.act('member.set-role', set(wang, 'member'), nancy)
  for (const input of [
    set(nancy.personId, 'owner'),
    set(wang, 'owner'),
    set(andrew.personId, 'administrator'),
    set(andrew.personId, 'member'),
    set(andrew.personId, 'owner'),
  ])
    assert.equal((await site.refuse('member.set-role', input, nancy)).code, 'member.role-above')
  await site.act('member.set-role', set(nancy.personId, 'member'), andrew)
})

test('roles: two owners who dismiss each other at once leave one', async () => {
  const set = (personId: string, role: string) => ({ ...here(), personId, role })
  await site.act('member.set-role', set(nancy.personId, 'owner'), andrew)
  await Promise.all([
    site.ask('member.set-role', set(nancy.personId, 'member'), andrew),
    site.ask('member.set-role', set(andrew.personId, 'member'), nancy),
  ])
  const { members } = await list({}, nancy)
  const owners = members.filter(({ role, state }) => role === 'owner' && state === 'active')
  assert.equal(owners.length, 1)
  // As it was before.
  const [owner] = owners
  const asking = owner?.personId === nancy.personId ? nancy : andrew
  await site.act('member.set-role', set(andrew.personId, 'owner'), asking)
  await site.act('member.set-role', set(nancy.personId, 'member'), andrew)
})

test('roles: administrators say who is an agent, and whoever has reports is a manager', async () => {
  const [, wang = ''] = ids
  const set = { ...here(), personId: wang, isAgent: true }
  assert.equal((await site.refuse('member.set-agent', set, nancy)).code, 'access.refused')
  assert.equal((await site.refuse('member.set-agent', set, elsewhere)).code, 'access.refused')
  await site.act('member.set-agent', set, andrew)
  await hire(site, andrew.organizationId, [
    { name: 'Report', address: 'report@northwind.example', managerId: wang as PersonId },
  ])
  const { members } = await list({}, andrew)
  assert.partialDeepStrictEqual(
    members.filter(({ isAgent, isManager }) => isAgent || isManager),
    [{ personId: wang, isAgent: true, isManager: true }],
  )
  await site.act('member.set-agent', { ...set, isAgent: false }, andrew)
})

test('the chart tells who reports to whom, as a whole and by branch', async () => {
  const school = await foundAnother(site, 'School', 'head@school.example')
  const { organizationId, personId: head } = school
  const [dean, sole] = await hire(site, organizationId, [
    { name: 'Dean', address: 'dean@school.example' },
    { name: 'Sole', address: 'sole@school.example' },
  ])
  assert.ok(dean && sole)
  const [teacher] = await hire(site, organizationId, [
    { name: 'Teacher', address: 't@school.example', managerId: dean },
  ])
  type Positions = { positions: { personId: string; managerId: string | null }[]; isWhole: boolean }
  const chart = await site.act<Positions>('chart.get', { organizationId }, school)
  assert.ok(chart.isWhole)
  assert.deepEqual(
    new Map(chart.positions.map((one) => [one.personId, one.managerId])),
    new Map<string, string | null>([
      [head, null],
      [dean, null],
      [sole, null],
      [teacher ?? '', dean],
    ]),
  )
  const branch = await site.act<Positions>('chart.get', { organizationId, branchOf: dean }, school)
  assert.deepEqual(new Set(branch.positions.map(({ personId }) => personId)), new Set([dean, teacher]))
})
