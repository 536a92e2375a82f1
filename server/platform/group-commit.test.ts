import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { z } from 'zod'
import { PersonId } from '../../protocol/ids.ts'
import { openTestDatabase, type TestDatabase } from '../testing/database.ts'
import { batchCommand, type BatchDefinition, type Item } from './command.ts'
import { createLane, createLanes, type Lane } from './group-commit.ts'
import { Refusal } from './refusal.ts'
import type { Tx } from './sql.ts'

let db: TestDatabase
const actorId = PersonId.parse('11111111-1111-4111-8111-111111111111')
before(async () => {
  db = await openTestDatabase()
  await db.database.transaction((tx) => tx`create table counter (name text primary key, number bigint not null)`)
  await db.database.transaction((tx) => tx`create table counted (name text, number bigint, label text)`)
  await db.database.transaction((tx) => tx`insert into counter select 'counter ' || n, 0 from generate_series(1, 10) n`)
})
after(() => db[Symbol.asyncDispose]())

const Input = z.strictObject({ counter: z.string(), label: z.string(), share: z.string().default('one') })
type Counting = Item<z.output<typeof Input>>
/** Counts like a conversation numbers its messages; a label `poison` breaks the statement, `refused` is not allowed. */
function counting(batches: number[] = []): BatchDefinition {
  return batchCommand({
    name: 'counter.count',
    summary: 'Count.',
    input: Input,
    output: z.int(),
    key: ({ counter }) => counter,
    share: ({ share }) => share,
    async lockBatch(tx, items, whenHeld) {
      const names = items.map(({ input }) => input.counter)
      const free = await (whenHeld === 'skip' ? lockFree(tx, names) : lockAll(tx, names))
      const heads = new Map(free.map(({ name, number }) => [name, number]))
      return { heads, busy: new Set(whenHeld === 'skip' ? names.filter((name) => !heads.has(name)) : []) }
    },
    allowBatch: (_tx, items) => Promise.resolve(items.map(({ input }) => input.label !== 'refused')),
    async runBatch(tx, items, { heads }) {
      batches.push(items.length)
      const numbers = items.map(({ input }: Counting) => {
        const number = (heads.get(input.counter) ?? 0) + 1
        heads.set(input.counter, number)
        return number
      })
      await store(tx, items, numbers)
      return numbers
    },
  })
}

const lockFree = (tx: Tx, names: string[]) =>
  tx<{
    name: string
    number: number
  }>`select * from counter where name = any(${names}) order by name for no key update skip locked`
const lockAll = (tx: Tx, names: string[]) =>
  tx<{ name: string; number: number }>`select * from counter where name = any(${names}) order by name for no key update`
async function store(tx: Tx, items: readonly Counting[], numbers: number[]) {
  const labels = items.map(({ input }) => input.label)
  await tx`
    insert into counted select name, number,
      case label when 'poison' then (1 / position('x' in name))::text else label end
    from unnest(${items.map(({ input }) => input.counter)}::text[], ${numbers}::bigint[],
      ${labels}::text[]) as c (name, number, label)`
  await tx`
    update counter set number = greatest(counter.number, moved.number)
    from (
      select name, max(number) as number
      from unnest(${items.map(({ input }) => input.counter)}::text[], ${numbers}::bigint[]) as c (name,
        number) group by name
    ) as moved where counter.name = moved.name`
}

const open = (definition: BatchDefinition, onFault: (error: unknown) => void = () => undefined): Lane =>
  createLane(definition, { database: db.database, clock: () => new Date(), onFault })
const labelsOf = async (counter: string) =>
  (
    await db.database.transaction(
      (tx) => tx<{ label: string }>`select label from counted where name = ${counter} order by number`,
    )
  ).map(({ label }) => label)

