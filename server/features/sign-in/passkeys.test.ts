import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { AskedPairing } from '../../../protocol/identity.ts'
import { features } from '../../all-features.ts'
import { createAuthenticator, type Authenticator, type Twist } from '../../testing/authenticator.ts'
import { letIn, signIn, testDevice, type SignedIn } from '../../testing/sign-in.ts'
import { openSite, type Answer, type Site } from '../../testing/site.ts'
import { found, foundAnother, hire, type Founded } from '../../testing/staff.ts'
import { passkeyDomain } from './rules.ts'

const home = 'https://talk.example.com'
let site: Site
let andrew: Founded
before(async () => {
  site = await openSite(features)
  andrew = await found(site, 'Northwind', 'andrew@northwind.example')
})
after(() => site[Symbol.asyncDispose]())

type Challenge = { challengeId: string; options: Record<string, unknown> }
let count = 0
async function newMember(): Promise<SignedIn & { address: string }> {
  const address = `member-${++count}@northwind.example`
  await hire(site, andrew.organizationId, [{ name: 'Somebody', address }])
  return { ...(await signIn(site, address)), address }
}

async function register(by: SignedIn, authenticator: Authenticator, twist?: Twist): Promise<Answer> {
  const { challengeId, options } = await site.act<Challenge>('passkey.begin', {}, by)
  const response = authenticator.create(options, twist)
  return site.ask('passkey.add', { challengeId, response, name: 'Phone' }, by)
}

async function comeIn(authenticator: Authenticator, twist?: Twist): Promise<Answer> {
  const { challengeId, options } = await site.act<Challenge>('session.begin-with-passkey', {})
  return start(challengeId, authenticator.get(options, twist))
}
const start = (challengeId: string, response: object) =>
  site.ask('session.start-with-passkey', { challengeId, response, device: testDevice, keep: 'token' })
const codeOf = ({ body }: Answer) => String(Object(body).code)

test('a passkey signs in without an address and without a code', async () => {
  const nancy = await newMember()
  const phone = createAuthenticator(home)
  assert.equal((await register(nancy, phone)).status, 200)
  await site.act('session.end', {}, nancy)
  const { status, body } = await comeIn(phone)
  assert.equal(status, 200, JSON.stringify(body))
  assert.equal(Object(body).personId, nancy.personId)
  const { passkeys } = await site.act<{ passkeys: { name: string; usedAt: string | null }[] }>(
    'passkey.list',
    {},
    body as SignedIn,
  )
  assert.equal(passkeys.length, 1)
  assert.ok(passkeys[0]?.usedAt)
})

test('a challenge is good once, for five minutes, and for what it was given for', async () => {
  const nancy = await newMember()
  const phone = createAuthenticator(home)
  await register(nancy, phone)
  await site.act('session.end', {}, nancy)
  const { challengeId, options } = await site.act<Challenge>('session.begin-with-passkey', {})
  const answer = phone.get(options)
  assert.equal(codeOf(await start(challengeId, phone.get(options, { challenge: 'AAAA' }))), 'passkey.refused')
  assert.equal(codeOf(await start(challengeId, answer)), 'passkey.refused', 'a failed answer has used it up')
  const late = await site.act<Challenge>('session.begin-with-passkey', {})
  site.clock.advance(5 * 60_000)
  assert.equal(codeOf(await start(late.challengeId, phone.get(late.options))), 'passkey.refused')
  const again = await signIn(site, nancy.address)
  const registering = await site.act<Challenge>('passkey.begin', {}, again)
  assert.equal(codeOf(await start(registering.challengeId, phone.get(registering.options))), 'passkey.refused')
})

test('of twenty who use one answer at once, one gets in', async () => {
  const nancy = await newMember()
  const phone = createAuthenticator(home)
  await register(nancy, phone)
  await site.act('session.end', {}, nancy)
  const { challengeId, options } = await site.act<Challenge>('session.begin-with-passkey', {})
  const answer = phone.get(options)
  const answers = await Promise.all(Array.from({ length: 20 }, () => start(challengeId, answer)))
  assert.equal(answers.filter(({ status }) => status === 200).length, 1)
})

test('another page, another domain, an owner who was not checked, another person: all refused', async () => {
  const nancy = await newMember()
  const twists: Twist[] = [
    { origin: 'https://talk.example.com.attacker.example' },
    { origin: 'http://talk.example.com' },
    { domain: 'attacker.example' },
    { isVerified: false },
    { challenge: 'AAAA' },
  ]
  for (const twist of twists)
    assert.equal(codeOf(await register(nancy, createAuthenticator(home), twist)), 'passkey.refused')
  const phone = createAuthenticator(home)
  await register(nancy, phone)
  const handle = Buffer.from(andrew.personId).toString('base64url')
  for (const twist of [...twists, { handle }]) assert.equal(codeOf(await comeIn(phone, twist)), 'passkey.refused')
})

