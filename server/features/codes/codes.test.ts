import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { v7 as uuidv7 } from 'uuid'
import type { Code, JoinedByCode, ScannedCode, UsedCode } from '../../../protocol/codes.ts'

import type { ConversationView, HistoryPage } from '../../../protocol/conversations.ts'
import type { z } from 'zod'
import { features } from '../../all-features.ts'
import { codeIn, signIn, testDevice, type SignedIn } from '../../testing/sign-in.ts'
import { openSite, type Site } from '../../testing/site.ts'
import { found, foundAnother, hire, type Founded } from '../../testing/staff.ts'
import { registerCodeKind } from './kinds.ts'

/** Nobody here has another device. */
type Joined = Exclude<JoinedByCode, { pairing: unknown }>

let site: Site
let andrew: Founded
let nancy: SignedIn
let inside: { organizationId: string }

before(async () => {
  site = await openSite(features)
  andrew = await found(site, 'Northwind', 'andrew@northwind.example')
  inside = { organizationId: andrew.organizationId }
  await hire(site, andrew.organizationId, [{ name: 'Nancy Davolio', address: 'nancy@northwind.example' }])
  nancy = await signIn(site, 'nancy@northwind.example')
})
after(() => site[Symbol.asyncDispose]())

const tokenIn = ({ url }: Code) => url.slice(url.lastIndexOf('/') + 1)
const by = ({ token }: { token?: string | undefined }) => (token === undefined ? {} : { token })

async function makeGroup(
  kind: 'group' | 'broadcast',
  name: string,
  personIds: string[] = [],
): Promise<ConversationView> {
  return site.act('conversation.create', { ...inside, conversationId: uuidv7(), kind, name, personIds }, by(nancy))
}
const makeCode = (subjectId: string, more: object = {}, from: { token?: string } = nancy) =>
  site.act<Code>('code.create', { ...inside, kind: 'group', subjectId, codeId: uuidv7(), ...more }, by(from))

/** As a newcomer does it: reads the mail and opens its link. */
async function joinByMail(token: string, address: string, more: object = {}): Promise<Joined> {
  await site.act('code.request', { token, address })
  const mail = await site.post.next(address)
  const link = /#request=([0-9a-f-]+)&code=(\d{8})/.exec(mail.text ?? '')
  assert.ok(link, mail.text)
  assert.equal(codeIn(mail.text ?? ''), link[2])
  const join = { token, requestId: link[1], code: link[2], device: testDevice, keep: 'token', ...more }
  return site.act<Joined>('code.join', join)
}

const post = (view: ConversationView, text: string, from: { token?: string | undefined }) => {
  const input = { ...inside, audienceId: view.audiences[0]?.id, id: uuidv7(), parts: [{ type: 'text', text }] }
  return site.act('message.post', input, by(from))
}
async function textsFor(who: { token?: string | undefined }, view: ConversationView): Promise<string[]> {
  const input = { ...inside, audienceId: view.audiences[0]?.id }
  const { messages } = await site.act<z.output<typeof HistoryPage>>('message.history', input, by(who))
  return messages.flatMap(({ parts }) => parts.map((part) => Object(part).text))
}

test('G13-01 a code’s picture comes from the server, may be kept, and is drawn for signed codes only', async () => {
  const code = await makeCode((await makeGroup('broadcast', 'News')).id)
  assert.match(code.url, /^https:\/\/talk\.example\.com\/c\/[\w-]{36}$/)
  const picture = await fetch(`${site.url}${code.picture}`)
  assert.equal(picture.status, 200)
  assert.match(picture.headers.get('content-type') ?? '', /^image\/svg\+xml/)
  assert.match(picture.headers.get('cache-control') ?? '', /immutable/)
  assert.match(await picture.text(), /^<svg/)
  const other = code.picture.replace(/.\.svg$/, (end) => (end.startsWith('A') ? 'B.svg' : 'A.svg'))
  assert.equal((await fetch(`${site.url}${other}`)).status, 404)
})

