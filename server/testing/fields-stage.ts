import { fallbackOf } from '../../protocol/parts.ts'
import assert from 'node:assert/strict'
import { pino } from 'pino'
import { v7 as uuidv7 } from 'uuid'
import type { z } from 'zod'
import type { ConversationView, HistoryPage, Message } from '../../protocol/conversations.ts'
import type { PostedWithFields } from '../../protocol/filled-messages.ts'
import { feature as contacts } from '../features/contacts/index.ts'
import { feature as conversations } from '../features/conversations/index.ts'
import { feature as fields } from '../features/fields/index.ts'
import { feature as identity } from '../features/identity/index.ts'
import { feature as organization } from '../features/organization/index.ts'
import { feature as structure } from '../features/structure/index.ts'
import type { RecordedFact } from '../platform/feature.ts'
import { createSeal } from '../platform/seal.ts'
import { readSettings } from '../platform/settings.ts'
import type { Database } from '../platform/sql.ts'
import { names, type Name } from './cast.ts'
import { openWorld } from './world.ts'

export type Posted = z.infer<typeof PostedWithFields>
export type FieldsStage = Awaited<ReturnType<typeof openFieldsStage>>

/** The cast with names that can be told apart; Janet has no last name. */
export async function openFieldsStage() {
  const world = await openWorld([identity, organization, contacts, fields, conversations, structure])
  const tools = {
    database: world.database,
    clock: world.clock,
    settings: readSettings([], {}),
    seal: createSeal(new Uint8Array(32)),
    log: pino({ level: 'silent' }),
  }
  const inside = () => ({ organizationId: world.cast.organizationId })
  const idsOf = (...people: Name[]) => people.map((name) => world.cast[name].personId)

  async function setProfile(name: Name, changes: { name?: string; title?: string; place?: string }) {
    await world.act('andrew', 'member.change', { ...inside(), personId: world.cast[name].personId, ...changes })
  }
  function make(kind: 'group' | 'broadcast', people: Name[], more: object = {}): Promise<ConversationView> {
    const input = { ...inside(), conversationId: uuidv7(), kind, name: 'News', personIds: idsOf(...people), ...more }
    return world.act<ConversationView>('andrew', 'conversation.create', input)
  }
  const filling = (audienceId: string, words: string, missing = 'block') => ({
    ...inside(),
    audienceId,
    id: uuidv7(),
    parts: text(words),
    fields: { missing },
  })
  async function send(audienceId: string, words: string, missing?: string): Promise<Message> {
    const posted = await world.act<Posted>('andrew', 'message.post-with-fields', filling(audienceId, words, missing))
    return posted.message ?? assert.fail('it waits')
  }
  async function historyOf(name: Name, audienceId: string): Promise<Message[]> {
    const page = await world.ask(name, 'message.history', { ...inside(), audienceId })
    return (page as z.infer<typeof HistoryPage>).messages
  }
  const wordsFor = async (name: Name, audienceId: string) => (await historyOf(name, audienceId)).map(wordsIn)

  /** Every frame that anybody hears from now on, by who heard it. */
  function record(): Record<Name, string[]> {
    const heard = Object.fromEntries(names.map((name) => [name, [] as string[]])) as Record<Name, string[]>
    for (const name of names) {
      const { frames } = world.ears[name]
      const push = frames.push.bind(frames)
      frames.push = (...more: string[]) => {
        heard[name].push(...more)
        return push(...more)
      }
    }
    return heard
  }

  /** Runs what was stored to post this message, where its time has come, as the runner would. */
  async function runDue(id: string, database: Database = world.database) {
    const due = await world.database.snapshot(
      (tx) => tx<{ payload: unknown }>`
        select job.payload from graphile_worker._private_jobs as job join graphile_worker._private_tasks as task
          on task.id = job.task_id
        where task.identifier = ${postScheduled.name} and job.payload->>'id' = ${id}
          and job.run_at <= ${world.clock()}`,
    )
    for (const { payload } of due) await postScheduled.run(payload, { ...tools, database, attempt: 1, attemptsMax: 3 })
    await world.delivery.settled()
  }

  /** Lets a reaction read all that it wants to know of. */
  async function react(name: string): Promise<void> {
    const reaction = conversations.reactions?.find((one) => one.name === name) ?? assert.fail('there is none')
    const facts = await world.database.snapshot(
      (tx) => tx<RecordedFact>`
        select id, name, organization_id as "organizationId", body, at from event
        where name = any(${reaction.to}::text[]) order by id`,
    )
    await world.database.transaction((tx) => reaction.run(facts, tools, tx))
    await world.delivery.settled()
  }

  const called = { andrew: 'Andrew Fuller', steven: 'Steven Buchanan', nancy: 'Nancy Davolio', robert: 'Robert King' }
  for (const [name, words] of Object.entries(called)) await setProfile(name as Name, { name: words })
  await setProfile('janet', { name: 'Janet' })
  await setProfile('nancy', { title: 'Sales Representative' })
  return { world, inside, idsOf, setProfile, make, filling, send, historyOf, wordsFor, record, runDue, react }
}

const postScheduled =
  conversations.jobs?.find(({ name }) => name === 'conversations.post-scheduled') ?? assert.fail('there is no such job')
export const audienceOf = ({ audiences }: ConversationView) => audiences[0]?.id ?? assert.fail('no audience')
export const text = (words: string) => [{ type: 'text' as const, text: words }]
export const wordsIn = ({ parts }: Message) => fallbackOf(parts.slice(0, 1))
