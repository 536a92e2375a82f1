import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { v7 as uuidv7 } from 'uuid'
import type { PersonId } from '../../../protocol/ids.ts'
import { features } from '../../all-features.ts'
import { openProvider, type TestProvider } from '../../testing/sign-in-provider.ts'
import { signIn, testDevice, type SignedIn } from '../../testing/sign-in.ts'
import { openSite, type Answer, type Site } from '../../testing/site.ts'
import { found, foundAnother, hire, type Founded } from '../../testing/staff.ts'

/** Reached without HTTPS, so that the provider may be too. */
const home = 'http://talk.example.com'
let site: Site
let andrew: Founded
let elsewhere: Founded
let provider: TestProvider

before(async () => {
  site = await openSite(features, { home })
  andrew = await found(site, 'Northwind', 'andrew@northwind.example')
  elsewhere = await foundAnother(site, 'Elsewhere', 'boss@elsewhere.example')
  provider = await openProvider(
    [andrew, elsewhere].map(({ organizationId }) => `${home}/sign-in/callback/${organizationId}`),
  )
})
after(async () => {
  await provider[Symbol.asyncDispose]()
  await site[Symbol.asyncDispose]()
})
beforeEach(() => setSource({}))

const here = () => ({ organizationId: andrew.organizationId })

/** Sets the provider, and waits until the server has asked it about itself. */
async function setSource(more: object, by: Founded = andrew): Promise<string> {
  const { organizationId } = by
  const input = { label: 'Northwind ID', issuer: provider.issuer, clientId: provider.clientId, secret: provider.secret }
  await site.act('sign-in-source.set', { organizationId, ...input, ...more }, by)
  for (;;) {
    const { source } = await site.act<{ source: { state: string } }>('sign-in-source.get', { organizationId }, by)
    if (source.state !== 'checking') return source.state
    await setTimeout(10)
  }
}

