import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { pino } from 'pino'
import { openTestDatabase } from '../testing/database.ts'
import { systemClock } from './clock.ts'
import type { Job, Tools } from './feature.ts'
import { startJobs } from './job-runner.ts'
import { addJob } from './jobs.ts'
import { createSeal } from './seal.ts'
import { readSettings } from './settings.ts'
import type { Database } from './sql.ts'

function toolsFor(database: Database, log = pino({ enabled: false })): Tools {
  return { database, clock: systemClock, settings: readSettings([], {}), seal: createSeal(new Uint8Array(32)), log }
}

async function open(context: TestContext) {
  const opened = await openTestDatabase()
  context.after(() => opened[Symbol.asyncDispose]())
  return opened
}

function createJob(run: (payload: unknown, attempt: number) => void) {
  const { promise: done, resolve } = Promise.withResolvers<unknown>()
  const job: Job = {
    name: 'test.work',
    async run(payload, { attempt }) {
      run(payload, attempt)
      resolve(payload)
    },
  }
  return { job, done }
}

test('a job runs if, and only if, its transaction commits', async (context) => {
  const { database, url } = await open(context)
  const ran: unknown[] = []
  const { job, done } = createJob((payload) => void ran.push(payload))
  await assert.rejects(
    database.transaction(async (tx) => {
      await addJob(tx, 'test.work', { number: 1 })
      throw new Error('no')
    }),
  )
  await database.transaction((tx) => addJob(tx, 'test.work', { number: 2 }))
  const runner = await startJobs(url, [job], toolsFor(database))
  await done
  await runner.stop()
  assert.deepEqual(ran, [{ number: 2 }])
})

test('a job that fails is kept for another attempt, and the log names it without its payload', async (context) => {
  const { database, url } = await open(context)
  const lines: string[] = []
  const { promise: failed, resolve } = Promise.withResolvers<void>()
  const { job } = createJob(() => {
    resolve()
    throw new Error('the mail server sleeps')
  })
  const runner = await startJobs(
    url,
    [job],
    toolsFor(database, pino({}, { write: (line: string) => void lines.push(line) })),
  )
  await database.transaction((tx) => addJob(tx, 'test.work', { note: 'between us' }))
  await failed
  await runner.stop()
  const [left] = await database.snapshot(
    (tx) => tx<{ attempts: number; isLocked: boolean }>`
    select attempts, locked_at is not null as "isLocked" from graphile_worker.jobs`,
  )
  assert.deepEqual(left, { attempts: 1, isLocked: false })
  assert.ok(lines.some((line) => line.includes('test.work') && line.includes('the mail server sleeps')))
  assert.ok(!lines.some((line) => line.includes('between us')))
})

test('a job whose node was killed is freed by the next node that finds itself alone', async (context) => {
  const { database, url } = await open(context)
  await database.transaction((tx) => addJob(tx, 'test.work', { number: 1 }))
  await database.transaction(async (tx) => {
    await tx`update graphile_worker._private_jobs set locked_at = now(), locked_by = 'a-killed-node', attempts = 1`
  })
  const { job, done } = createJob(() => {})
  const runner = await startJobs(url, [job], toolsFor(database))
  assert.deepEqual(await done, { number: 1 })
  await runner.stop()
})

test('a node that starts beside another leaves its running jobs alone', async (context) => {
  const { database, url } = await open(context)
  const { job } = createJob(() => {})
  const first = await startJobs(url, [{ ...job, name: 'test.other' }], toolsFor(database))
  await database.transaction((tx) => addJob(tx, 'test.work', { number: 1 }))
  await database.transaction(async (tx) => {
    await tx`update graphile_worker._private_jobs set locked_at = now(), locked_by = 'the-first-node', attempts = 1`
  })
  const second = await startJobs(url, [{ ...job, name: 'test.other' }], toolsFor(database))
  const [left] = await database.snapshot(
    (tx) => tx<{ lockedBy: string }>`
    select locked_by as "lockedBy" from graphile_worker.jobs`,
  )
  assert.deepEqual(left, { lockedBy: 'the-first-node' })
  await Promise.all([first.stop(), second.stop()])
})

test('jobs go on after the database has dropped all connections', async (context) => {
  const { database, url } = await open(context)
  const { job, done } = createJob(() => {})
  const runner = await startJobs(url, [job], toolsFor(database))
  await database.transaction(async (tx) => {
    await tx`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`
  })
  await database.transaction((tx) => addJob(tx, 'test.work', { number: 1 }))
  assert.deepEqual(await done, { number: 1 })
  await runner.stop()
})
