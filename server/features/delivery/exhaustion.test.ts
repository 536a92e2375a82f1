import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { systemClock } from '../../platform/clock.ts'
import { command } from '../../platform/command.ts'
import { createExecutor } from '../../platform/execute.ts'
import { Refusal } from '../../platform/refusal.ts'
import { createSeal } from '../../platform/seal.ts'
import { readSettings } from '../../platform/settings.ts'
import { openDatabase } from '../../platform/sql.ts'
import { openTestDatabase } from '../../testing/database.ts'

const touch = command({
  name: 'counter.touch',
  summary: 'Touch.',
  input: z.strictObject({}),
  output: z.object({}),
  allow: () => true,
  run: async ({ tx }) => {
    await tx`select 1`
    return {}
  },
})

test('R4 when all connections to the database are taken, a command is told to come back, and later served', async () => {
  await using opened = await openTestDatabase()
  const database = openDatabase({ connectionString: opened.url, connectionsMax: 2, connectionWaitMs: 300 })
  const executor = createExecutor({
    database,
    definitions: [touch],
    clock: systemClock,
    settings: readSettings([], {}),
    seal: createSeal(new Uint8Array(32)),
    onFault: (fault) => assert.fail(String(fault)),
  })
  const ask = () =>
    executor.execute('counter.touch', {}, { actor: { kind: 'operator' }, source: '127.0.0.1', transport: 'http' })
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>()
  const holding = [1, 2].map(() => database.transaction(() => held))
  const refusal = await ask().catch((error: unknown) => error)
  assert.ok(refusal instanceof Refusal, String(refusal))
  assert.deepEqual([refusal.code, refusal.retryAfterMs], ['server.unavailable', 1_000])
  letGo()
  await Promise.all(holding)
  assert.deepEqual(await ask(), {})
  await database.end()
})

test('R4 of two transactions that wait for each other one is done over, and both succeed', async () => {
  await using opened = await openTestDatabase()
  const { database } = opened
  await database.transaction(async (tx) => {
    await tx`create table counter (name text primary key, number int not null)`
    await tx`insert into counter values ('one', 0), ('two', 0)`
  })
  const both = Promise.withResolvers<void>()
  let holding = 0
  let tries = 0
  const raise = (first: string, second: string) =>
    database.transaction(async (tx) => {
      tries++
      await tx`update counter set number = number + 1 where name = ${first}`
      if (++holding === 2) both.resolve()
      await both.promise
      await tx`update counter set number = number + 1 where name = ${second}`
    })
  await Promise.all([raise('one', 'two'), raise('two', 'one')])
  const rows = await database.snapshot((tx) => tx`select number from counter`)
  assert.deepEqual(rows, [{ number: 2 }, { number: 2 }])
  assert.ok(tries > 2, 'they did not wait for each other')
})