/** A browser that keeps its cookies. */
function openBrowser() {
  const cookies = new Map<string, string>()
  const ask = async (name: string, input: object): Promise<Answer> => {
    const cookie = Array.from(cookies, ([key, value]) => `${key}=${value}`).join('; ')
    const answer = await site.ask(name, input, cookie === '' ? {} : { cookie })
    for (const line of answer.headers.getSetCookie()) {
      const [, key = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      cookies.set(key, value)
    }
    return answer
  }
  const act = async <T>(name: string, input: object): Promise<T> => {
    const { status, body } = await ask(name, input)
    assert.equal(status, 200, `${name}: ${JSON.stringify(body)}`)
    return body as T
  }
  return { ask, act, cookies }
}
type Browser = ReturnType<typeof openBrowser>

const begin = async (browser: Browser, { organizationId: sourceId } = here()) =>
  (await browser.act<{ url: string }>('sign-in.begin', { sourceId })).url

const answerIn = (url: URL) => ({
  sourceId: url.pathname.split('/').at(-1),
  ...Object.fromEntries(url.searchParams),
})

async function finish(browser: Browser, attemptId: string): Promise<Answer> {
  for (;;) {
    const answer = await browser.ask('session.start-with-provider', { attemptId, device: testDevice, keep: 'token' })
    if (Object(answer.body).code !== 'sign-in.pending') return answer
    await setTimeout(10)
  }
}

/** All the way, as whoever is signed in at the provider. */
async function comeIn(account: TestProvider['account'], browser = openBrowser()): Promise<Answer> {
  provider.account = account
  const back = await provider.visit(await begin(browser))
  const { attemptId } = await browser.act<{ attemptId: string }>('sign-in.return', answerIn(back))
  return finish(browser, attemptId)
}
const codeOf = ({ body }: Answer) => String(Object(body).code)

let count = 0
async function newMember(): Promise<{ personId: PersonId; email: string }> {
  const email = `member-${++count}@northwind.example`
  const [personId] = await hire(site, andrew.organizationId, [{ name: 'Somebody', address: email }])
  assert.ok(personId)
  return { personId, email }
}

test('a member signs in at the provider by a verified address, and says yes to the invitation by it', async () => {
  const { personId, email } = await newMember()
  const { status, body } = await comeIn({ subject: 's-1', email: email.toUpperCase(), isVerified: true })
  assert.equal(status, 200, JSON.stringify(body))
  const session = await site.act<{ personId: string; memberships: { state: string }[] }>(
    'session.get',
    {},
    body as SignedIn,
  )
  assert.equal(session.personId, personId)
  assert.partialDeepStrictEqual(session.memberships, [{ state: 'active' }])
})

test('from then on the subject counts, also when the address there has changed or is not verified any more', async () => {
  const { personId, email } = await newMember()
  const first = await comeIn({ subject: 's-2', email, isVerified: true })
  await site.act('session.end', {}, first.body as SignedIn)
  const later = await comeIn({ subject: 's-2', email: 'married@northwind.example', isVerified: false })
  assert.equal(Object(later.body).personId, personId)
})

test('an address that is not verified, or none, is refused', async () => {
  const { email } = await newMember()
  for (const account of [{ email, isVerified: false }, { email }, {}])
    assert.equal(codeOf(await comeIn({ subject: `s-3-${uuidv7()}`, ...account })), 'sign-in.unverified')
})

test('who is no member is refused in clear words, and nobody is made for them', async () => {
  const answer = await comeIn({ subject: 's-4', email: 'stranger@northwind.example', isVerified: true })
  assert.equal(codeOf(answer), 'sign-in.unknown-person')
  const known = await site.database.snapshot(
    (tx) => tx`select from person_address where address = 'stranger@northwind.example'`,
  )
  assert.equal(known.length, 0)
})

test('where the owners say so, verified addresses of listed domains join; others, and who was taken out, do not', async () => {
  await setSource({ joins: true, domains: ['northwind.example'] })
  const email = 'joiner@northwind.example'
  const { body } = await comeIn({ subject: 's-5', email, isVerified: true, name: 'Jo Iner' })
  const { memberships } = await site.act<{ memberships: object[] }>('session.get', {}, body as SignedIn)
  assert.partialDeepStrictEqual(memberships, [{ name: 'Jo Iner', role: 'member', state: 'active' }])
  for (const stranger of ['x@other.example', 'x@sub.northwind.example', 'x@northwind.example.org'])
    assert.equal(
      codeOf(await comeIn({ subject: stranger, email: stranger, isVerified: true })),
      'sign-in.unknown-person',
    )
  assert.equal(
    codeOf(await comeIn({ subject: 's-6', email: 'late@northwind.example', isVerified: false })),
    'sign-in.unverified',
  )
  await site.act('member.remove', { ...here(), personId: Object(body).personId }, andrew)
  assert.equal(codeOf(await comeIn({ subject: 's-5', email, isVerified: true })), 'sign-in.unknown-person')
  assert.equal(codeOf(await comeIn({ subject: 's-5b', email, isVerified: true })), 'sign-in.unknown-person')
})

test('an organization’s provider proves nothing of people who are in another one', async () => {
  const answer = await comeIn({ subject: 's-7', email: 'boss@elsewhere.example', isVerified: true })
  assert.equal(codeOf(answer), 'sign-in.code-needed')
  const { personId, email } = await newMember()
  await comeIn({ subject: 's-8', email, isVerified: true })
  await hire(site, elsewhere.organizationId, [{ name: 'Both', address: email }])
  assert.equal(codeOf(await comeIn({ subject: 's-8', email, isVerified: true })), 'sign-in.code-needed')
  assert.ok(personId)
})

test('what comes back fits only the browser that began, once, with its own state, within ten minutes', async () => {
  const { email } = await newMember()
  provider.account = { subject: 's-9', email, isVerified: true }
  const [browser, other] = [openBrowser(), openBrowser()]
  const answer = answerIn(await provider.visit(await begin(browser)))
  await begin(other)
  const refused = async (one: Browser, input: object) => codeOf(await one.ask('sign-in.return', input))
  assert.equal(await refused(other, answer), 'sign-in.ended', 'another browser')
  assert.equal(await refused(openBrowser(), answer), 'sign-in.ended', 'a browser without a cookie')
  assert.equal(await refused(browser, { ...answer, state: 'guessed' }), 'sign-in.ended', 'another state')
  const { attemptId } = await browser.act<{ attemptId: string }>('sign-in.return', answer)
  assert.equal(await refused(browser, answer), 'sign-in.ended', 'a replay')
  const start = { attemptId, device: testDevice, keep: 'token' }
  const stolen = await other.ask('session.start-with-provider', start)
  assert.equal(codeOf(stolen), 'sign-in.ended', 'the attempt in another browser')
  assert.equal((await finish(browser, attemptId)).status, 200)
  assert.equal(codeOf(await browser.ask('session.start-with-provider', start)), 'sign-in.ended', 'used twice')
  const late = answerIn(await provider.visit(await begin(browser)))
  site.clock.advance(10 * 60_000)
  assert.equal(await refused(browser, late), 'sign-in.ended', 'too late')
})

test('of twenty who use one sign-in at once, one gets in', async () => {
  const { email } = await newMember()
  provider.account = { subject: 's-10', email, isVerified: true }
  const browser = openBrowser()
  const answer = answerIn(await provider.visit(await begin(browser)))
  const returned = await Promise.all(Array.from({ length: 20 }, () => browser.ask('sign-in.return', answer)))
  const [ok, ...more] = returned.filter(({ status }) => status === 200)
  assert.ok(ok && more.length === 0)
  const { attemptId } = Object(ok.body)
  const answers = await Promise.all(Array.from({ length: 20 }, () => finish(browser, attemptId)))
  assert.equal(answers.filter(({ status }) => status === 200).length, 1)
})

test('a code of somebody else’s sign-in is worth nothing in one’s own: code injection is refused', async () => {
  const { email } = await newMember()
  provider.account = { subject: 's-11', email, isVerified: true }
  const victim = answerIn(await provider.visit(await begin(openBrowser())))
  const attacker = openBrowser()
  const own = answerIn(await provider.visit(await begin(attacker)))
  const { attemptId } = await attacker.act<{ attemptId: string }>('sign-in.return', {
    ...own,
    code: Object(victim).code,
  })
  assert.equal(codeOf(await finish(attacker, attemptId)), 'sign-in.failed')
})

test('an answer of another provider, or for another organization, is refused: mix-up', async () => {
  const { email } = await newMember()
  provider.account = { subject: 's-12', email, isVerified: true }
  const browser = openBrowser()
  const mixed = answerIn(await provider.visit(await begin(browser)))
  const { attemptId } = await browser.act<{ attemptId: string }>('sign-in.return', {
    ...mixed,
    iss: 'https://login.attacker.example',
  })
  assert.equal(codeOf(await finish(browser, attemptId)), 'sign-in.failed')
  const wrongPlace = answerIn(await provider.visit(await begin(browser)))
  assert.equal(
    codeOf(await browser.ask('sign-in.return', { ...wrongPlace, sourceId: elsewhere.organizationId })),
    'sign-in.ended',
  )
})

test('what was begun before the owners chose another provider leads nowhere', async () => {
  const { email } = await newMember()
  provider.account = { subject: 's-13', email, isVerified: true }
  const browser = openBrowser()
  const answer = answerIn(await provider.visit(await begin(browser)))
  const { attemptId } = await browser.act<{ attemptId: string }>('sign-in.return', answer)
  site.clock.advance(1_000)
  await setSource({ label: 'Another' })
  assert.equal(codeOf(await finish(browser, attemptId)), 'sign-in.failed')
})

test('nobody is led anywhere but to the provider and back: there is no address to go on to', async () => {
  const url = new URL(await begin(openBrowser()))
  assert.equal(url.origin, provider.issuer)
  assert.equal(url.searchParams.get('redirect_uri'), `${home}/sign-in/callback/${andrew.organizationId}`)
  for (const name of ['returnTo', 'next', 'redirect_uri'])
    assert.equal(
      (await site.refuse('sign-in.begin', { sourceId: andrew.organizationId, [name]: 'https://attacker.example' }))
        .code,
      'input.invalid',
    )
})

test('only owners choose the provider; its secret is sealed, told to nobody, and not sent to another one', async () => {
  const nancy = await signIn(site, (await newMember()).email)
  await site.act('member.set-role', { ...here(), personId: nancy.personId, role: 'administrator' }, andrew)
  for (const name of ['sign-in-source.get', 'sign-in-source.remove'])
    assert.equal((await site.refuse(name, here(), nancy)).code, 'access.refused')
  const input = { ...here(), label: 'Mine', issuer: 'https://login.attacker.example', clientId: 'x' }
  assert.equal((await site.refuse('sign-in-source.set', input, nancy)).code, 'access.refused')
  const shown = await site.act<{ source: { hasSecret: boolean } }>('sign-in-source.get', here(), andrew)
  assert.ok(shown.source.hasSecret)
  assert.ok(!JSON.stringify(shown).includes(provider.secret))
  const stored = await site.database.snapshot(
    (tx) => tx<{ row: string }>`select s::text as row from sign_in_source as s`,
  )
  assert.ok(stored.every(({ row }) => !row.includes(Buffer.from(provider.secret).toString('hex'))))
  await site.act('sign-in-source.set', input, andrew)
  assert.equal(
    (await site.act<{ source: { hasSecret: boolean } }>('sign-in-source.get', here(), andrew)).source.hasSecret,
    false,
  )
})

test('a provider that cannot be reached, or is none, is told as that, and is not offered', async () => {
  assert.equal(await setSource({ issuer: 'http://127.0.0.1:9' }), 'unreachable')
  assert.equal(await setSource({ issuer: site.url }), 'unfit')
  assert.equal(await setSource({ issuer: provider.issuer.replace('127.0.0.1', 'localhost') }), 'named-otherwise')
  assert.equal(await setSource({ secret: 'of another client' }), 'client-unknown')
  assert.equal(await setSource({ clientId: 'unknown' }), 'client-unknown')
  const { sources } = await site.act<{ sources: object[] }>('sign-in.options', {})
  assert.deepEqual(sources, [])
  assert.equal((await site.refuse('sign-in.begin', { sourceId: andrew.organizationId })).code, 'sign-in.unavailable')
  await setSource({})
  assert.deepEqual((await site.act<{ sources: object[] }>('sign-in.options', {})).sources, [
    { sourceId: andrew.organizationId, label: 'Northwind ID' },
  ])
  await site.act('sign-in-source.remove', here(), andrew)
  assert.equal((await site.refuse('sign-in.begin', { sourceId: andrew.organizationId })).code, 'sign-in.unavailable')
})

test('a server that is reached by HTTPS asks no provider without it', async () => {
  await using safe = await openSite(features)
  const owner = await found(safe, 'Safe', 'owner@safe.example')
  for (const issuer of ['http://127.0.0.1:1', 'https://user:password@login.example', 'https://login.example/?a=b']) {
    const input = { organizationId: owner.organizationId, label: 'ID', issuer, clientId: 'x' }
    const { code, path } = await safe.refuse('sign-in-source.set', input, owner)
    assert.deepEqual([code, path], ['input.invalid', 'issuer'])
  }
})