test('G13-02 G13-03 a newcomer joins a broadcast at once, and gets the owner’s later messages', async () => {
  const news = await makeGroup('broadcast', 'News')
  const code = await makeCode(news.id, { place: 'Door' })
  const token = tokenIn(code)
  const page = await site.act<ScannedCode>('code.scan', { token })
  assert.equal(page.title, 'News')
  assert.deepEqual([page.isOneWay, page.ownerNames, page.standing], [true, ['Nancy Davolio'], 'nobody'])
  const maria = await joinByMail(token, 'maria@customers.example')
  assert.equal(maria.conversationId, news.id)
  await post(news, 'Fresh cheese on Friday', nancy)
  assert.deepEqual(await textsFor(maria, news), ['Fresh cheese on Friday'])
  const written = { ...inside, audienceId: news.audiences[0]?.id, id: uuidv7(), parts: [{ type: 'text', text: 'Hi' }] }
  assert.equal((await site.refuse('message.post', written, by(maria))).code, 'broadcast.one-way')
  const again = await site.act<ScannedCode>('code.scan', { token }, by(maria))
  assert.deepEqual([again.standing, again.conversationId], ['in', news.id])
})

test('G13-04 the group of a code may be a chat, in which a newcomer answers', async () => {
  const chat = await makeGroup('group', 'Regulars')
  const joined = await joinByMail(tokenIn(await makeCode(chat.id)), 'elio@customers.example', { name: 'Elio' })
  await post(chat, 'Ciao', joined)
  assert.deepEqual(await textsFor(nancy, chat), ['Ciao'])
  const view = await site.act<ConversationView>('conversation.get', { ...inside, conversationId: chat.id }, by(nancy))
  assert.equal(view.isExternal, true)
  await site.act('conversation.leave', { ...inside, conversationId: chat.id }, by(joined))
  const input = { ...inside, audienceId: chat.audiences[0]?.id }
  assert.equal((await site.refuse('message.history', input, by(joined))).code, 'access.refused')
})

test('G13-02 a member who scans joins as the member they are', async () => {
  const chat = await makeGroup('group', 'Quality circle')
  const token = tokenIn(await makeCode(chat.id, { place: 'Canteen' }))
  const used = await site.act<UsedCode>('code.use', { token }, by(andrew))
  assert.equal(used.conversationId, chat.id)
  assert.deepEqual(await site.act('code.use', { token }, by(andrew)), used)
  const [listed] = (
    await site.act<{ codes: Code[] }>('code.list', { ...inside, kind: 'group', subjectId: chat.id }, by(nancy))
  ).codes
  assert.deepEqual([listed?.uses, listed?.joins], [1, 1])
  assert.equal((await site.refuse('code.use', { token })).code, 'session.required')
})

test('G13-05 a personal code makes the scanner a contact of that person, with a conversation between them', async () => {
  const code = await makeCode(nancy.personId, { kind: 'personal' })
  const token = tokenIn(code)
  const ana = await joinByMail(token, 'ana@customers.example', { name: 'Ana Trujillo' })
  const contact = await site.act<{ keeperId: string; place: string; addresses: string[] }>(
    'contact.get',
    { ...inside, personId: ana.personId },
    by(nancy),
  )
  assert.equal(contact.keeperId, nancy.personId)
  assert.deepEqual(contact.addresses, ['ana@customers.example'])
  const view = await site.act<ConversationView>(
    'conversation.get',
    { ...inside, conversationId: ana.conversationId },
    by(nancy),
  )
  assert.equal(view.otherId, ana.personId)
  await post(view, 'Good morning, Ana', nancy)
  assert.deepEqual(await textsFor(ana, view), ['Good morning, Ana'])
  assert.equal((await site.refuse('code.use', { token }, by(nancy))).code, 'scan.own')
  await site.act('conversation.leave', { ...inside, conversationId: view.id }, by(ana))
  assert.equal((await site.act<UsedCode>('code.use', { token }, by(ana))).conversationId, view.id)
  await post(view, 'Back again', ana)
})

