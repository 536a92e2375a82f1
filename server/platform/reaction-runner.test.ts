import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { pino } from 'pino'
import { openTestDatabase } from '../testing/database.ts'
import { systemClock } from './clock.ts'
import { record } from './events.ts'
import type { Reaction, RecordedFact, Tools } from './feature.ts'
import { startReactions, takePortion } from './reaction-runner.ts'
import { createSeal } from './seal.ts'
import { readSettings } from './settings.ts'
import { createTx, type Database } from './sql.ts'

const now = new Date('2026-05-14T09:00:00Z')
const fact = (note: string) => ({ name: 'note.taken', organizationId: null, body: { note } })
const take = (database: Database, ...notes: string[]) => database.transaction((tx) => record(tx, notes.map(fact), now))

function toolsFor(database: Database): Tools {
  const settings = readSettings([], {})
  return { database, clock: systemClock, settings, seal: createSeal(new Uint8Array(32)), log: pino({ enabled: false }) }
}

/** Transactions of other databases of the same PostgreSQL put it off as well. */
async function takeSome(reaction: Reaction, database: Database): Promise<number> {
  for (;;) {
    const count = await takePortion(reaction, toolsFor(database))
    if (count > 0) return count
  }
}

/** Hears notes, in order, and lets a test wait for them. */
function createListener(name: string, fail: (notes: readonly string[]) => boolean = () => false) {
  const heard: string[] = []
  const failures: string[][] = []
  let check: (() => void) | undefined
  const reaction: Reaction = {
    name,
    to: ['note.taken'],
    async run(facts: readonly RecordedFact[]) {
      const notes = facts.map(({ body }) => (body as { note: string }).note)
      if (fail(notes)) {
        failures.push(notes)
        check?.()
        throw new Error('not now')
      }
      heard.push(...notes)
      check?.()
    },
  }
  const until = (isReached: () => boolean) =>
    new Promise<void>((resolve) => {
      check = () => void (isReached() && resolve())
      check()
    })
  return { reaction, heard, failures, until }
}

async function open(context: TestContext) {
  const opened = await openTestDatabase()
  context.after(() => opened[Symbol.asyncDispose]())
  return opened.database
}

test('a reaction hears every fact once, in order, and goes on where it stopped', async (context) => {
  const database = await open(context)
  const { reaction, heard, until } = createListener('test.listener')
  await take(database, 'one', 'two')
  const first = startReactions([reaction], toolsFor(database))
  await until(() => heard.length === 2)
  await first.stop()
  await take(database, 'three')
  await database.transaction((tx) => record(tx, [{ ...fact('other'), name: 'other.thing' }], now))
  const second = startReactions([reaction], toolsFor(database))
  await take(database, 'four')
  await until(() => heard.length === 4)
  await second.stop()
  assert.deepEqual(heard, ['one', 'two', 'three', 'four'])
})

test('a transaction that took the earlier number and commits later is not skipped', async (context) => {
  const database = await open(context)
  const { reaction, heard } = createListener('test.listener')
  const early = await database.pool.connect()
  await early.query('begin')
  await record(createTx(early), [fact('early number, late commit')], now)
  await take(database, 'late number, early commit')
  assert.equal(await takePortion(reaction, toolsFor(database)), 0, 'what may still be preceded is not read')
  await early.query('commit')
  early.release()
  assert.equal(await takeSome(reaction, database), 2)
  assert.deepEqual(heard, ['early number, late commit', 'late number, early commit'])
})

test('a slow reaction does not keep another from what has been committed meanwhile', async (context) => {
  const database = await open(context)
  const other = createListener('test.other')
  const slow: Reaction = {
    name: 'test.slow',
    to: ['note.taken'],
    async run() {
      await take(database, 'two')
      assert.equal(await takeSome(other.reaction, database), 2)
    },
  }
  await take(database, 'one')
  assert.equal(await takeSome(slow, database), 1)
})

test('a portion that fails is tried again, and nothing behind it is done before', async (context) => {
  const database = await open(context)
  let isBroken = true
  const listener = createListener('test.listener', () => isBroken)
  const other = createListener('test.other')
  await take(database, 'one', 'two')
  const runner = startReactions([listener.reaction, other.reaction], toolsFor(database))
  await listener.until(() => listener.failures.length === 1)
  await take(database, 'three')
  await other.until(() => other.heard.length === 3)
  assert.deepEqual(listener.heard, [])
  isBroken = false
  await listener.until(() => listener.heard.length === 3)
  assert.deepEqual(listener.heard, ['one', 'two', 'three'])
  await runner.stop()
})

test('of two nodes one acts', async (context) => {
  const database = await open(context)
  const { reaction, heard, until } = createListener('test.listener')
  const nodes = [startReactions([reaction], toolsFor(database)), startReactions([reaction], toolsFor(database))]
  for (let index = 0; index < 20; index++) await take(database, `${index}`)
  await until(() => heard.length >= 20)
  await Promise.all(nodes.map((node) => node.stop()))
  assert.deepEqual(
    heard,
    Array.from({ length: 20 }, (_, index) => `${index}`),
  )
})

test('in a rush a reaction lets another go first while that one is late, but not for ever', async (context) => {
  const database = await open(context)
  const [free, polite, hasty] = ['test.free', 'test.polite', 'test.hasty'].map((name) => createListener(name))
  assert.ok(free && polite && hasty)
  let heardMeanwhile = -1
  const slow: Reaction = {
    name: 'test.slow',
    to: ['note.taken'],
    async run(facts) {
      if (heardMeanwhile >= 0) return
      for (let more = facts.length + 1; more <= 4; more++) {
        await take(database, 'more')
        await free.until(() => free.heard.length >= more)
      }
      await hasty.until(() => hasty.heard.length > 0)
      heardMeanwhile = polite.heard.length
    },
  }
  const yielding = (reaction: Reaction, waitMaxMs: number): Reaction => ({
    ...reaction,
    yieldsTo: { other: slow, lateMs: 1_000, waitMaxMs },
  })
  await take(database, 'one')
  const reactions = [slow, free.reaction, yielding(polite.reaction, 60_000), yielding(hasty.reaction, 1)]
  const runner = startReactions(reactions, toolsFor(database))
  await polite.until(() => polite.heard.length === 4)
  await runner.stop()
  assert.equal(heardMeanwhile, 0)
})
