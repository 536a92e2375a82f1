import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { Client } from 'pg'
import { pino } from 'pino'
import { v4 as uuidv4 } from 'uuid'
import type { ErrorCode } from '../../../protocol/errors.ts'
import { createExecutor } from '../../platform/execute.ts'
import { Refusal } from '../../platform/refusal.ts'
import { createSeal } from '../../platform/seal.ts'
import { serverSettings } from '../../platform/server-settings.ts'
import { readSettings } from '../../platform/settings.ts'
import { createFakeClock } from '../../testing/clock.ts'
import { openTestDatabase } from '../../testing/database.ts'
import { testDevice, wrong } from '../../testing/sign-in.ts'
import { feature as organization } from '../organization/index.ts'
import { feature as identity, findOrCreatePersons } from './index.ts'
import { sendCode } from './jobs.ts'
import { hashCode, makeCode } from './secrets.ts'
import { setCode } from './code-store.ts'

/** Commands alone, without jobs: what runs is what was asked for. */
async function open(context: TestContext) {
  const opened = await openTestDatabase()
  context.after(() => opened[Symbol.asyncDispose]())
  const { database } = opened
  const [clock, seal] = [createFakeClock(), createSeal(new Uint8Array(32))]
  const definitions = [...identity.definitions, ...organization.definitions]
  const settings = readSettings(serverSettings, {})
  const executor = createExecutor({ database, definitions, clock, settings, seal, onFault: () => {} })
  type Cookies = { browser?: string }
  const ask = (name: string, input: object, source = '198.51.100.1', cookies: Cookies = {}) =>
    executor.execute(name, input, {
      actor: { kind: 'nobody' },
      source,
      transport: 'http',
      browser: cookies.browser,
      setBrowser: (token) => void (cookies.browser = token),
    })
  const codeOf = (name: string, input: object, source?: string, cookies?: Cookies): Promise<ErrorCode | 'ok'> =>
    ask(name, input, source, cookies).then(
      () => 'ok' as const,
      (error: unknown) => (error instanceof Refusal ? error.code : Promise.reject(error)),
    )
  async function request(address: string, source?: string, cookies?: Cookies) {
    const { requestId } = Object(await ask('session.request-code', { address }, source, cookies))
    const code = makeCode()
    await database.transaction(async (tx) => {
      const personId = (await findOrCreatePersons(tx, [address], clock())).get(address)
      assert.ok(personId)
      await setCode(tx, { requestId, personId, codeHash: hashCode(seal, requestId, code) })
    })
    return { requestId: String(requestId), code }
  }
  return { database, clock, ask, codeOf, request }
}

const start = (requestId: string, code: string) => ({ requestId, code, device: testDevice, keep: 'token' })
const sourceOf = (index: number) => `203.0.${index >> 8}.${index & 255}`

test('G12-04 a thousand guesses at once do not get past five for a code, from however many sources', async (context) => {
  const { clock, codeOf, request } = await open(context)
  const address = 'nancy@northwind.example'
  const requests: { requestId: string; code: string }[] = []
  for (let index = 0; index < 4; index++) {
    requests.push(await request(address))
    clock.advance(60_000)
  }
  const answers = await Promise.all(
    Array.from({ length: 1_000 }, (_, index) => {
      const { requestId, code } = requests[index % 4] ?? { requestId: uuidv4(), code: '00000000' }
      return codeOf('session.start', start(requestId, wrong(code)), sourceOf(index))
    }),
  )
  assert.ok(answers.every((code) => code === 'code.wrong'))
  // However they overtook each other: no code takes a sixth guess, not even the right one.
  for (const { requestId, code } of requests)
    assert.equal(await codeOf('session.start', start(requestId, code), '198.51.100.1'), 'code.wrong')
})

test('one source has ten wrong guesses a day at an address, whose owner gets in from elsewhere', async (context) => {
  const { clock, codeOf, request } = await open(context)
  const address = 'nancy@northwind.example'
  const attacker = sourceOf(1)
  for (let codes = 0; codes < 2; codes++) {
    const { requestId, code } = await request(address, attacker)
    for (let guesses = 0; guesses < 5; guesses++)
      assert.equal(await codeOf('session.start', start(requestId, wrong(code)), attacker), 'code.wrong')
    clock.advance(60_000)
  }
  const own = await request(address, attacker)
  assert.equal(await codeOf('session.start', start(own.requestId, own.code), attacker), 'code.limit')
  const elsewhere = await request(address, sourceOf(2))
  assert.equal(await codeOf('session.start', start(elsewhere.requestId, elsewhere.code), sourceOf(2)), 'ok')
  clock.advance(24 * 60 * 60_000)
  const nextDay = await request(address, attacker)
  assert.equal(await codeOf('session.start', start(nextDay.requestId, nextDay.code), attacker), 'ok')
})

