import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { AskedPairing, CheckedPairing, Pairing } from '../../../protocol/identity.ts'
import { SESSION_COOKIE } from '../../platform/caller.ts'
import { askForCode, letIn, signIn, startSession, testDevice, wrong, type SignedIn } from '../../testing/sign-in.ts'
import { openSite, type Site } from '../../testing/site.ts'
import { feature as dispatch } from '../dispatch/index.ts'
import { feature as organization } from '../organization/index.ts'
import { feature as identity, findOrCreatePersons, personsByAddress, startSession as enter } from './index.ts'

const phone = { name: 'Phone', class: 'mobile' } as const
const laptop = { name: 'Laptop', class: 'desktop' } as const
const minuteMs = 60_000

let site: Site
before(async () => {
  site = await openSite([dispatch, identity, organization])
})
after(() => site[Symbol.asyncDispose]())

let count = 0
async function newPerson(): Promise<string> {
  const address = `pairing-${++count}@northwind.example`
  await site.database.transaction((tx) => findOrCreatePersons(tx, [address], site.clock()))
  return address
}

/** Proves the sign-in on a further device. */
async function ask(address: string, device: { name: string; class: 'mobile' | 'desktop' }): Promise<AskedPairing> {
  const started = await startSession(site, address, device)
  return 'pairing' in started ? started.pairing : assert.fail('nobody had to let it in')
}
const ofWaiting = ({ id: pairingId, secret }: AskedPairing) => ({ pairingId, secret })
const tokenOf = ({ link }: AskedPairing) => link.split('#token=')[1] ?? ''
const stateOf = async (pairing: AskedPairing) =>
  (await site.act<CheckedPairing>('pairing.check', ofWaiting(pairing))).state
const codeOn = async (device: SignedIn, { id: pairingId }: AskedPairing) =>
  (await site.act<{ code: string }>('pairing.show-code', { pairingId }, device)).code
const complete = (pairing: AskedPairing, code?: string) => ({
  ...ofWaiting(pairing),
  keep: 'token',
  ...(code === undefined ? {} : { code }),
})
const isIn = async (device: SignedIn) => (await site.ask('session.get', {}, device)).status === 200
const waitingFor = async (device: SignedIn) =>
  (await site.act<{ pairings: Pairing[] }>('pairing.list', {}, device)).pairings

test('G11-01 every signed-in device has an id of its own, made by the server', async () => {
  const address = await newPerson()
  const devices = [await signIn(site, address, phone), await signIn(site, address, laptop)]
  assert.equal(new Set(devices.map(({ deviceId }) => deviceId)).size, 2)
  for (const device of devices)
    assert.equal((await site.act<SignedIn>('session.get', {}, device)).deviceId, device.deviceId)
})

test('who is signed in nowhere else needs no other device, and neither does a device that signs in again', async () => {
  const address = await newPerson()
  const first = await startSession(site, address)
  assert.ok('token' in first)
  const request = await askForCode(site, address)
  const input = { ...request, device: testDevice, keep: 'token' }
  const again = await site.act<SignedIn>('session.start', input, first)
  assert.ok(await isIn(again))
  assert.equal((await site.refuse('session.get', {}, first)).code, 'session.required')
  await site.act('session.end', {}, again)
  assert.ok('token' in (await startSession(site, address, phone)))
})

test('G11-02 a second sign-in waits; the first device learns at once which device, from where, and shows the code', async () => {
  const address = await newPerson()
  const first = await signIn(site, address, laptop)
  const request = await askForCode(site, address)
  site.announced.splice(0)
  const { pairing } = await site.act<{ pairing: AskedPairing }>(
    'session.start',
    { ...request, device: phone, keep: 'token' },
    { source: '203.0.113.7' },
  )
  assert.deepEqual(Object.keys(pairing).toSorted(), ['expiresAt', 'id', 'link', 'qr', 'secret'])
  const told = site.announced.find(({ topic }) => topic === `person:${first.personId}`)?.body
  const [shown] = await waitingFor(first)
  assert.partialDeepStrictEqual(told, { name: 'pairing.asked', pairing: shown })
  assert.deepEqual(shown, {
    id: pairing.id,
    device: phone,
    agent: '',
    address: '203.0.113.7',
    askedAt: '2026-05-14T09:00:00.000000Z',
    expiresAt: '2026-05-14T09:10:00.000000Z',
  })
  assert.equal(await stateOf(pairing), 'waiting')
  const code = await codeOn(first, pairing)
  assert.match(code, /^\d{8}$/)
  assert.equal(await stateOf(pairing), 'code-shown')
  const second = await site.act<SignedIn>('pairing.complete', complete(pairing, code))
  assert.ok((await isIn(first)) && (await isIn(second)))
  assert.deepEqual(await waitingFor(first), [])
  const ended = site.announced.findLast(({ topic }) => topic === `person:${first.personId}`)?.body
  assert.partialDeepStrictEqual(ended, { name: 'pairing.ended', pairingId: pairing.id, outcome: 'signed-in' })
})