test('a passkey that was copied shows in its counter and is refused', async () => {
  const nancy = await newMember()
  const phone = createAuthenticator(home)
  await register(nancy, phone)
  await site.act('session.end', {}, nancy)
  phone.counter = 40
  assert.equal((await comeIn(phone)).status, 200)
  phone.counter = 7
  assert.equal(codeOf(await comeIn(phone)), 'passkey.refused')
})

test('a passkey is its owner’s: nobody else lists, removes or registers it, and removed it opens nothing', async () => {
  const [nancy, janet] = [await newMember(), await newMember()]
  const phone = createAuthenticator(home)
  await register(nancy, phone)
  assert.equal(codeOf(await register(janet, phone)), 'passkey.refused')
  assert.deepEqual(await site.act('passkey.list', {}, janet), { passkeys: [] })
  assert.equal((await site.refuse('passkey.remove', { passkeyId: phone.id }, janet)).code, 'access.refused')
  const { challengeId, options } = await site.act<Challenge>('passkey.begin', {}, nancy)
  const response = createAuthenticator(home).create(options)
  assert.equal((await site.refuse('passkey.add', { challengeId, response, name: 'X' }, janet)).code, 'passkey.refused')
  await site.act('passkey.remove', { passkeyId: phone.id }, nancy)
  assert.equal(codeOf(await comeIn(phone)), 'passkey.unknown')
})

test('a passkey has the name that its owner gives it, and nobody else does', async () => {
  const [nancy, janet] = [await newMember(), await newMember()]
  const phone = createAuthenticator(home)
  await register(nancy, phone)
  const renamed = { passkeyId: phone.id, name: 'Key ring' }
  assert.equal((await site.refuse('passkey.rename', renamed, janet)).code, 'access.refused')
  await site.act('passkey.rename', renamed, nancy)
  assert.partialDeepStrictEqual(await site.act('passkey.list', {}, nancy), { passkeys: [{ name: 'Key ring' }] })
  assert.equal((await site.refuse('passkey.rename', { ...renamed, name: ' ' }, nancy)).code, 'input.invalid')
})

test('somebody has twenty passkeys at most', async () => {
  const nancy = await newMember()
  for (let made = 0; made < 20; made++) assert.equal((await register(nancy, createAuthenticator(home))).status, 200)
  assert.equal((await site.refuse('passkey.begin', {}, nancy)).code, 'passkey.limit')
})

test('who joins a further organization keeps no passkey that the first may have had a hand in', async () => {
  const nancy = await newMember()
  const phone = createAuthenticator(home)
  await register(nancy, phone)
  const elsewhere = await foundAnother(site, 'Elsewhere', 'boss@elsewhere.example')
  const [personId = ''] = await hire(site, elsewhere.organizationId, [{ name: 'Both', address: nancy.address }])
  await site.act('member.invite', { organizationId: elsewhere.organizationId, personIds: [personId] }, elsewhere)
  const { text = '' } = await site.post.next(nancy.address)
  const [token, code] = [/#token=(\S+)/.exec(text)?.[1], /\d{4} \d{4}/.exec(text)?.[0]]
  const { pairing } = await site.act<{ pairing: AskedPairing }>('invitation.redeem', {
    token,
    code,
    device: testDevice,
    keep: 'token',
  })
  await letIn(site, pairing, nancy)
  assert.equal(codeOf(await comeIn(phone)), 'passkey.unknown')
})

test('whose devices were reported lost has no passkey any more: the finder could come in with it', async () => {
  const nancy = await newMember()
  const phone = createAuthenticator(home)
  await register(nancy, phone)
  const lost = { organizationId: andrew.organizationId, personId: nancy.personId }
  await site.act('member.release-devices', lost, andrew)
  assert.equal(codeOf(await comeIn(phone)), 'passkey.unknown')
})

test('where another device is signed in, a passkey alone does not let a second one in', async () => {
  const nancy = await newMember()
  const phone = createAuthenticator(home)
  await register(nancy, phone)
  const { status, body } = await comeIn(phone)
  assert.equal(status, 200)
  assert.ok('pairing' in Object(body) && !('token' in Object(body)))
})

test('that passkeys come and go stands in the audit log', async () => {
  const nancy = await newMember()
  const phone = createAuthenticator(home)
  await register(nancy, phone)
  await site.act('passkey.remove', { passkeyId: phone.id }, nancy)
  const { entries } = await site.act<{ entries: { act: string }[] }>(
    'audit.list',
    { organizationId: andrew.organizationId, personId: nancy.personId, limit: 2 },
    andrew,
  )
  assert.deepEqual(
    entries.map(({ act }) => act),
    ['passkey.removed', 'passkey.added'],
  )
})

test('under a bare IP address there are no passkeys, and under a name there are', () => {
  assert.equal(passkeyDomain('http://192.0.2.1:8080'), undefined)
  assert.equal(passkeyDomain('http://[2001:db8::1]:8080'), undefined)
  assert.equal(passkeyDomain('http://localhost:8080'), 'localhost')
  assert.equal(passkeyDomain('https://talk.example.com'), 'talk.example.com')
})
