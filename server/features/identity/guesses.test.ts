import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { Client } from 'pg'
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
import { hashCode, makeCode } from './secrets.ts'
import { setCode } from './store.ts'

/** Commands alone, without jobs: what runs is what was asked for. */
async function open(context: TestContext) {
  const opened = await openTestDatabase()
  context.after(() => opened[Symbol.asyncDispose]())
  const { database } = opened
  const [clock, seal] = [createFakeClock(), createSeal(new Uint8Array(32))]
  const definitions = [...identity.definitions, ...organization.definitions]
  const settings = readSettings(serverSettings, {})
  const executor = createExecutor({ database, definitions, clock, settings, seal, onFault: () => {} })
  const ask = (name: string, input: object, source = '198.51.100.1') =>
    executor.execute(name, input, { actor: { kind: 'nobody' }, source, transport: 'http' })
  const codeOf = (name: string, input: object, source?: string): Promise<ErrorCode | 'ok'> =>
    ask(name, input, source).then(
      () => 'ok' as const,
      (error: unknown) => (error instanceof Refusal ? error.code : Promise.reject(error)),
    )
  async function request(address: string): Promise<{ requestId: string; code: string }> {
    const { requestId } = Object(await ask('session.request-code', { address }))
    const code = makeCode()
    await database.transaction(async (tx) => {
      const personId = (await findOrCreatePersons(tx, [address], clock())).get(address)
      assert.ok(personId)
      await setCode(tx, { requestId, personId, codeHash: hashCode(seal, requestId, code) })
    })
    return { requestId, code }
  }
  return { database, clock, ask, codeOf, request }
}

const start = (requestId: string, code: string) => ({ requestId, code, device: testDevice, keep: 'token' })
const sourceOf = (index: number) => `203.0.${index >> 8}.${index & 255}`

test('a thousand wrong guesses at once do not get past five for a code and ten a day for an address', async (context) => {
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
  assert.equal(answers.filter((code) => code === 'code.wrong').length, 10)
  assert.equal(answers.filter((code) => code === 'code.limit').length, 990)
  clock.advance(5 * 60_000)
  const [fresh] = [await request(address)]
  assert.equal(await codeOf('session.start', start(fresh.requestId, fresh.code)), 'code.limit')
  clock.advance(24 * 60 * 60_000)
  const nextDay = await request(address)
  assert.equal(await codeOf('session.start', start(nextDay.requestId, nextDay.code)), 'ok')
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

test('for a known and an unknown address the very same statements run, and the answers look the same', async (context) => {
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

test('whether an address is known does not show in the time an answer takes', async (context) => {
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