test('many sources that guess at an address slow each code down to one guess, and keep its owner out of nothing', async (context) => {
  const { clock, codeOf, request } = await open(context)
  const address = 'nancy@northwind.example'
  for (let source = 0; source < 20; source++) {
    const { requestId, code } = await request(address, sourceOf(source))
    for (let guesses = 0; guesses < 5; guesses++)
      assert.equal(await codeOf('session.start', start(requestId, wrong(code)), sourceOf(source)), 'code.wrong')
  }
  clock.advance(60_000)
  const [guessed, own] = [await request(address, sourceOf(100)), await request(address, sourceOf(101))]
  assert.equal(
    await codeOf('session.start', start(guessed.requestId, wrong(guessed.code)), sourceOf(100)),
    'code.wrong',
  )
  assert.equal(await codeOf('session.start', start(guessed.requestId, guessed.code), sourceOf(100)), 'code.wrong')
  assert.equal(await codeOf('session.start', start(own.requestId, own.code), sourceOf(101)), 'ok')
})

test('whoever has signed in with a browser before signs in with it again, whatever strangers do from the same place', async (context) => {
  const { clock, ask, codeOf, request } = await open(context)
  const address = 'nancy@northwind.example'
  const cookies: { browser?: string } = {}
  const first = await request(address)
  const own = { ...start(first.requestId, first.code), keep: 'cookie' }
  await ask('session.start', own, undefined, cookies)
  assert.match(cookies.browser ?? '', /^[\w-]{43}$/)
  // A stranger in the same office uses up all that the address and the source have.
  for (let codes = 0; codes < 9; codes++) {
    clock.advance(60_000)
    await ask('session.request-code', { address })
  }
  assert.equal(await codeOf('session.request-code', { address }), 'code.limit')
  for (let guesses = 0; guesses < 200; guesses++) await codeOf('session.start', start(uuidv4(), '00000000'))
  assert.equal(await codeOf('session.start', start(uuidv4(), '00000000')), 'code.limit')
  const again = await request(address, undefined, cookies)
  assert.equal(
    await codeOf('session.start', start(again.requestId, wrong(again.code)), undefined, cookies),
    'code.wrong',
  )
  assert.equal(await codeOf('session.start', start(again.requestId, again.code), undefined, cookies), 'ok')
  // It is known for the addresses of those who have signed in with it, and for no others.
  const other = await request('janet@northwind.example', sourceOf(7))
  await ask('session.start', start(other.requestId, other.code), sourceOf(7))
  assert.equal(
    await codeOf('session.request-code', { address: 'janet@northwind.example' }, undefined, cookies),
    'ok',
    'the limits of Janet’s address are her own',
  )
})

test('G12-04 a right code that is sent again counts as no wrong guess', async (context) => {
  const { clock, codeOf, request } = await open(context)
  const address = 'nancy@northwind.example'
  const used = await request(address)
  assert.equal(await codeOf('session.start', start(used.requestId, used.code)), 'ok')
  for (let tries = 0; tries < 30; tries++)
    assert.equal(await codeOf('session.start', start(used.requestId, used.code)), 'code.wrong')
  clock.advance(60_000)
  const fresh = await request(address)
  assert.equal(await codeOf('session.start', start(fresh.requestId, fresh.code)), 'ok')
})

test('G12-01 the code of another request is wrong, also for the same address', async (context) => {
  const { clock, codeOf, request } = await open(context)
  const [one, other] = [await request('nancy@northwind.example'), await request('janet@northwind.example')]
  clock.advance(60_000)
  const later = await request('nancy@northwind.example')
  if (one.code !== other.code)
    assert.equal(await codeOf('session.start', start(one.requestId, other.code)), 'code.wrong')
  if (one.code !== later.code)
    assert.equal(await codeOf('session.start', start(one.requestId, later.code)), 'code.wrong')
  assert.equal(await codeOf('session.start', start(one.requestId, one.code)), 'ok')
  assert.equal(await codeOf('session.start', start(later.requestId, later.code)), 'ok')
})