test('G12-07 G13-02 without an address one comes in where the organization allows it, and not in any number', async () => {
  const news = await makeGroup('broadcast', 'Market')
  const token = tokenIn(await makeCode(news.id))
  const join = { token, locale: 'zh-CN', device: testDevice, keep: 'token' }
  assert.equal((await site.refuse('code.join-anonymously', join)).code, 'scan.anonymous-refused')
  await site.act('outsider-rules.change', { ...inside, admitsAnonymous: true }, by(andrew))
  const guest = await site.act<Joined>('code.join-anonymously', join)
  const session = await site.act<{ addresses: string[]; memberships: { role: string; name: string }[] }>(
    'session.get',
    {},
    by(guest),
  )
  assert.deepEqual(session.addresses, [])
  assert.match(session.memberships[0]?.name ?? '', /^访客 \d{4}$/)
  assert.equal(session.memberships[0]?.role, 'contact')
  const source = '198.51.100.77'
  for (let count = 0; count < 100; count++) await site.act('code.join-anonymously', join, { source })
  assert.equal((await site.refuse('code.join-anonymously', join, { source })).code, 'scan.limit')
  await site.act('code.join-anonymously', join, { source: '198.51.100.78' })
})

test('G13-02 a code that has expired, was revoked, exchanged or used up lets nobody in', async () => {
  const news = await makeGroup('broadcast', 'Offers')
  const refused = async (code: Code) => (await site.refuse('code.scan', { token: tokenIn(code) })).code
  const soon = new Date(site.clock().getTime() + 60_000).toISOString().replace('Z', '000Z')
  const expiring = await makeCode(news.id, { place: 'Fair', expiresAt: soon })
  site.clock.advance(61_000)
  assert.equal(await refused(expiring), 'scan.expired')
  const join = (code: Code) => ({ token: tokenIn(code), device: testDevice, keep: 'token' })
  assert.equal((await site.refuse('code.join-anonymously', join(expiring))).code, 'scan.expired')

  const exchanged = await makeCode(news.id, { place: 'Wall' })
  const fresh = await site.act<Code>('code.rotate', { ...inside, codeId: exchanged.id }, by(nancy))
  assert.equal(await refused(exchanged), 'scan.revoked')
  await site.act('code.scan', { token: tokenIn(fresh) })
  await site.act('code.revoke', { ...inside, codeId: exchanged.id }, by(nancy))
  assert.equal(await refused(fresh), 'scan.revoked')
  assert.equal((await site.refuse('code.use', { token: tokenIn(fresh) }, by(andrew))).code, 'scan.revoked')

  const once = await makeCode(news.id, { place: 'Table', usesMax: 1 })
  const both = await Promise.all([1, 2, 3].map(() => site.ask('code.join-anonymously', join(once))))
  assert.deepEqual(both.map(({ status }) => status).toSorted(), [200, 410, 410])
  assert.equal(await refused(once), 'scan.used-up')
  const within = await site.act<ScannedCode>('code.scan', { token: tokenIn(once) }, by(nancy))
  assert.equal(within.standing, 'in', 'who is there already finds the way by it')
})

