import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { askForCode, codeIn, signIn, testDevice, wrong, type SignedIn } from '../../testing/sign-in.ts'
import { openSite, type Site } from '../../testing/site.ts'
import { feature as dispatch } from '../dispatch/index.ts'
import { feature as organization } from '../organization/index.ts'
import { feature as identity, findOrCreatePersons } from './index.ts'

let site: Site
before(async () => {
  site = await openSite([dispatch, identity, organization])
})
after(() => site[Symbol.asyncDispose]())

let count = 0
/** Somebody with an account, in a test of their own. */
async function newPerson(): Promise<string> {
  const address = `person-${++count}@northwind.example`
  await site.database.transaction((tx) => findOrCreatePersons(tx, [address], site.clock()))
  return address
}
const start = (request: { requestId: string; code: string }) => ({ ...request, device: testDevice, keep: 'token' })

test('G12-01 the server makes the code, and it stands for one person at one place', async () => {
  const [nancy, janet] = [await newPerson(), await newPerson()]
  const [ofNancy, ofJanet] = [await askForCode(site, nancy), await askForCode(site, janet)]
  assert.match(ofNancy.code, /^\d{8}$/)
  const swapped = { requestId: ofJanet.requestId, code: ofNancy.code }
  if (ofNancy.code !== ofJanet.code)
    assert.equal((await site.refuse('session.start', start(swapped))).code, 'code.wrong')
  const started = await site.act<SignedIn>('session.start', start(ofNancy))
  const session = await site.act<{ personId: string; addresses: string[] }>('session.get', {}, started)
  assert.deepEqual([session.personId, session.addresses], [started.personId, [nancy]])
})

test('G0-01 the server gives every person an id of their own', async () => {
  const people = [await signIn(site, await newPerson()), await signIn(site, await newPerson())]
  assert.equal(new Set(people.map(({ personId }) => personId)).size, 2)
})

test('G12-03 entering the code starts the service, in a browser with a cookie that no script can read', async () => {
  const request = await askForCode(site, await newPerson())
  const { body, headers } = await site.ask('session.start', { ...request, device: testDevice })
  assert.deepEqual(Object.keys(Object(body)).toSorted(), ['deviceId', 'personId'])
  const [cookie = ''] = headers.getSetCookie()
  assert.match(cookie, /^shoptalk_session=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
  assert.equal((await site.ask('session.get', {}, { cookie: cookie.split(';')[0] ?? '' })).status, 200)
})

test('G12-03 the code may be typed as it stands in the mail, and the address in any case', async () => {
  const address = await newPerson()
  const { requestId } = await site.act<{ requestId: string }>('session.request-code', {
    address: ` ${address.toUpperCase()}`,
  })
  const { text = '' } = await site.post.next(address)
  const typed = /\d{4} \d{4}/.exec(text)?.[0] ?? ''
  await site.act('session.start', start({ requestId, code: ` ${typed}` }))
})

test('G12-04 after signing out the old code and the old session are worth nothing, and a fresh code is', async () => {
  const address = await newPerson()
  const request = await askForCode(site, address)
  const first = await site.act<SignedIn>('session.start', start(request))
  await site.act('session.end', {}, first)
  assert.equal((await site.refuse('session.get', {}, first)).code, 'session.required')
  assert.equal((await site.refuse('session.start', start(request))).code, 'code.wrong')
  const second = await signIn(site, address)
  assert.equal(second.personId, first.personId)
  assert.notEqual(second.token, first.token)
})

test('G12-05 the address may be a phone number, whose code is shown where no message can be sent', async () => {
  const address = '+14155550123'
  await site.database.transaction((tx) => findOrCreatePersons(tx, [address], site.clock()))
  const { requestId } = await site.act<{ requestId: string }>('session.request-code', { address: '+1 (415) 555-0123' })
  const line = await site.terminal.next(address)
  await site.act('session.start', start({ requestId, code: codeIn(line) }))
})

test('G12-07 nothing but an address is known of a person, and an anonymous mailbox will do', async () => {
  const address = 'x7k2@anonymous.example'
  await site.database.transaction((tx) => findOrCreatePersons(tx, [address], site.clock()))
  await signIn(site, address)
  const columns = await site.database.snapshot(
    (tx) => tx<{ name: string }>`
      select column_name::text as name from information_schema.columns
      where table_name in ('person', 'person_address') order by 1`,
  )
  const names = ['address', 'created_at', 'created_at', 'id', 'last_id', 'last_number', 'person_id']
  assert.deepEqual(
    columns.map(({ name }) => name),
    names,
  )
})

test('G12-04 a code works for ten minutes', async () => {
  const [late, soon] = [await askForCode(site, await newPerson()), await askForCode(site, await newPerson())]
  site.clock.advance(10 * 60_000 - 1)
  await site.act('session.start', start(soon))
  site.clock.advance(1)
  assert.equal((await site.refuse('session.start', start(late))).code, 'code.wrong')
})

test('G12-04 after five wrong guesses the right code is wrong too', async () => {
  const request = await askForCode(site, await newPerson())
  const guess = start({ ...request, code: wrong(request.code) })
  for (let guesses = 0; guesses < 5; guesses++)
    assert.equal((await site.refuse('session.start', guess)).code, 'code.wrong')
  assert.equal((await site.refuse('session.start', start(request))).code, 'code.wrong')
})

test('whoever asks again within a minute gets their own code a minute later, and the first one still works', async () => {
  const address = await newPerson()
  const first = await askForCode(site, address)
  const second = await site.act<{ requestId: string; expiresAt: string }>('session.request-code', { address })
  assert.notEqual(second.requestId, first.requestId)
  assert.equal(Date.parse(second.expiresAt) - site.clock().getTime(), 11 * 60_000)
  await site.act('session.start', start(first))
})

test('an address that is asked for again and again is given a pause', async () => {
  const address = await newPerson()
  for (let requests = 0; requests < 3; requests++) await site.act('session.request-code', { address })
  const refusal = await site.refuse('session.request-code', { address })
  assert.deepEqual([refusal.status, refusal.code, refusal.retryAfterMs], [429, 'code.limit', 180_000])
  site.clock.advance(60_000)
  await site.act('session.request-code', { address })
})

test('an address gets ten codes an hour at most', async () => {
  const address = await newPerson()
  for (let requests = 0; requests < 10; requests++) {
    await site.act('session.request-code', { address })
    site.clock.advance(60_000)
  }
  assert.equal((await site.refuse('session.request-code', { address })).code, 'code.limit')
  site.clock.advance(60 * 60_000)
  await site.act('session.request-code', { address })
})

test('G12-04 of a hundred devices that redeem one code at once, one gets in', async () => {
  const request = await askForCode(site, await newPerson())
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, index) =>
      site.ask('session.start', start(request), { source: `198.51.100.${index}` }),
    ),
  )
  assert.equal(answers.filter(({ status }) => status === 200).length, 1)
})