test('one source has two hundred wrong guesses an hour, at whatever it guesses', async (context) => {
  const { clock, codeOf, request } = await open(context)
  const guess = () => codeOf('session.start', start(uuidv4(), '00000000'), '2001:db8:1:2:aaaa::1')
  for (let guesses = 0; guesses < 200; guesses++) assert.equal(await guess(), 'code.wrong')
  const { requestId, code } = await request('nancy@northwind.example')
  assert.equal(await codeOf('session.start', start(requestId, code), '2001:db8:1:2:bbbb::7'), 'code.limit')
  assert.equal(await codeOf('session.start', start(requestId, code), '2001:db8:1:3::1'), 'ok')
  clock.advance(60 * 60_000)
  assert.equal(await guess(), 'code.wrong')
})

test('one source asks for a thousand codes an hour at most', async (context) => {
  const { codeOf } = await open(context)
  const answers = await Promise.all(
    Array.from({ length: 1_050 }, (_, index) =>
      codeOf('session.request-code', { address: `p${index}@northwind.example` }),
    ),
  )
  const refused = answers.filter((code) => code === 'code.limit').length
  // Requests for different addresses do not wait for each other, so a few may pass together.
  assert.ok(refused >= 35 && refused <= 50, `${refused} were refused`)
})

test('G12-01 for a known and an unknown address the very same statements run, and the answers look the same', async (context) => {
  const { database, clock, ask, codeOf } = await open(context)
  await database.transaction((tx) => findOrCreatePersons(tx, ['known@northwind.example'], clock()))
  const asking = recordStatements(context)
  const known = await ask('session.request-code', { address: 'known@northwind.example' })
  const forKnown = asking.take()
  const unknown = await ask('session.request-code', { address: 'unknown@northwind.example' })
  assert.deepEqual(asking.take(), forKnown)
  assert.deepEqual(Object.keys(Object(unknown)), Object.keys(Object(known)))
  assert.equal(Object(unknown).expiresAt, Object(known).expiresAt)
  assert.equal(await codeOf('session.start', start(Object(known).requestId, '12345678')), 'code.wrong')
  const guessKnown = asking.take()
  assert.equal(await codeOf('session.start', start(Object(unknown).requestId, '12345678')), 'code.wrong')
  assert.deepEqual(asking.take(), guessKnown)
})

test('G12-01 whether an address is known does not show in the time an answer takes', async (context) => {
  const { database, clock, ask } = await open(context)
  const addresses = Array.from({ length: 150 }, (_, index) => [`known${index}@a.example`, `other${index}@a.example`])
  await database.transaction((tx) =>
    findOrCreatePersons(
      tx,
      addresses.map(([known = '']) => known),
      clock(),
    ),
  )
  const times: [number[], number[]] = [[], []]
  for (const pair of addresses)
    for (const [index, address] of pair.entries()) {
      const began = performance.now()
      await ask('session.request-code', { address })
      times[index]?.push(performance.now() - began)
    }
  const [known, unknown] = times.map(median)
  assert.ok(known && unknown)
  assert.ok(Math.abs(known - unknown) < 0.5 * Math.min(known, unknown), `${known} ms and ${unknown} ms`)
})

test('G12-01 the job that sends a code holds its request as long for an unknown address as for a known one', async (context) => {
  const { database, clock, ask } = await open(context)
  await database.transaction((tx) => findOrCreatePersons(tx, ['known@northwind.example'], clock()))
  const statements = recordStatements(context)
  const tools = { database, clock, seal: createSeal(new Uint8Array(32)), settings: readSettings([], {}) }
  const held: string[][] = []
  for (const address of ['known@northwind.example', 'unknown@northwind.example']) {
    const { requestId } = Object(await ask('session.request-code', { address }))
    statements.take()
    await sendCode.run(
      { requestId, locale: 'en' },
      { ...tools, log: pino({ level: 'silent' }), attempt: 1, attemptsMax: 1 },
    )
    const texts = statements.take()
    // From the first statement that holds the row on, both do the same.
    held.push(texts.slice(texts.findIndex((text) => /update access_code|access_code\b[^(]*for update$/.test(text))))
  }
  assert.deepEqual(held[1], held[0])
  assert.match(held[0]?.[0] ?? '', /update access_code/)
  assert.equal(held[0]?.length, 2, 'the update, and the commit')
})

function median(values: readonly number[]): number | undefined {
  return values.toSorted((one, other) => one - other)[values.length >> 1]
}

/** The texts of all statements of this process, in order. */
function recordStatements(context: TestContext) {
  const texts: string[] = []
  const query = Client.prototype.query
  context.mock.method(Client.prototype, 'query', function record(this: Client, ...all: unknown[]) {
    const [statement] = all
    texts.push(typeof statement === 'string' ? statement : String(Object(statement).text))
    return Reflect.apply(query, this, all)
  })
  return { take: () => texts.splice(0) }
}
