import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { v4 as uuidv4 } from 'uuid'
import { openTestDatabase, type TestDatabase } from '../../testing/database.ts'
import {
  addressesByPerson,
  appendToPersonLogs,
  findOrCreatePersons,
  personsByAddress,
  replaceAddresses,
} from './index.ts'

const now = new Date('2026-05-14T09:00:00.000Z')
let opened: TestDatabase
before(async () => {
  opened = await openTestDatabase()
})
after(() => opened[Symbol.asyncDispose]())
const write: TestDatabase['database']['transaction'] = (run) => opened.database.transaction(run)
const create = (addresses: readonly string[]) => write((tx) => findOrCreatePersons(tx, addresses, now))

test('the same address is the same person, asked for once or twice', async () => {
  const first = await create(['a@one.example', 'b@one.example', 'a@one.example'])
  const second = await create(['b@one.example', 'c@one.example'])
  assert.deepEqual([first.size, second.size], [2, 2])
  assert.equal(second.get('b@one.example'), first.get('b@one.example'))
})

test('two imports that make the same people at once get the same people, and leave nobody without an address', async () => {
  const addresses = Array.from({ length: 300 }, (_, index) => `p${index}@race.example`)
  const made = await Promise.all([create(addresses), create(addresses.toReversed()), create(addresses)])
  for (const address of addresses) assert.equal(new Set(made.map((people) => people.get(address))).size, 1)
  const strays = await write(
    (tx) => tx`
    select from person where not exists (select from person_address where person_id = person.id)`,
  )
  assert.equal(strays.length, 0)
})

/** Well under a second on an idle machine; a plan that grows with the square of the rows takes far more, on any. */
const patienceMs = 8_000

test('ten thousand people are made within seconds', async () => {
  const addresses = Array.from({ length: 10_000 }, (_, index) => `p${index}@large.example`)
  const began = performance.now()
  assert.equal((await create(addresses)).size, 10_000)
  assert.ok(performance.now() - began < patienceMs)
})

test('people can take over each other’s addresses, but not those of anybody who keeps theirs', async () => {
  const [a, b, c] = ['a@swap.example', 'b@swap.example', 'c@swap.example']
  const people = await create([a, b, c])
  const [anna, bert, cora] = [a, b, c].map((address) => people.get(address))
  assert.ok(anna && bert && cora)
  const swap = [
    { personId: anna, from: a, to: b },
    { personId: bert, from: b, to: a },
  ]
  assert.deepEqual(await write((tx) => replaceAddresses(tx, swap, now)), new Set([anna, bert]))
  const greedy = [{ personId: anna, from: b, to: c }]
  assert.deepEqual(await write((tx) => replaceAddresses(tx, greedy, now)), new Set())
  const found = await write((tx) => personsByAddress(tx, [a, b, c]))
  assert.deepEqual(
    found,
    new Map([
      [a, bert],
      [b, anna],
      [c, cora],
    ]),
  )
  assert.deepEqual(await write((tx) => addressesByPerson(tx, [anna])), new Map([[anna, [b]]]))
})

test('a person’s own log is dense, also when many write into it at once', async () => {
  const people = Array.from((await create(['a@log.example', 'b@log.example'])).values())
  const entries = people.flatMap((personId) =>
    ['x', 'y'].map(() => ({ personId, name: 'conversation.left' as const, body: { conversationId: uuidv4() } })),
  )
  await Promise.all(Array.from({ length: 20 }, () => write((tx) => appendToPersonLogs(tx, entries, now))))
  for (const personId of people) {
    const rows = await write(
      (tx) => tx<{ number: number; id: string }>`
      select number, id from person_event where person_id = ${personId} order by number`,
    )
    assert.deepEqual(
      rows.map(({ number }) => number),
      Array.from({ length: 40 }, (_, index) => index + 1),
    )
    const [head] = await write(
      (tx) => tx<{ number: number; id: string }>`
      select last_number as number, last_id as id from person where id = ${personId}`,
    )
    assert.deepEqual(head, rows.at(-1))
  }
})

test('what is written into a log is announced to its person, with more than what is stored where that is given', async () => {
  const [personId] = (await create(['a@told.example'])).values()
  assert.ok(personId)
  const told = await write(async (tx) => {
    const entry = { personId, name: 'membership.changed' as const, body: { organizationId: 'x' } }
    await appendToPersonLogs(tx, [entry, { ...entry, shown: { membership: 'all' } }], now)
    return tx.announced
  })
  assert.deepEqual(
    told.map(({ topic }) => topic),
    [`person:${personId}`, `person:${personId}`],
  )
  assert.partialDeepStrictEqual(
    told.map(({ body }) => body),
    [
      { name: 'membership.changed', personId, number: 1, organizationId: 'x' },
      { name: 'membership.changed', personId, number: 2, membership: 'all' },
    ],
  )
})

test('ten thousand log entries are written within seconds', async () => {
  const people = Array.from(
    (await create(Array.from({ length: 10_000 }, (_, index) => `p${index}@logs.example`))).values(),
  )
  const entries = people.map((personId) => ({ personId: personId, name: 'conversation.left' as const, body: {} }))
  const began = performance.now()
  await write((tx) => appendToPersonLogs(tx, entries, now))
  assert.ok(performance.now() - began < patienceMs, `${performance.now() - began} ms`)
})
