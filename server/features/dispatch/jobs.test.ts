import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { pino } from 'pino'
import { v4 as uuidv4 } from 'uuid'
import { PersonId } from '../../../protocol/ids.ts'
import type { Tools } from '../../platform/feature.ts'
import { createSeal } from '../../platform/seal.ts'
import { serverSettings } from '../../platform/server-settings.ts'
import { readSettings } from '../../platform/settings.ts'
import { createFakeClock } from '../../testing/clock.ts'
import { openTestDatabase } from '../../testing/database.ts'
import { openPostBox } from '../../testing/post-box.ts'
import { feature, openContent, queueDispatches, wipeDispatches } from './index.ts'
import { sendDispatches, wipeDispatches as wipeJob } from './jobs.ts'

const minuteMs = 60_000

async function open(context: TestContext, environment: Record<string, string> = {}) {
  const opened = await openTestDatabase()
  const post = await openPostBox()
  context.after(() => Promise.all([opened[Symbol.asyncDispose](), post[Symbol.asyncDispose]()]))
  const { database } = opened
  const clock = createFakeClock()
  const settings = readSettings([...serverSettings, ...(feature.settings ?? [])], {
    SMTP_URL: post.url,
    ...environment,
  })
  const logged: string[] = []
  const log = pino({}, { write: (line: string) => void logged.push(line) })
  const tools: Tools = { database, clock, settings, seal: createSeal(new Uint8Array(32)), log }
  const queue = async (...addresses: string[]) => {
    const dispatches = addresses.map((address) => ({
      id: uuidv4(),
      organizationId: null,
      personId: PersonId.parse(uuidv4()),
      address,
      expiresAt: new Date(clock().getTime() + 10 * minuteMs),
      content: { purpose: 'access-code', locale: 'en', code: '12345678' } as const,
    }))
    await database.transaction((tx) => queueDispatches(tx, dispatches, { seal: tools.seal, now: clock() }))
    return dispatches.map(({ id }) => id)
  }
  const send = (ids: readonly string[], attempt = 1) =>
    sendDispatches.run({ ids }, { ...tools, attempt, attemptsMax: 3 })
  const wipe = () => wipeJob.run({ expiresAt: clock().toISOString() }, { ...tools, attempt: 1, attemptsMax: 3 })
  const stateOf = async (id = '') => {
    const [row] = await database.snapshot(
      (tx) => tx<{ state: string; fault: string | null; attempts: number; sealed: Buffer | null }>`
      select state, fault, attempts, sealed from dispatch where id = ${id}`,
    )
    assert.ok(row)
    const content = row.sealed && openContent(tools.seal, row.sealed)
    return { ...row, sealed: content && 'code' in content ? content.code : null }
  }
  return { ...tools, clock, post, queue, send, wipe, stateOf, logged }
}

const refusal = (responseCode: number) => Object.assign(new Error('no such mailbox'), { responseCode })

test('a dispatch goes out as a mail from the configured sender, and its content is wiped', async (context) => {
  const { post, queue, send, stateOf } = await open(context, { MAIL_FROM: 'chat@northwind.example' })
  const ids = await queue('nancy@northwind.example')
  await send(ids)
  const mail = await post.next('nancy@northwind.example')
  assert.match(mail.text ?? '', /1234 5678/)
  assert.equal(mail.from?.address, 'chat@northwind.example')
  assert.deepEqual(await stateOf(ids[0]), { state: 'sent', fault: null, attempts: 1, sealed: null })
})

test('a dispatch is stored with its transaction, or not at all, and never in plain text', async (context) => {
  const { database, queue, send, post } = await open(context)
  const [id = ''] = await queue('nancy@northwind.example')
  const rows = await database.snapshot(
    (tx) => tx<{ all: string }>`
    select dispatch::text || (select string_agg(payload::text, '') from graphile_worker._private_jobs) as all
    from dispatch`,
  )
  assert.equal(rows.length, 1)
  assert.ok(
    rows.every(({ all }) => !all.includes('12345678') && !all.includes(Buffer.from('12345678').toString('hex'))),
  )
  await send([id, uuidv4()])
  assert.equal(post.received.length, 1)
})

test('a job that runs again does not send again what was sent', async (context) => {
  const { post, queue, send } = await open(context)
  const ids = await queue('nancy@northwind.example')
  await send(ids)
  await send(ids, 2)
  assert.equal(post.received.length, 1)
})