test('G13-02 the end of a code is a time to come, written with any offset', async () => {
  const news = await makeGroup('broadcast', 'Until')
  const later = new Date(site.clock().getTime() + 3_600_000).toISOString()
  const times = [later, later.replace(/\.\d+Z$/, 'Z'), later.replace('Z', '+00:00'), later.replace('Z', '000Z')]
  for (const expiresAt of times)
    assert.equal(
      Date.parse((await makeCode(news.id, { place: expiresAt, expiresAt })).expiresAt ?? ''),
      Date.parse(expiresAt),
    )
  const distant = '2999-12-31T12:00:00+23:00'
  const made = await makeCode(news.id, { place: 'Distant', expiresAt: distant })
  assert.equal(made.expiresAt, '2999-12-30T13:00:00.000000Z')
  const code = { ...inside, kind: 'group', subjectId: news.id }
  for (const expiresAt of ['tomorrow', '0000-01-01T00:00:00Z', '9999-12-31T23:59:59-23:00', '2020-01-01T00:00:00Z']) {
    const refusal = await site.refuse('code.create', { ...code, codeId: uuidv7(), expiresAt }, by(nancy))
    assert.deepEqual([refusal.code, refusal.path], ['input.invalid', 'expiresAt'], expiresAt)
  }
})

test('G13-02 a code that was tampered with, made up, or is of another server is unknown', async () => {
  const token = tokenIn(await makeCode((await makeGroup('broadcast', 'Signed')).id))
  const flip = (at: number) => token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1)
  for (const forged of [flip(0), flip(22), flip(30), `${token}AAAA`, 'A'.repeat(36)])
    assert.equal((await site.refuse('code.scan', { token: forged })).code, 'scan.unknown', forged)
})

test('G13-01 only owners make, see and end codes of a group; nobody makes another person’s', async () => {
  const news = await makeGroup('broadcast', 'Mine', [andrew.personId])
  const code = await makeCode(news.id, { place: 'Till' })
  const group = { ...inside, kind: 'group', subjectId: news.id }
  const refused = async (command: string, input: object, from: { token?: string }) =>
    (await site.refuse(command, input, by(from))).code
  assert.equal(await refused('code.create', { ...group, codeId: uuidv7() }, andrew), 'access.refused')
  assert.equal(await refused('code.list', group, andrew), 'access.refused')
  for (const command of ['code.rotate', 'code.revoke', 'code.statistics'])
    assert.equal(await refused(command, { ...inside, codeId: code.id }, andrew), 'access.refused', command)
  const personal = { ...inside, kind: 'personal', subjectId: nancy.personId, codeId: uuidv7() }
  assert.equal(await refused('code.create', personal, andrew), 'access.refused')
  assert.equal(await refused('code.create', { ...group, place: 'Till', codeId: uuidv7() }, nancy), 'scan.place-taken')
  assert.equal(
    await refused('code.create', { ...group, kind: 'unheard-of', codeId: uuidv7() }, nancy),
    'access.refused',
  )
  const other = await foundAnother(site, 'Elsewhere', 'boss@elsewhere.example')
  const theirs = { organizationId: other.organizationId, codeId: code.id }
  assert.equal(await refused('code.revoke', theirs, other), 'access.refused')
  assert.equal(await refused('code.list', { ...group, organizationId: other.organizationId }, other), 'access.refused')
  const used = await site.act<UsedCode>('code.use', { token: tokenIn(code) }, by(other))
  assert.equal(used.organizationId, andrew.organizationId, 'somebody of another organization comes in as an outsider')
  assert.equal(await refused('member.list', inside, other), 'access.refused')
})

test('G13-01 where only administrators bring people from outside, an owner makes no codes, and older ones rest', async () => {
  const news = await makeGroup('broadcast', 'Strict')
  const token = tokenIn(await makeCode(news.id))
  await site.act('outsider-rules.change', { ...inside, mayBring: 'administrators' }, by(andrew))
  const create = { ...inside, kind: 'group', subjectId: news.id, codeId: uuidv7(), place: 'New' }
  assert.equal((await site.refuse('code.create', create, by(nancy))).code, 'conversation.outsiders-refused')
  const join = { token, device: testDevice, keep: 'token' }
  assert.equal((await site.refuse('code.join-anonymously', join)).code, 'conversation.outsiders-refused')
  await site.act('outsider-rules.change', { ...inside, mayBring: 'owners' }, by(andrew))
})