test('G11-02 before the code is entered the second device is nobody, and its proof is used up', async () => {
  const address = await newPerson()
  await signIn(site, address, laptop)
  const request = await askForCode(site, address)
  const input = { ...request, device: phone, keep: 'token' }
  const { body, headers } = await site.ask('session.start', { ...input, keep: 'cookie' })
  assert.deepEqual(Object.keys(Object(body)), ['pairing'])
  assert.ok(headers.getSetCookie().every((cookie) => !cookie.startsWith(SESSION_COOKIE)))
  const { pairing } = Object(body)
  assert.equal((await site.refuse('session.get', {}, { token: pairing.secret })).code, 'session.required')
  assert.equal((await site.refuse('session.start', input)).code, 'code.wrong')
  assert.equal((await site.refuse('pairing.complete', complete(pairing))).code, 'pairing.unconfirmed')
})

test('G11-02 the code is worth nothing for another sign-in, once it is used, or replaced by a later one', async () => {
  const address = await newPerson()
  const first = await signIn(site, address, laptop)
  const [one, other] = [await ask(address, phone), await ask(address, phone)]
  const early = await codeOn(first, one)
  const code = await codeOn(first, one)
  await codeOn(first, other)
  assert.equal((await site.refuse('pairing.complete', complete(other, code))).code, 'code.wrong')
  if (early !== code) assert.equal((await site.refuse('pairing.complete', complete(one, early))).code, 'code.wrong')
  const stolen = { ...complete(one, code), secret: other.secret }
  assert.equal((await site.refuse('pairing.complete', stolen)).code, 'pairing.ended')
  await site.act('pairing.complete', complete(one, code))
  assert.equal((await site.refuse('pairing.complete', complete(one, code))).code, 'pairing.ended')
})

test('G11-02 the code lives for three minutes, the sign-in for ten', async () => {
  const address = await newPerson()
  const first = await signIn(site, address, laptop)
  const pairing = await ask(address, phone)
  const late = await codeOn(first, pairing)
  site.clock.advance(3 * minuteMs)
  assert.equal((await site.refuse('pairing.complete', complete(pairing, late))).code, 'code.wrong')
  const code = await codeOn(first, pairing)
  await site.act('pairing.confirm', { token: tokenOf(pairing) }, first)
  site.clock.advance(7 * minuteMs)
  assert.equal((await site.refuse('pairing.complete', complete(pairing, code))).code, 'pairing.ended')
  assert.equal((await site.refuse('pairing.complete', complete(pairing))).code, 'pairing.ended')
  assert.equal((await site.refuse('pairing.show-code', { pairingId: pairing.id }, first)).code, 'pairing.ended')
  assert.equal((await site.refuse('pairing.find', { token: tokenOf(pairing) }, first)).code, 'pairing.ended')
  assert.deepEqual([await stateOf(pairing), await waitingFor(first)], ['ended', []])
})

test('G11-02 a refused sign-in is dead, and so is one that its own device gives up', async () => {
  const address = await newPerson()
  const first = await signIn(site, address, laptop)
  const [refused, cancelled] = [await ask(address, phone), await ask(address, phone)]
  const code = await codeOn(first, refused)
  await site.act('pairing.refuse', { pairingId: refused.id }, first)
  assert.equal(await stateOf(refused), 'refused')
  assert.equal((await site.refuse('pairing.complete', complete(refused, code))).code, 'pairing.ended')
  await site.act('pairing.cancel', ofWaiting(cancelled))
  assert.equal(await stateOf(cancelled), 'ended')
  assert.equal((await site.refuse('pairing.show-code', { pairingId: cancelled.id }, first)).code, 'pairing.ended')
  await site.act('pairing.cancel', ofWaiting(cancelled))
  assert.ok(await isIn(first))
})

test('G11-02 a thousand guesses at once get no further than five, harm no other sign-in, and lock nobody out', async () => {
  const address = await newPerson()
  const first = await signIn(site, address, laptop)
  const pairing = await ask(address, phone)
  const code = await codeOn(first, pairing)
  const guesses = Array.from({ length: 1_000 }, (_, index) =>
    site.ask('pairing.complete', complete(pairing, wrong(code)), { source: `203.0.${index >> 8}.${index & 255}` }),
  )
  const codes = (await Promise.all(guesses)).map(({ body }) => Object(body).code)
  assert.equal(codes.filter((one) => one === 'code.wrong').length, 4)
  assert.equal(codes.filter((one) => one === 'pairing.ended').length, 996)
  assert.equal((await site.refuse('pairing.complete', complete(pairing, code))).code, 'pairing.ended')
  assert.ok(await isIn(first))
  await letIn(site, await ask(address, phone), first)
})