test('what the mail server refuses for good is not tried again, and the others of the job go out', async (context) => {
  const { post, queue, send, stateOf } = await open(context)
  post.judge = (address) => (address.startsWith('gone') ? refusal(550) : undefined)
  const [gone, there] = await queue('gone@northwind.example', 'there@northwind.example')
  await send([gone ?? '', there ?? ''])
  assert.partialDeepStrictEqual(await stateOf(gone), { state: 'failed', sealed: null })
  assert.match((await stateOf(gone)).fault ?? '', /550 no such mailbox/)
  assert.equal((await stateOf(there)).state, 'sent')
})

test('what the mail server refuses for now is tried again by the job, alone, and given up after the last attempt', async (context) => {
  const { post, queue, send, stateOf } = await open(context)
  post.judge = (address) => (address.startsWith('later') ? refusal(451) : undefined)
  const ids = await queue('later@northwind.example', 'there@northwind.example')
  await assert.rejects(send(ids, 1))
  assert.partialDeepStrictEqual(await stateOf(ids[0]), { state: 'waiting', sealed: '12345678', attempts: 1 })
  post.judge = () => undefined
  await send(ids, 2)
  assert.partialDeepStrictEqual(await stateOf(ids[0]), { state: 'sent', fault: null, attempts: 2 })
  assert.equal(post.received.length, 2)
  post.judge = () => refusal(451)
  const hopeless = await queue('later@northwind.example')
  await send(hopeless, 3)
  assert.partialDeepStrictEqual(await stateOf(hopeless[0]), { state: 'failed', sealed: null })
})

test('without an answer from the mail server a dispatch waits, and the log says neither address nor code', async (context) => {
  const { queue, send, stateOf, logged } = await open(context, { SMTP_URL: 'smtp://127.0.0.1:1' })
  const ids = await queue('nancy@northwind.example')
  await assert.rejects(send(ids))
  assert.equal((await stateOf(ids[0])).state, 'waiting')
  assert.ok(logged.length > 0)
  assert.doesNotMatch(logged.join(''), /nancy|1234/)
})

test('what has expired is not sent, and is wiped', async (context) => {
  const { clock, post, queue, send, wipe, stateOf } = await open(context)
  const ids = await queue('nancy@northwind.example')
  clock.advance(10 * minuteMs)
  await send(ids)
  await wipe()
  assert.equal(post.received.length, 0)
  assert.deepEqual(await stateOf(ids[0]), { state: 'expired', fault: null, attempts: 0, sealed: null })
})

test('a wiping job waits for the moment at which the last of them expires', async (context) => {
  const { clock, database, queue } = await open(context)
  await queue('nancy@northwind.example')
  const jobs = await database.snapshot(
    (tx) => tx<{ task: string; runAt: string }>`
    select task_identifier as task, run_at as "runAt" from graphile_worker.jobs order by run_at`,
  )
  const wiping = jobs.find(({ task }) => task === 'dispatch.wipe')
  assert.equal(Date.parse(wiping?.runAt ?? ''), clock().getTime() + 10 * minuteMs)
})

test('a code that was used or replaced takes its dispatch along', async (context) => {
  const { database, post, queue, send, stateOf } = await open(context)
  const ids = await queue('nancy@northwind.example')
  await database.transaction((tx) => wipeDispatches(tx, ids))
  await send(ids)
  assert.equal(post.received.length, 0)
  assert.partialDeepStrictEqual(await stateOf(ids[0]), { state: 'expired', sealed: null })
})

test('dispatches are forgotten after thirty days', async (context) => {
  const { clock, database, queue, send, wipe } = await open(context)
  await send(await queue('nancy@northwind.example'))
  const count = async () => (await database.snapshot((tx) => tx`select from dispatch`)).length
  clock.advance(30 * 24 * 60 * minuteMs)
  await wipe()
  assert.equal(await count(), 1)
  clock.advance(1)
  await wipe()
  assert.equal(await count(), 0)
})

const read = (value: string) => () => readSettings(feature.settings ?? [], { SMTP_URL: value })

test('a mail server is named by an smtp address, and anything else is said at start', () => {
  for (const good of ['smtp://mail.example.com', 'smtps://user:pass@mail.example.com:465', 'smtp://127.0.0.1:2525'])
    assert.doesNotThrow(read(good))
  for (const bad of ['mail.example.com', 'http://mail.example.com', 'smtp://']) assert.throws(read(bad), /SMTP_URL/)
})
