import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { pino } from 'pino'
import { v7 as uuidv7 } from 'uuid'
import type { ConversationView } from '../../../protocol/conversations.ts'
import { systemClock } from '../../platform/clock.ts'
import { createExecutor, type Executor } from '../../platform/execute.ts'
import { createSeal } from '../../platform/seal.ts'
import { readSettings } from '../../platform/settings.ts'
import type { Database } from '../../platform/sql.ts'
import type { Connection } from '../../platform/websocket.ts'
import { makeCast, names, type Cast, type Name } from '../../testing/cast.ts'
import { openTestDatabase } from '../../testing/database.ts'
import { feature as conversations, sourcesOf } from '../conversations/index.ts'
import { Delivery } from './index.ts'

const stack = new AsyncDisposableStack()
let database: Database
let delivery: Delivery
let executor: Executor
let cast: Cast
let statements: string[] = []

before(async () => {
  const test = stack.use(await openTestDatabase())
  cast = await makeCast(test.database)
  database = test.database
  countStatements(database)
  delivery = new Delivery({ sources: sourcesOf(database), log: pino({ level: 'silent' }), now: () => 0 })
  delivery.stop() // what it asks from time to time is not counted
  database.onCommitted((announcements) => delivery.receive(announcements))
  executor = createExecutor({
    database,
    definitions: conversations.definitions,
    clock: systemClock,
    settings: readSettings([], {}),
    seal: createSeal(new Uint8Array(32)),
    onFault: (fault) => assert.fail(String(fault)),
  })
  const first = await makeLarge('group', 2)
  await ask('andrew', 'message.post', postTo(first)) // there is something to read from the beginning
})
after(() => stack.disposeAsync())

/** Every statement that goes to the database, at the one place where all pass. */
function countStatements({ pool }: Database): void {
  pool.on('acquire', (client) => {
    if (Object.hasOwn(client, 'query')) return
    const query = client.query.bind(client)
    const counting = (...asked: Parameters<typeof query>) => {
      const [first] = asked
      statements.push(typeof first === 'string' ? first : String(Object(first).text))
      return query(...asked)
    }
    Object.assign(client, { query: counting })
  })
}

const ask = (name: Name, command: string, input: object) =>
  executor.execute(command, input, { actor: cast[name].actor, source: '127.0.0.1', transport: 'websocket' })

/** A conversation of everybody of the cast and strangers, so many in all. */
async function makeLarge(kind: 'group' | 'broadcast', count: number): Promise<ConversationView> {
  const input = {
    organizationId: cast.organizationId,
    conversationId: uuidv7(),
    kind,
    name: `${kind} of ${count}`,
    personIds: count === 2 ? [cast.nancy.personId] : names.slice(1, 5).map((name) => cast[name].personId),
  }
  const view = (await ask('andrew', 'conversation.create', input)) as ConversationView
  await fill(view.id, count - 1 - input.personIds.length)
  return view
}

async function fill(conversationId: string, count: number): Promise<void> {
  await database.transaction(async (tx) => {
    await tx`
      with made as (
        insert into person (id, created_at)
        select gen_random_uuid(), now() from generate_series(1, ${count}) returning id
      ), hired as (
        insert into member (organization_id, person_id, name, address, state, created_at)
        select ${cast.organizationId}, id, 'Somebody', id || '@northwind.example', 'active', now() from made
        returning person_id
      ), put as (
        insert into membership (conversation_id, person_id, role, source)
        select ${conversationId}, person_id, 'member', 'owner' from hired returning person_id
      )
      insert into membership_interval (conversation_id, person_id, role, from_version, from_number, from_message_number)
      select ${conversationId}, person_id, 'member', 0, 1, 0 from put`
    await tx`
      update conversation set member_count = (select count(*) from membership where conversation_id = ${conversationId})
      where id = ${conversationId}`
  })
}

const postTo = ({ audiences }: ConversationView) => ({
  organizationId: cast.organizationId,
  audienceId: audiences[0]?.id,
  id: uuidv7(),
  parts: [{ type: 'text', text: 'Hello' }],
})

async function countOf(run: () => Promise<unknown>): Promise<number> {
  await delivery.settled()
  statements = []
  await run()
  await delivery.settled()
  return statements.length
}

const heard: Record<string, number> = {}
async function listen(name: Name): Promise<void> {
  const connection: Connection = {
    actor: cast[name].actor,
    backlog: 0,
    heardAt: Number.MAX_SAFE_INTEGER,
    send: () => void (heard[name] = (heard[name] ?? 0) + 1),
    ping: () => undefined,
    close: () => undefined,
    terminate: () => undefined,
  }
  const request = { name: 'sync.open', input: {} }
  await delivery.handle(
    connection,
    request,
    () => ask(name, 'sync.open', {}),
    () => undefined,
  )
}

for (const kind of ['group', 'broadcast'] as const) {
  test(`P14 a ${kind} of 10,000 costs as many statements as one of 2`, async () => {
    const counts: object[] = []
    for (const count of [2, 10_000]) {
      const view = await makeLarge(kind, count)
      const audienceId = view.audiences[0]?.id
      const inside = { organizationId: cast.organizationId, audienceId }
      const listening = await countOf(() => listen('nancy'))
      const before = heard['nancy'] ?? 0
      const posting = await countOf(() => ask('andrew', 'message.post', postTo(view)))
      assert.ok((heard['nancy'] ?? 0) > before, 'the message was not heard')
      const marking = await countOf(() => ask('nancy', 'audience.mark', { ...inside, read: 1 }))
      const reading = await countOf(() => ask('nancy', 'sync.difference', { audienceId, after: 0 }))
      const paging = await countOf(() => ask('nancy', 'message.history', inside))
      counts.push({ listening, posting, marking, reading, paging })
    }
    const [small, large] = counts
    assert.deepEqual(large, small)
    assert.ok(Object.values(small ?? {}).every((count) => count > 0 && count < 25))
  })
}

test('P14 a broadcast to 10,000 is one row, in all tables', async () => {
  const view = await makeLarge('broadcast', 10_000)
  const rowsBefore = await countRows()
  await ask('andrew', 'message.post', postTo(view))
  const grown = Object.entries(await countRows()).filter(([table, count]) => count !== rowsBefore[table])
  // The author's own read mark is the second, and the last that this author has here.
  assert.deepEqual(grown.map(([table, count]) => [table, count - (rowsBefore[table] ?? 0)]).toSorted(), [
    ['mark', 1],
    ['message', 1],
  ])
})

async function countRows(): Promise<Record<string, number>> {
  const tables = await database.snapshot(
    (tx) => tx<{ name: string }>`
      select table_name as name from information_schema.tables
      where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`,
  )
  const counts: Record<string, number> = {}
  for (const { name } of tables) {
    const { rows } = await database.pool.query<{ count: number }>(`select count(*) as count from "${name}"`)
    counts[name] = rows[0]?.count ?? 0
  }
  return counts
}
