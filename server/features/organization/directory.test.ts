import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { PersonId } from '../../../protocol/ids.ts'
import type { Session } from '../../../protocol/organization.ts'
import { Refusal } from '../../platform/refusal.ts'
import type { Tx } from '../../platform/sql.ts'
import { signIn } from '../../testing/sign-in.ts'
import { openSite, type Site } from '../../testing/site.ts'
import { found, foundAnother, hire, type Founded } from '../../testing/staff.ts'
import { feature as dispatch } from '../dispatch/index.ts'
import { feature as identity, personsByAddress } from '../identity/index.ts'
import * as own from './index.ts'

let site: Site
let andrew: Founded
let elsewhere: Founded
before(async () => {
  site = await openSite([dispatch, identity, own.feature])
  andrew = await found(site, 'Northwind', 'andrew@northwind.example')
  elsewhere = await foundAnother(site, 'Elsewhere', 'boss@elsewhere.example')
})
after(() => site[Symbol.asyncDispose]())

const here = () => andrew.organizationId
type Organization = NonNullable<Awaited<ReturnType<typeof own.lockOrganization>>>
const inDirectory = <T>(run: (tx: Tx, organization: Organization) => Promise<T>, where = here()) =>
  site.database.transaction(async (tx) => {
    const organization = await own.lockOrganization(tx, where)
    assert.ok(organization)
    const result = await run(tx, organization)
    await own.moveDirectory(tx, where)
    return result
  })
const entries = async (ids: readonly PersonId[]) => {
  const all = await site.database.snapshot((tx) => own.listDirectory(tx, here()))
  const byId = new Map(all.map((entry) => [entry.personId, entry]))
  return ids.map((id) => byId.get(id))
}
const change = async (personId: PersonId, fields: Partial<own.MemberFields>) => {
  const [before] = await entries([personId])
  assert.ok(before)
  await inDirectory((tx, organization) =>
    own.changeMembers(tx, { organization, members: [{ ...before, ...fields }] }, site.clock()),
  )
}
const deactivate = (personIds: readonly PersonId[]) =>
  inDirectory((tx, organization) => own.deactivateMembers(tx, { organization, personIds }, site.clock()))
const ownerOf = async (address: string) =>
  (await site.database.snapshot((tx) => personsByAddress(tx, [address]))).get(address)

test('who is taken out is signed out everywhere, where they take part in nothing else', async () => {
  const [personId] = await hire(site, here(), [{ name: 'Nancy', address: 'gone@northwind.example' }])
  assert.ok(personId)
  const nancy = await signIn(site, 'gone@northwind.example')
  await deactivate([personId])
  assert.equal((await site.refuse('session.get', {}, nancy)).code, 'session.required')
  assert.ok(site.announced.some(({ topic }) => topic === `device:${nancy.deviceId}`))
  const again = await signIn(site, 'gone@northwind.example')
  assert.deepEqual((await site.act<Session>('session.get', {}, again)).memberships, [])
})

test('who takes part in another organization stays signed in there', async () => {
  const address = 'both@northwind.example'
  await hire(site, elsewhere.organizationId, [{ name: 'Nancy', address }])
  const nancy = await signIn(site, address)
  const [personId] = await hire(site, here(), [{ name: 'Nancy', address }])
  assert.ok(personId)
  await site.database.transaction((tx) => tx`update member set state = 'active' where person_id = ${personId}`)
  await deactivate([personId])
  const { memberships } = await site.act<Session>('session.get', {}, nancy)
  assert.deepEqual(
    memberships.map(({ organization }) => organization.name),
    ['Elsewhere'],
  )
  assert.equal((await site.refuse('organization.get', { organizationId: here() }, nancy)).code, 'access.refused')
})

test('an owner is not taken out by a list', async () => {
  await assert.rejects(
    deactivate([andrew.personId as PersonId]),
    (error) => error instanceof Refusal && error.code === 'organization.owner-stays',
  )
})

test('who comes back is asked again, and is no administrator by having been one', async () => {
  const fields = { name: 'Nancy', address: 'back@northwind.example' }
  const [personId] = await hire(site, here(), [fields])
  assert.ok(personId)
  await signIn(site, fields.address)
  await site.act('member.set-role', { organizationId: here(), personId, role: 'administrator' }, andrew)
  await deactivate([personId])
  assert.deepEqual(await hire(site, here(), [fields]), [personId])
  assert.partialDeepStrictEqual(await entries([personId]), [{ state: 'invited', role: 'member' }])
})

