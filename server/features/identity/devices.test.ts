import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { signIn, startSession } from '../../testing/sign-in.ts'
import { openSite, type Site } from '../../testing/site.ts'
import { feature as dispatch } from '../dispatch/index.ts'
import { feature as organization } from '../organization/index.ts'
import { authenticate, feature as identity, findOrCreatePersons } from './index.ts'

const phone = { name: 'Phone', class: 'mobile' } as const
type Listed = { devices: { id: string; isThisOne: boolean; seenAt: string; seenFrom: string }[] }
const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

let site: Site
before(async () => {
  site = await openSite([dispatch, identity, organization])
})
after(() => site[Symbol.asyncDispose]())

let count = 0
async function newPerson(): Promise<string> {
  const address = `device-${++count}@northwind.example`
  await site.database.transaction((tx) => findOrCreatePersons(tx, [address], site.clock()))
  return address
}

test('a person sees their devices, the one used last first, and which one is asking', async () => {
  const address = await newPerson()
  const first = await signIn(site, address, phone)
  site.clock.advance(5 * minuteMs)
  const second = await signIn(site, address)
  const { devices } = await site.act<Listed>('device.list', {}, first)
  const seen = devices.map(({ id, isThisOne }) => [id, isThisOne])
  assert.deepEqual(new Set(seen.map(([id]) => id)), new Set([first.deviceId, second.deviceId]))
  assert.deepEqual(Object.fromEntries(seen), { [first.deviceId]: true, [second.deviceId]: false })
})

test('a revoked device is out at once, and its connections are told to close', async () => {
  const address = await newPerson()
  const [lost, kept] = [await signIn(site, address, phone), await signIn(site, address)]
  await site.act('device.revoke', { deviceId: lost.deviceId }, kept)
  assert.equal((await site.refuse('session.get', {}, lost)).code, 'session.required')
  await site.act('session.get', {}, kept)
  const told = site.announced.find(({ topic }) => topic === `device:${lost.deviceId}`)
  assert.deepEqual(told?.body, { revoked: true, isReplaced: false })
})

test('nobody revokes or sees the device of somebody else', async () => {
  const [mine, theirs] = [await signIn(site, await newPerson()), await signIn(site, await newPerson())]
  assert.equal((await site.refuse('device.revoke', { deviceId: theirs.deviceId }, mine)).code, 'access.refused')
  await site.act('session.get', {}, theirs)
  const { devices } = await site.act<Listed>('device.list', {}, mine)
  assert.deepEqual(
    devices.map(({ id }) => id),
    [mine.deviceId],
  )
})

test('that a device is there is noted once a minute at most', async () => {
  const { token } = await signIn(site, await newPerson())
  const seenAt = async () => {
    const { devices } = await site.act<Listed>('device.list', {}, { token })
    return devices[0]?.seenAt
  }
  const first = await seenAt()
  site.clock.advance(minuteMs - 1)
  assert.equal(await seenAt(), first)
  site.clock.advance(1)
  assert.notEqual(await seenAt(), first)
})

test('G11-01 the list names where each device was last seen', async () => {
  const { token } = await signIn(site, await newPerson())
  const seenFrom = async () => (await site.act<Listed>('device.list', {}, { token })).devices[0]?.seenFrom
  assert.equal(await seenFrom(), '198.51.100.1')
  site.clock.advance(minuteMs)
  await site.act('session.get', {}, { token, source: '203.0.113.9' })
  assert.equal(await seenFrom(), '203.0.113.9')
})

test('signing out everywhere else leaves this device alone, and nobody waits any more', async () => {
  const address = await newPerson()
  const [here, there] = [await signIn(site, address, phone), await signIn(site, address)]
  const started = await startSession(site, address)
  assert.ok('pairing' in started)
  await site.act('device.revoke-others', {}, here)
  assert.equal((await site.refuse('session.get', {}, there)).code, 'session.required')
  await site.act('session.get', {}, here)
  const { id: pairingId, secret } = started.pairing
  assert.partialDeepStrictEqual(await site.act('pairing.check', { pairingId, secret }), { state: 'ended' })
  assert.equal((await site.refuse('pairing.show-code', { pairingId }, here)).code, 'pairing.ended')
})

test('a device that nobody has used for 180 days must sign in again', async () => {
  const [used, unused] = [await signIn(site, await newPerson()), await signIn(site, await newPerson())]
  site.clock.advance(179 * dayMs)
  await site.act('session.get', {}, used)
  site.clock.advance(dayMs)
  await site.act('session.get', {}, used)
  assert.equal((await site.refuse('session.get', {}, unused)).code, 'session.required')
})

test('only the hash of a token is kept, and no token that somebody makes up is anybody', async () => {
  const { token } = await signIn(site, await newPerson())
  const rows = await site.database.snapshot((tx) => tx<{ row: string }>`select device::text as row from device`)
  const hex = Buffer.from(token).toString('hex')
  assert.ok(rows.length > 0 && rows.every(({ row }) => !row.includes(token) && !row.includes(hex)))
  for (const made of ['', 'x', 'x'.repeat(43), `${token}x`, 'x'.repeat(10_000)])
    assert.equal(await authenticate(site.database, made, { source: '198.51.100.1', now: site.clock() }), undefined)
})
