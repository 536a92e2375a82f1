import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { z } from 'zod'
import type { AuditList } from '../../../protocol/audit.ts'
import type { PersonId } from '../../../protocol/ids.ts'
import { CommandProblem } from '../../cli/client.ts'
import { releaseDevices } from '../../cli/release-devices.ts'
import { askForCode, signIn, startSession, testDevice, type SignedIn } from '../../testing/sign-in.ts'
import { openSite, type Site } from '../../testing/site.ts'
import { found, foundAnother, hire, type Founded } from '../../testing/staff.ts'
import { feature as audit } from '../audit/index.ts'
import { feature as dispatch } from '../dispatch/index.ts'
import { feature as identity } from '../identity/index.ts'
import { feature as organization } from './index.ts'

const phone = { name: 'Phone', class: 'mobile' } as const
const dayMs = 86_400_000

let site: Site
let andrew: Founded
let elsewhere: Founded
before(async () => {
  site = await openSite([dispatch, identity, organization, audit])
  andrew = await found(site, 'Northwind', 'andrew@northwind.example')
  elsewhere = await foundAnother(site, 'Elsewhere', 'boss@elsewhere.example')
})
after(() => site[Symbol.asyncDispose]())

let count = 0
/** Takes part in these organizations. */
async function newMember(...houses: Founded[]): Promise<{ personId: PersonId; address: string }> {
  const address = `lost-${++count}@northwind.example`
  const ids: PersonId[] = []
  for (const { organizationId } of houses) ids.push(...(await hire(site, organizationId, [{ name: 'Nancy', address }])))
  const [personId] = ids
  assert.ok(personId)
  await site.database.transaction((tx) => tx`update member set state = 'active' where person_id = ${personId}`)
  return { personId, address }
}
const release = (by: Founded, personId: string) =>
  site.act<object>('member.release-devices', { organizationId: by.organizationId, personId }, by)
const isIn = async (device: SignedIn) => (await site.ask('session.get', {}, device)).status === 200

test('G11-02 who has lost their devices is signed out by an administrator, and comes in with the code alone', async () => {
  const { personId, address } = await newMember(andrew)
  const lost = [await signIn(site, address), await signIn(site, address, phone)]
  const waiting = await startSession(site, address, phone)
  assert.ok('pairing' in waiting)
  assert.deepEqual(await release(andrew, personId), {})
  assert.deepEqual(await Promise.all(lost.map(isIn)), [false, false])
  const { id: pairingId, secret } = waiting.pairing
  assert.partialDeepStrictEqual(await site.act('pairing.check', { pairingId, secret }), { state: 'ended' })
  const { subject, text } = await site.post.next(address)
  assert.equal(subject, 'You have been signed out everywhere')
  assert.match(text ?? '', /Northwind/)
  assert.ok('token' in (await startSession(site, address)))
  assert.ok('pairing' in (await startSession(site, address, phone)), 'it counts for one sign-in')
  const { entries } = await site.act<z.output<typeof AuditList>>(
    'audit.list',
    { organizationId: andrew.organizationId, limit: 10, act: 'device.released' },
    andrew,
  )
  assert.deepEqual([entries[0]?.actorId, entries[0]?.personIds], [andrew.personId, [personId]])
})

test('G11-02 nobody signs out by this who is no administrator, stands below, or belongs to another organization', async () => {
  const { organizationId } = andrew
  const member = await newMember(andrew)
  const deputy = await newMember(andrew)
  const [janet, steven] = [await signIn(site, member.address), await signIn(site, deputy.address)]
  await site.act('member.set-role', { organizationId, personId: deputy.personId, role: 'administrator' }, andrew)
  const ask = (personId: string, from: SignedIn, where: string = organizationId) =>
    site.refuse('member.release-devices', { organizationId: where, personId }, from)
  assert.equal((await ask(deputy.personId, janet)).code, 'access.refused')
  assert.equal((await ask(andrew.personId, steven)).code, 'member.role-above')
  assert.equal((await ask(member.personId, elsewhere)).code, 'access.refused')
  assert.equal((await ask(member.personId, elsewhere, elsewhere.organizationId)).code, 'member.not-found')
  await hire(site, elsewhere.organizationId, [{ name: 'Invited', address: member.address }])
  assert.equal((await ask(member.personId, elsewhere, elsewhere.organizationId)).code, 'member.not-found')
  for (const device of [janet, steven, andrew]) assert.ok(await isIn(device))
})

test('G11-02 somebody of two organizations is signed out when both say so within a day, and neither learns of the other', async () => {
  const { personId, address } = await newMember(andrew, elsewhere)
  const nancy = await signIn(site, address)
  const single = await newMember(andrew)
  assert.deepEqual(await release(andrew, personId), await release(andrew, single.personId))
  assert.ok(await isIn(nancy))
  const mail = await site.post.next(address)
  assert.equal(mail.subject, 'Your devices are reported lost')
  assert.doesNotMatch(mail.text ?? '', /Elsewhere/)
  site.clock.advance(dayMs)
  await release(elsewhere, personId)
  await site.post.next(address)
  assert.ok(await isIn(nancy), 'what was said a day ago counts no more')
  await release(andrew, personId)
  assert.equal((await site.post.next(address)).subject, 'You have been signed out everywhere')
  assert.ok(!(await isIn(nancy)))
})

test('administrators of two organizations who say it at the same moment are both heard', async () => {
  const { personId, address } = await newMember(andrew, elsewhere)
  const nancy = await signIn(site, address)
  await Promise.all([release(andrew, personId), release(elsewhere, personId)])
  assert.ok(!(await isIn(nancy)))
})

test('G11-02 the operator helps the only owner, on the command line', async () => {
  const operator = { token: site.operatorToken }
  const ask = async <S extends z.ZodType>(output: S, name: string, input: object = {}) =>
    output.parse(await site.act(name, input, operator))
  const door = { url: site.url, command: ask, query: ask }
  const options = { organization: elsewhere.organizationId }
  await assert.rejects(releaseDevices(door, 'nobody@elsewhere.example', options), CommandProblem)
  assert.match(await releaseDevices(door, 'Boss@elsewhere.example', options), /^Somebody Else can sign in again/)
  assert.ok(!(await isIn(elsewhere)))
  await site.post.next('boss@elsewhere.example')
  const request = await askForCode(site, 'boss@elsewhere.example')
  Object.assign(elsewhere, await site.act('session.start', { ...request, device: testDevice, keep: 'token' }))
})