test('R5 a poisoned item fails alone, its neighbours are stored in order', async () => {
  const faults: unknown[] = []
  const lane = open(counting(), (fault) => faults.push(fault))
  const labels = Array.from({ length: 50 }, (_, index) =>
    index === 17 ? 'poison' : index === 30 ? 'refused' : `label ${index}`,
  )
  const answers = await Promise.allSettled(
    labels.map((label) => lane.submit(actorId, { counter: 'counter 1', label, share: 'one' })),
  )
  assert.deepEqual(
    answers.flatMap(({ status }, index) => (status === 'rejected' ? [index] : [])),
    [17, 30],
  )
  assert.deepEqual(
    await labelsOf('counter 1'),
    labels.filter((label) => label.startsWith('label')),
  )
  assert.equal(faults.length, 1)
})

test('what another transaction holds waits aside, in order, and stalls nobody else', async () => {
  const lane = open(counting())
  const count = (counter: string, label: string) => lane.submit(actorId, { counter, label, share: 'one' })
  let held: Promise<unknown>[] = []
  await db.database.transaction(async (tx) => {
    await tx`select from counter where name = 'counter 2' for update`
    held = ['first', 'second'].map((label) => count('counter 2', label))
    await count('counter 3', 'free')
    held.push(count('counter 2', 'third'))
    await count('counter 3', 'free again')
    assert.deepEqual(await labelsOf('counter 3'), ['free', 'free again'])
  })
  assert.deepEqual(await Promise.all(held), [1, 2, 3])
  assert.deepEqual(await labelsOf('counter 2'), ['first', 'second', 'third'])
})

test('every organization gets its share of a batch', async () => {
  const lane = open(counting())
  const order: string[] = []
  const submit = (share: string, counter: string) =>
    lane.submit(actorId, { counter, label: share, share }).then(() => order.push(share))
  const all = [...Array.from({ length: 2_000 }, () => submit('large', 'counter 4')), submit('small', 'counter 5')]
  await Promise.all(all)
  assert.ok(order.indexOf('small') < 450, `the small one was answered as number ${order.indexOf('small')}`)
})

test('a full queue says when to try again, one organization first', async () => {
  const lane = open(counting())
  const submit = (share: string) => lane.submit(actorId, { counter: 'counter 6', label: share, share })
  const crowd = await Promise.allSettled([...Array.from({ length: 10_200 }, () => submit('crowd')), submit('other')])
  const refused = crowd.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []))
  assert.ok(refused.length > 0 && refused.every((error) => error instanceof Refusal && error.code === 'server.busy'))
  assert.ok(refused[0].retryAfterMs > 0)
  assert.equal(crowd.at(-1)?.status, 'fulfilled')
})

test('what arrives while a transaction commits is the next batch', async () => {
  const batches: number[] = []
  const lane = open(counting(batches))
  await Promise.all(
    Array.from({ length: 300 }, () => lane.submit(actorId, { counter: 'counter 7', label: 'x', share: 'one' })),
  )
  assert.deepEqual(batches, [300])
  assert.equal(lane.waitingCount, 0)
  await lane.drained()
})

test('two transactions are under way at once, and what has one key keeps its order', { timeout: 20_000 }, async () => {
  let underWay = 0
  const both = Promise.withResolvers<void>()
  const definition = counting()
  const watched: BatchDefinition = {
    ...definition,
    async runBatch(...args) {
      if (++underWay === 2) both.resolve()
      await both.promise
      return definition.runBatch(...args)
    },
  }
  const lane = createLanes(watched, { database: db.database, clock: () => new Date(), onFault: () => undefined })
  const labels = Array.from({ length: 600 }, (_, index) => `label ${index}`)
  const counters = ['counter 9', 'counter 10'] // of different lanes
  const answers = await Promise.all(
    labels.flatMap((label) => counters.map((counter) => lane.submit(actorId, { counter, label, share: 'one' }))),
  )
  assert.equal(answers.length, 1_200)
  for (const counter of counters) assert.deepEqual(await labelsOf(counter), labels)
  assert.equal(lane.waitingCount, 0)
})