test('G11-02 of a hundred who enter the right code at once, one gets in', async () => {
  const address = await newPerson()
  const first = await signIn(site, address, laptop)
  const pairing = await ask(address, phone)
  const code = await codeOn(first, pairing)
  const answers = await Promise.all(
    Array.from({ length: 100 }, () => site.ask('pairing.complete', complete(pairing, code))),
  )
  assert.equal(answers.filter(({ status }) => status === 200).length, 1)
})

test('G11-02 nobody but the person lets a device in, sees that it waits, or refuses it', async () => {
  const [address, other] = [await newPerson(), await newPerson()]
  await signIn(site, address, laptop)
  const stranger = await signIn(site, other, laptop)
  const pairing = await ask(address, phone)
  assert.deepEqual(await waitingFor(stranger), [])
  const inputs = {
    'pairing.show-code': { pairingId: pairing.id },
    'pairing.refuse': { pairingId: pairing.id },
    'pairing.find': { token: tokenOf(pairing) },
    'pairing.confirm': { token: tokenOf(pairing) },
  }
  for (const [name, input] of Object.entries(inputs)) {
    assert.equal((await site.refuse(name, input, stranger)).code, 'pairing.ended')
    assert.equal((await site.refuse(name, input)).code, 'session.required')
  }
  assert.equal(await stateOf(pairing), 'waiting')
})

