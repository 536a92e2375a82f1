import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { v7 as uuidv7 } from 'uuid'
import type { ConversationView, Message } from '../../../protocol/conversations.ts'
import { startCuttingProxy, type CuttingProxy } from '../../../e2e/support/cutting-proxy.ts'
import { systemClock } from '../../platform/clock.ts'
import { createExecutor, type Executor } from '../../platform/execute.ts'
import { Refusal } from '../../platform/refusal.ts'
import { createSeal } from '../../platform/seal.ts'
import { readSettings } from '../../platform/settings.ts'
import { openDatabase, type Database } from '../../platform/sql.ts'
import { makeCast, type Cast } from '../../testing/cast.ts'
import { openTestDatabase } from '../../testing/database.ts'
import { feature as conversations } from '../conversations/index.ts'

const stack = new AsyncDisposableStack()
let proxy: CuttingProxy
let direct: Database
let executor: Executor
let cast: Cast
let audienceId: string
const announced: object[] = []

before(async () => {
  const test = stack.use(await openTestDatabase())
  direct = test.database
  cast = await makeCast(direct)
  proxy = stack.use(await startCuttingProxy(test.url))
  const database = openDatabase({ connectionString: proxy.url })
  stack.defer(() => database.end())
  database.onCommitted((announcements) => void announced.push(...announcements))
  executor = createExecutor({
    database,
    definitions: conversations.definitions,
    clock: systemClock,
    settings: readSettings([], {}),
    seal: createSeal(new Uint8Array(32)),
    onFault: (fault) => assert.fail(String(fault)),
  })
  const view = (await ask('conversation.create', {
    organizationId: cast.organizationId,
    conversationId: uuidv7(),
    kind: 'group',
    name: 'Cut',
    personIds: [cast.nancy.personId],
  })) as ConversationView
  audienceId = view.audiences[0]?.id ?? ''
})
after(() => stack.disposeAsync())

const ask = (command: string, input: object) =>
  executor.execute(command, input, { actor: cast.andrew.actor, source: '127.0.0.1', transport: 'http' })
const postOf = (words: string) => ({
  organizationId: cast.organizationId,
  audienceId,
  id: uuidv7(),
  parts: [{ type: 'text', text: words }],
})
const stored = () =>
  direct.snapshot((tx) => tx<{ id: string; number: number }>`select id, number from message order by number`)

async function refusalOf(asked: Promise<unknown>): Promise<Refusal> {
  const refusal = await asked.then(
    () => assert.fail('it was acknowledged'),
    (error: unknown) => error,
  )
  assert.ok(refusal instanceof Refusal, String(refusal))
  return refusal
}

test('R2 cut off after COMMIT and before its answer, a post is not called stored; the retry finds the original', async () => {
  const posts = Array.from({ length: 20 }, (_, index) => postOf(`message ${index}`))
  proxy.cutAfterCommit()
  const refusals = await Promise.all(posts.map((post) => refusalOf(ask('message.post', post))))
  for (const { code, status, retryAfterMs } of refusals)
    assert.deepEqual([code, status, retryAfterMs], ['server.unavailable', 503, 1_000])
  const before = await stored()
  assert.deepEqual(
    before.map(({ id }) => id),
    posts.map(({ id }) => id),
    'it had been committed',
  )
  const answers = (await Promise.all(posts.map((post) => ask('message.post', post)))) as Message[]
  assert.deepEqual(
    answers.map(({ id, number }) => ({ id, number })),
    before,
  )
  assert.deepEqual(await stored(), before)
  assert.equal(proxy.cuts, 1)
})

test('R2 cut off before COMMIT, nothing is stored and nothing announced; the retry stores it', async () => {
  const before = await stored()
  const post = postOf('again')
  announced.splice(0)
  proxy.cutBeforeCommit()
  assert.equal((await refusalOf(ask('message.post', post))).code, 'server.unavailable')
  assert.deepEqual([await stored(), announced], [before, []])
  const { number } = (await ask('message.post', post)) as Message
  assert.deepEqual((await stored()).at(-1), { id: post.id, number })
  assert.equal(announced.length, 1)
})

test('R2 a command that is no batch and is cut off after COMMIT may be sent again as well', async () => {
  const input = {
    organizationId: cast.organizationId,
    conversationId: uuidv7(),
    kind: 'group',
    name: 'Twice',
    personIds: [cast.janet.personId],
  }
  proxy.cutAfterCommit()
  assert.equal((await refusalOf(ask('conversation.create', input))).code, 'server.unavailable')
  const view = (await ask('conversation.create', input)) as ConversationView
  assert.deepEqual([view.id, view.memberCount], [input.conversationId, 2])
})
