import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { signIn } from '../../testing/sign-in.ts'
import { openSite, type Site } from '../../testing/site.ts'
import { feature as dispatch } from '../dispatch/index.ts'
import { feature as organization } from '../organization/index.ts'
import { authenticate, feature as identity, findOrCreatePersons, listRevokedSince, startSession } from './index.ts'

type Listed = { devices: { id: string; isThisOne: boolean; seenAt: string }[] }
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
  const first = await signIn(site, address)
  site.clock.advance(5 * minuteMs)
  const second = await signIn(site, address)
  const { devices } = await site.act<Listed>('device.list', {}, first)
  const seen = devices.map(({ id, isThisOne }) => [id, isThisOne])
  assert.deepEqual(new Set(seen.map(([id]) => id)), new Set([first.deviceId, second.deviceId]))
  assert.deepEqual(Object.fromEntries(seen), { [first.deviceId]: true, [second.deviceId]: false })
})

test('a revoked device is out at once, and its connections are told to close', async () => {
  const address = await newPerson()
  const [lost, kept] = [await signIn(site, address), await signIn(site, address)]
  const began = site.clock()
  await site.act('device.revoke', { deviceId: lost.deviceId }, kept)
  assert.equal((await site.refuse('session.get', {}, lost)).code, 'session.required')
  await site.act('session.get', {}, kept)
  const told = site.announced.find(({ topic }) => topic === `device:${lost.deviceId}`)
  assert.deepEqual(told?.body, { revoked: true })
  const revoked = await site.database.snapshot((tx) => listRevokedSince(tx, began))
  assert.ok(revoked.some(({ deviceId }) => deviceId === lost.deviceId))
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

test('a person has fifty devices at most; a further one ends the session that was used least recently', async () => {
  const address = await newPerson()
  const eldest = await signIn(site, address)
  const device = { name: 'Test', class: 'mobile' } as const
  for (let index = 0; index < 50; index++) {
    site.clock.advance(1)
    await site.database.transaction(async (tx) => {
      const [personId] = (await findOrCreatePersons(tx, [address], site.clock())).values()
      assert.ok(personId)
      await startSession({ tx, now: site.clock(), setCookie: () => {} }, personId, { device, keep: 'token' })
    })
  }
  assert.equal((await site.refuse('session.get', {}, eldest)).code, 'session.required')
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
    assert.equal(await authenticate(site.database, made, site.clock()), undefined)
})
