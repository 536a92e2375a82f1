import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { pino } from 'pino'
import { v7 as uuidv7 } from 'uuid'
import type { z } from 'zod'
import type { ConversationView, HistoryPage } from '../../../protocol/conversations.ts'
import type { ScheduledMessage } from '../../../protocol/groups.ts'
import { limits } from '../../../protocol/limits.ts'
import { createSeal } from '../../platform/seal.ts'
import { readSettings } from '../../platform/settings.ts'
import type { Name } from '../../testing/cast.ts'
import { openWorld, type World } from '../../testing/world.ts'
import { feature as identity } from '../identity/index.ts'
import { feature as organization } from '../organization/index.ts'
import { feature } from './index.ts'
import { postScheduled } from './jobs.ts'

const minuteMs = 60_000
let world: World
before(async () => {
  world = await openWorld([identity, organization, feature])
})
after(() => world[Symbol.asyncDispose]())

const inside = () => ({ organizationId: world.cast.organizationId })
const idsOf = (...people: Name[]) => people.map((name) => world.cast[name].personId)
function make(people: Name[]): Promise<ConversationView> {
  const input = { ...inside(), conversationId: uuidv7(), kind: 'broadcast', name: 'News', personIds: idsOf(...people) }
  return world.act<ConversationView>('andrew', 'conversation.create', input)
}
const at = (afterMs: number) => new Date(world.clock().getTime() + afterMs).toISOString()
const later = (view: ConversationView, words: string, afterMs = 10 * minuteMs) => ({
  ...inside(),
  audienceId: view.audiences[0]?.id ?? '',
  id: uuidv7(),
  parts: [{ type: 'text', text: words }],
  postAt: at(afterMs),
})
const listOf = async (name: Name) =>
  Object(await world.ask(name, 'schedule.list', inside())).scheduled as ScheduledMessage[]
async function wordsFor(name: Name, audienceId: string) {
  const page = await world.ask(name, 'message.history', { ...inside(), audienceId })
  return (page as z.infer<typeof HistoryPage>).messages.map(({ parts: [part] }) => Object(part).text)
}

/** Runs the stored jobs whose time has come, as the runner would. */
async function runDue() {
  const due = await world.database.snapshot(
    (tx) => tx<{ payload: unknown }>`
      select job.payload from graphile_worker._private_jobs as job join graphile_worker._private_tasks as task
        on task.id = job.task_id
      where task.identifier = 'conversations.post-scheduled' and job.run_at <= ${world.clock()}`,
  )
  const tools = {
    database: world.database,
    clock: world.clock,
    settings: readSettings([], {}),
    seal: createSeal(new Uint8Array(32)),
    log: pino({ level: 'silent' }),
  }
  // Twice: a job may run again after it was done.
  for (const { payload } of [...due, ...due]) await postScheduled.run(payload, { ...tools, attempt: 1, attemptsMax: 3 })
  await world.delivery.settled()
}

test('G3-01 a broadcast is sent at its time, once, and until then nobody knows of it', async () => {
  const news = await make(['nancy', 'janet'])
  const input = later(news, 'Happy new year.')
  const scheduled = await world.act<ScheduledMessage>('andrew', 'schedule.create', input)
  assert.deepEqual(await world.act('andrew', 'schedule.create', input), scheduled)
  await world.refuse(
    'andrew',
    'schedule.create',
    { ...input, parts: [{ type: 'text', text: 'No' }] },
    'message.id-taken',
  )
  assert.deepEqual(await listOf('andrew'), [scheduled])
  assert.deepEqual(await listOf('nancy'), [])
  await runDue()
  assert.deepEqual(await wordsFor('nancy', input.audienceId), [])
  world.clock.advance(10 * minuteMs)
  await runDue()
  assert.deepEqual(await wordsFor('nancy', input.audienceId), ['Happy new year.'])
  assert.deepEqual(await listOf('andrew'), [])
  assert.ok(world.ears.nancy.frames.some((frame) => frame.includes('Happy new year.')))
})

test('G3-02 who may not send into a broadcast may not do so later either', async () => {
  const news = await make(['nancy', 'janet'])
  await world.refuse('nancy', 'schedule.create', later(news, 'Hello'), 'broadcast.one-way')
  await world.refuse('robert', 'schedule.create', later(news, 'Hello'), 'access.refused')
  const input = later(news, 'I was the owner.')
  await world.act('andrew', 'schedule.create', input)
  const owners = { ...inside(), conversationId: news.id, personIds: idsOf('nancy') }
  await world.act('andrew', 'conversation.set-owners', owners)
  world.clock.advance(10 * minuteMs)
  await runDue()
  assert.deepEqual(await wordsFor('nancy', input.audienceId), [])
  const [refused] = await listOf('andrew')
  assert.partialDeepStrictEqual(refused, { state: 'refused', fault: 'broadcast.one-way', parts: input.parts })
  await world.act('andrew', 'schedule.cancel', { ...inside(), id: input.id })
  assert.deepEqual(await listOf('andrew'), [])
})

test('a message that waits can be taken back by its author, and by nobody else', async () => {
  const news = await make(['nancy', 'janet'])
  const input = later(news, 'Too early.')
  await world.act('andrew', 'schedule.create', input)
  const cancel = { ...inside(), id: input.id }
  await world.refuse('nancy', 'schedule.cancel', cancel, 'schedule.not-found')
  await world.refuse('andrew', 'schedule.cancel', { ...cancel, id: uuidv7() }, 'schedule.not-found')
  await world.act('andrew', 'schedule.cancel', cancel)
  await world.act('andrew', 'schedule.cancel', cancel)
  world.clock.advance(10 * minuteMs)
  await runDue()
  assert.deepEqual(await wordsFor('nancy', input.audienceId), [])
})

test('a message waits a year at most, and a hundred of one person at a time', async () => {
  const news = await make(['nancy'])
  for (const afterMs of [-2 * minuteMs, 400 * 24 * 60 * minuteMs])
    await world.refuse('andrew', 'schedule.create', later(news, 'When?', afterMs), 'schedule.time')
  const { audienceId } = later(news, '')
  await world.database.transaction(
    (tx) => tx`
      insert into scheduled_message (id, organization_id, audience_id, author_id, parts, content_hash, post_at,
        created_at)
      select gen_random_uuid(), ${world.cast.organizationId}, ${audienceId}, ${world.cast.andrew.personId}, '[]', '',
        now(), now()
      from generate_series(1, ${limits.schedulesPerPerson})`,
  )
  await world.refuse('andrew', 'schedule.create', later(news, 'One more.'), 'schedule.limit')
})