test('the address one signs in with follows the list, where the account is this organization’s alone', async () => {
  const [personId] = await hire(site, here(), [{ name: 'Nancy', address: 'old@northwind.example' }])
  assert.ok(personId)
  const { requestId } = await site.act<{ requestId: string }>('session.request-code', {
    address: 'old@northwind.example',
  })
  const mail = await site.post.next('old@northwind.example')
  await change(personId, { address: 'new@northwind.example' })
  const code = /\d{4} \d{4}/.exec(mail.text ?? '')?.[0]
  const late = await site.refuse('session.start', { requestId, code, device: { name: 'T', class: 'mobile' } })
  assert.equal(late.code, 'code.wrong')
  assert.equal(await ownerOf('old@northwind.example'), undefined)
  assert.equal((await signIn(site, 'new@northwind.example')).personId, personId)
})

test('the address of somebody who is known elsewhere is not touched: nobody takes over an account by a list', async () => {
  const address = 'shared@northwind.example'
  await hire(site, elsewhere.organizationId, [{ name: 'Nancy', address }])
  const [personId] = await hire(site, here(), [{ name: 'Nancy', address }])
  assert.ok(personId)
  await change(personId, { address: 'attacker@northwind.example' })
  assert.equal(await ownerOf(address), personId)
  assert.equal(await ownerOf('attacker@northwind.example'), undefined)
  assert.partialDeepStrictEqual(await entries([personId]), [{ address: 'attacker@northwind.example' }])
})

test('roles: the address an owner signs in with is moved by no list: nobody becomes owner that way', async () => {
  const [personId] = await hire(site, here(), [{ name: 'Nancy', address: 'second-owner@northwind.example' }])
  assert.ok(personId)
  await site.act('member.set-role', { organizationId: here(), personId, role: 'owner' }, andrew)
  await change(personId, { address: 'usurper@northwind.example' })
  assert.equal(await ownerOf('second-owner@northwind.example'), personId)
  assert.equal(await ownerOf('usurper@northwind.example'), undefined)
})

test('an address that is somebody else’s account cannot be had by changing one’s own', async () => {
  const [personId] = await hire(site, here(), [{ name: 'Nancy', address: 'mine@northwind.example' }])
  assert.ok(personId)
  await change(personId, { address: 'boss@elsewhere.example' })
  assert.equal(await ownerOf('boss@elsewhere.example'), elsewhere.personId)
  assert.equal(await ownerOf('mine@northwind.example'), personId)
})

test('members may swap addresses and keys', async () => {
  const people = ['a@swap.example', 'b@swap.example'].map((address) => ({ name: address, address }))
  const ids = await hire(site, here(), people)
  const [one, other] = await entries(ids)
  assert.ok(one && other)
  const swap = (members: own.MemberFields[]) =>
    inDirectory((tx, organization) => own.changeMembers(tx, { organization, members }, site.clock()))
  await swap([
    { ...one, key: '1' },
    { ...other, key: '2' },
  ])
  await swap([
    { ...one, key: '2', address: other.address },
    { ...other, key: '1', address: one.address },
  ])
  assert.partialDeepStrictEqual(await entries(ids), [
    { key: '2', address: other.address },
    { key: '1', address: one.address },
  ])
  assert.equal(await ownerOf(one.address), other.personId)
})

test('a change of the directory gives it a new version, and tells those who look at it', async () => {
  const before = site.announced.length
  await hire(site, here(), [{ name: 'Nancy', address: 'told@northwind.example' }])
  const told = site.announced.slice(before).find(({ topic }) => topic === `organization:${here()}`)
  const { directoryVersion } = await site.act<{ directoryVersion: number }>(
    'organization.get',
    { organizationId: here() },
    andrew,
  )
  assert.deepEqual(told?.body, { state: 'directory', organizationId: here(), version: directoryVersion })
})

/** Under a second each on an idle machine; a plan that grows with the square of the rows takes far more, on any. */
const patienceMs = 8_000

test('ten thousand members are added, changed and deactivated within seconds', async () => {
  const people = Array.from({ length: 10_000 }, (_, index) => ({
    name: `P ${index}`,
    address: `p${index}@large.example`,
  }))
  const within = async <T>(run: () => Promise<T>) => {
    const began = performance.now()
    const result = await run()
    assert.ok(performance.now() - began < patienceMs, `${Math.round(performance.now() - began)} ms`)
    return result
  }
  const ids = await hire(site, here(), people)
  await deactivate(ids)
  await within(() => hire(site, here(), people))
  const members = (await entries(ids)).flatMap((entry) =>
    entry ? [{ ...entry, name: `${entry.name} B`, title: 'T', address: `x${entry.address}` }] : [],
  )
  await within(() => inDirectory((tx, organization) => own.changeMembers(tx, { organization, members }, site.clock())))
  await within(() => deactivate(ids))
})