test('G11-04 the link in the QR code tells what is confirmed, and after a fresh confirmation both are in', async () => {
  const address = await newPerson()
  const first = await signIn(site, address, laptop)
  const pairing = await ask(address, phone)
  assert.match(pairing.link, /^https:\/\/talk\.example\.com\/pair#token=[\w-]{43}$/)
  assert.match(pairing.qr, /^<svg[^>]*>.*<\/svg>$/s)
  const found = await site.act<Pairing>('pairing.find', { token: tokenOf(pairing) }, first)
  assert.deepEqual([found.id, found.device, found.address], [pairing.id, phone, '198.51.100.1'])
  assert.equal(await stateOf(pairing), 'waiting')
  await site.act('pairing.confirm', { token: tokenOf(pairing) }, first)
  assert.equal(await stateOf(pairing), 'confirmed')
  const second = await site.act<SignedIn>('pairing.complete', complete(pairing))
  const { devices } = await site.act<{ devices: { id: string; class: string }[] }>('device.list', {}, second)
  assert.deepEqual(new Map(devices.map((device) => [device.class, device.id])).size, 2)
  assert.ok((await isIn(first)) && (await isIn(second)))
})

test('G11-03 a third device pushes out the device of its own class alone, and that one learns why', async () => {
  const address = await newPerson()
  const [oldPhone, desktop] = [await signIn(site, address, phone), await signIn(site, address, laptop)]
  const pairing = await ask(address, { name: 'New phone', class: 'mobile' })
  const newPhone = await letIn(site, pairing, desktop)
  assert.ok((await isIn(newPhone)) && (await isIn(desktop)))
  assert.equal((await site.refuse('session.get', {}, oldPhone)).code, 'session.replaced')
  const told = site.announced.find(({ topic }) => topic === `device:${oldPhone.deviceId}`)
  assert.deepEqual(told?.body, { revoked: true, isReplaced: true })
  const newDesktop = await letIn(site, await ask(address, laptop), newPhone)
  assert.equal((await site.refuse('session.get', {}, desktop)).code, 'session.replaced')
  assert.ok((await isIn(newPhone)) && (await isIn(newDesktop)))
})

test('G11-03 a browser whose place was taken can sign in again', async () => {
  const address = await newPerson()
  const desktop = await signIn(site, address, laptop)
  const started = await site.ask('session.start', { ...(await askForCode(site, address)), device: phone })
  const { pairing } = Object(started.body)
  const done = await site.ask('pairing.complete', { ...ofWaiting(pairing), code: await codeOn(desktop, pairing) })
  const cookie = done.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  assert.equal((await site.ask('session.get', {}, { cookie })).status, 200)
  await letIn(site, await ask(address, phone), desktop)
  const { status, body } = await site.ask('session.get', {}, { cookie })
  assert.deepEqual([status, Object(body).code], [401, 'session.replaced'])
  assert.equal((await site.ask('session.request-code', { address }, { cookie })).status, 200)
})

test('G11-03 of two third devices at the same moment one stays, whoever vouches for them', async () => {
  const address = await newPerson()
  const [oldPhone, desktop] = [await signIn(site, address, phone), await signIn(site, address, laptop)]
  for (const voucher of [desktop, oldPhone]) {
    const both = [await ask(address, phone), await ask(address, phone)]
    const codes = await Promise.all(both.map((pairing) => codeOn(voucher, pairing)))
    const answers = await Promise.all(
      both.map((pairing, index) => site.ask('pairing.complete', complete(pairing, codes[index]))),
    )
    const done = answers.filter(({ status }) => status === 200).map(({ body }) => Object(body) as SignedIn)
    const alive = await Promise.all(done.map(isIn))
    assert.equal(alive.filter(Boolean).length, 1)
    assert.ok(await isIn(desktop))
    if (voucher === desktop) {
      assert.equal(done.length, 2)
      Object.assign(
        oldPhone,
        done.find((_, index) => alive[index]),
      )
    } else assert.equal(done.length, 1, 'a phone that was pushed out vouches for nobody')
  }
})

test('of several first sign-ins at the same moment, proven in different ways, one is in and the others wait for it', async () => {
  for (let round = 0; round < 5; round++) {
    const address = await newPerson()
    const personId = (await site.database.snapshot((tx) => personsByAddress(tx, [address]))).get(address)
    assert.ok(personId)
    const caller = { ...site, actor: { kind: 'nobody' as const }, now: site.clock(), source: '198.51.100.1' }
    const started = await Promise.all(
      [phone, laptop, phone, laptop].map((device) =>
        site.database.transaction((tx) =>
          enter({ ...caller, tx, userAgent: '', browser: undefined, setBrowser() {}, setCookie() {} }, personId, {
            device,
            keep: 'token',
          }),
        ),
      ),
    )
    assert.equal(started.filter((one) => 'token' in one).length, 1)
  }
})

test('a code of a device that was signed out meanwhile lets nobody in', async () => {
  const address = await newPerson()
  const [mobile, desktop] = [await signIn(site, address, phone), await signIn(site, address, laptop)]
  const [typed, confirmed] = [await ask(address, phone), await ask(address, phone)]
  const code = await codeOn(desktop, typed)
  await site.act('pairing.confirm', { token: tokenOf(confirmed) }, desktop)
  await site.act('device.revoke', { deviceId: desktop.deviceId }, mobile)
  assert.equal((await site.refuse('pairing.complete', complete(typed, code))).code, 'code.wrong')
  assert.equal((await site.refuse('pairing.complete', complete(confirmed))).code, 'pairing.unconfirmed')
  await site.act('session.end', {}, mobile)
  assert.equal(await stateOf(typed), 'ended')
})

test('five sign-ins of a person wait at most; the proof of a sixth is not used up', async () => {
  const address = await newPerson()
  const first = await signIn(site, address, laptop)
  const waiting: AskedPairing[] = []
  for (let index = 0; index < 5; index++) waiting.push(await ask(address, phone))
  const request = await askForCode(site, address)
  const input = { ...request, device: phone, keep: 'token' }
  const refused = await site.refuse('session.start', input)
  assert.deepEqual([refused.status, refused.code], [429, 'pairing.limit'])
  await site.act('pairing.refuse', { pairingId: waiting[0]?.id }, first)
  await site.act('session.start', input)
})

test('G11-03 a browser must say the class that it plausibly has; other programs are believed', async () => {
  const windows =
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36'
  const iPhone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile/15E148 Safari/604.1'
  const iPad = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/19.0 Safari/605.1.15'
  const begin = async (userAgent: string, device: object) => {
    const request = await askForCode(site, await newPerson())
    return site.ask('session.start', { ...request, device, keep: 'token' }, { userAgent })
  }
  for (const [agent, device] of [
    [windows, phone],
    [iPhone, laptop],
  ] as const) {
    const { status, body } = await begin(agent, device)
    assert.deepEqual([status, Object(body).code, Object(body).path], [400, 'device.class-implausible', 'device.class'])
  }
  for (const [agent, device] of [
    [windows, laptop],
    [iPhone, phone],
    [iPad, phone],
    [iPad, laptop],
    ['', phone],
  ] as const)
    assert.equal((await begin(agent, device)).status, 200)
})

test('a database that falls into wrong hands holds no secret, link or code of a sign-in that waits', async () => {
  const address = await newPerson()
  const first = await signIn(site, address, laptop)
  const pairing = await ask(address, phone)
  const code = await codeOn(first, pairing)
  const rows = await site.database.snapshot((tx) => tx<{ row: string }>`select pairing::text as row from pairing`)
  const hex = (text: string) => Buffer.from(text).toString('hex')
  for (const secret of [pairing.secret, tokenOf(pairing), code])
    assert.ok(rows.every(({ row }) => !row.includes(secret) && !row.includes(hex(secret))))
})