test('G13-01 each place has its code, and its scans and joins are counted by day', async () => {
  const news = await makeGroup('broadcast', 'Places')
  const [door, till] = [await makeCode(news.id, { place: 'Door' }), await makeCode(news.id, { place: 'Till' })]
  await site.act('code.scan', { token: tokenIn(door) })
  await site.act('code.scan', { token: tokenIn(door) })
  const guest = await joinByMail(tokenIn(door), 'door@customers.example')
  site.clock.advance(24 * 3_600_000)
  await site.act('code.scan', { token: tokenIn(till) })
  await site.act('code.scan', { token: tokenIn(door) })
  const { codes } = await site.act<{ codes: Code[] }>(
    'code.list',
    { ...inside, kind: 'group', subjectId: news.id },
    by(nancy),
  )
  const counts = Object.fromEntries(codes.map(({ place, scans, joins }) => [place, [scans, joins]]))
  assert.deepEqual(counts, { Door: [3, 1], Till: [1, 0] })
  const { days } = await site.act<{ days: object[] }>('code.statistics', { ...inside, codeId: door.id }, by(nancy))
  assert.deepEqual(
    days.map((day) => Object(day).scans),
    [2, 1],
  )
  const contact = await site.act<{ place: string; source: string }>(
    'contact.get',
    { ...inside, personId: guest.personId },
    by(nancy),
  )
  assert.deepEqual([contact.source, contact.place], ['code', 'Door'])
})

test('G13-07 the owner’s notices reach all who joined by a code, each in their own session', async () => {
  const news = await makeGroup('broadcast', 'Events')
  const token = tokenIn(await makeCode(news.id))
  const join = { token, device: testDevice, keep: 'token' }
  const guests = await Promise.all([1, 2, 3].map(() => site.act<Joined>('code.join-anonymously', join)))
  await post(news, 'Tasting on Saturday at six', nancy)
  for (const guest of guests) assert.deepEqual(await textsFor(guest, news), ['Tasting on Saturday at six'])
})

test('G13-01 a later feature brings its own kind of code', async () => {
  const given: string[] = []
  registerCodeKind({
    name: 'gift',
    mayKeep: (ctx) => Promise.resolve(ctx.actor.kind === 'person' && ctx.actor.personId === nancy.personId),
    describe: () => Promise.resolve({ title: 'A gift', isOneWay: null, ownerNames: ['Nancy Davolio'] }),
    find: () => Promise.resolve(undefined),
    keeperOf: () => Promise.resolve(null),
    use(_ctx, _subject, { personId }) {
      given.push(personId)
      return Promise.resolve({ conversationId: null })
    },
  })
  const code = await makeCode(uuidv7(), { kind: 'gift' })
  assert.equal((await site.act<ScannedCode>('code.scan', { token: tokenIn(code) })).title, 'A gift')
  await site.act('code.use', { token: tokenIn(code) }, by(andrew))
  assert.deepEqual(given, [andrew.personId])
  assert.throws(() => registerCodeKind({ name: 'gift' } as never), /already/)
})

test('G12-07 G13-02 the wrong code for an address lets nobody in, and a used link not twice', async () => {
  const token = tokenIn(await makeCode((await makeGroup('broadcast', 'Once')).id))
  const { requestId } = await site.act<{ requestId: string }>('code.request', {
    token,
    address: 'new@customers.example',
  })
  const code = codeIn((await site.post.next('new@customers.example')).text ?? '')
  const join = { token, requestId, code, device: testDevice, keep: 'token' }
  const wrong = String((Number(code) + 1) % 100_000_000).padStart(8, '0')
  assert.equal((await site.refuse('code.join', { ...join, code: wrong })).code, 'code.wrong')
  await site.act('code.join', join)
  assert.equal((await site.refuse('code.join', join)).code, 'code.wrong')
})
