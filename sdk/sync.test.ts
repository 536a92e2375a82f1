import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Ask, InputOf } from './commands.ts'
import { RequestError } from './request-error.ts'
import * as commands from './simulation/model-commands.ts'
import { createStore, type StoredAudience } from './simulation/model-store.ts'
import { openSync } from './simulation/model-sync.ts'
import { viewOf } from './simulation/model-views.ts'
import { createRandom } from './simulation/random.ts'
import { createTimeline } from './simulation/timeline.ts'
import { createStore as createClientStore } from './store.ts'
import { createSync } from './sync.ts'

/** A synchronisation whose questions the test answers. */
function createBench(groupCount: number) {
  const random = createRandom(1)
  const timeline = createTimeline()
  const [ann, bob] = [random.id(), random.id()]
  const model: commands.Model = {
    store: createStore(random, [ann, bob]),
    random,
    nowMs: 0,
    announced: [],
    refused: new Set(),
  }
  for (let group = 0; group < groupCount; group++) {
    commands.makeConversation(model, { kind: 'group', members: [ann, bob], ownerId: ann })
  }
  model.announced.length = 0
  const store = createClientStore((error) => assert.fail(String(error)))
  const asked: { name: string; input: object }[] = []
  const answers: { during(name: string): void; answer(name: string, input: never): object } = {
    during: () => {},
    answer: (name, input) => {
      if (name === 'sync.open') return openSync(model, ann, input)
      throw new RequestError('access.refused')
    },
  }
  const ask = (async (name: string, input: object) => {
    asked.push({ name, input })
    const answer = structuredClone(answers.answer(name, input as never))
    answers.during(name)
    return answer
  }) as Ask
  const sync = createSync({
    store,
    clock: timeline,
    ask,
    onOpened: () => {},
    onArrived: () => {},
    onFault: (error) => assert.fail(String(error)),
  })
  const audiences = Array.from(model.store.audiences.values())
  const say = (audience: StoredAudience) => {
    const message = commands.post(model, bob, { audience, id: random.id(), parts: [{ type: 'text', text: 'hello' }] })
    return { name: 'message.posted' as const, message }
  }
  const wait = (durationMs: number) => timeline.runUntil(timeline.now() + durationMs)
  return { ann, model, store, asked, answers, sync, audiences, say, wait }
}

const positionsIn = ({ input }: { input: object }) => (input as InputOf<'sync.open'>).positions?.length

test('more positions than a frame holds are presented in portions', async () => {
  const { sync, asked, store } = createBench(1_001)
  await sync.greet()
  assert.equal(store.state.audiences.size, 1_001)
  await sync.greet()
  assert.deepEqual(asked.map(positionsIn), [undefined, 400, 400, 201])
  assert.ok(JSON.stringify(asked[1]?.input).length < 60_000, 'and each portion fits into a frame')
})

test('what is told between the portions is applied after the last', async () => {
  const { sync, asked, answers, store, audiences, say, wait } = createBench(401)
  await sync.greet()
  const last = audiences.at(-1)
  assert.ok(last)
  say(last)
  answers.during = () => {
    if (asked.length === 3) sync.onFrame(say(last))
  }
  await sync.greet()
  assert.equal(store.state.audiences.get(last.id)?.lastNumber, 2)
  await wait(5_000)
  assert.deepEqual(
    asked.map(({ name }) => name),
    ['sync.open', 'sync.open', 'sync.open'],
  )
})

test('where a log does not go back so far any more, a snapshot of its conversation takes its place', async () => {
  const { ann, model, sync, asked, answers, store, audiences, say, wait } = createBench(1)
  await sync.greet()
  const [audience] = audiences
  assert.ok(audience)
  say(audience)
  sync.onFrame(say(audience))
  answers.answer = (name) => {
    const conversation = model.store.conversations.get(audience.conversationId)
    const view = conversation && viewOf(model.store, conversation, ann)
    return name === 'conversation.get' && view ? view : { events: [], lastNumber: 2 }
  }
  await wait(5_000)
  assert.deepEqual(
    asked.map(({ name }) => name),
    ['sync.open', 'sync.difference', 'conversation.get'],
  )
  assert.equal(store.state.audiences.get(audience.id)?.lastNumber, 2)
})

test('who is too far behind in their own log asks for everything', async () => {
  const { sync, asked, answers, store, model, ann, wait } = createBench(1)
  await sync.greet()
  for (let count = 0; count < 9; count++) {
    const [audience] = model.store.audiences.values()
    if (audience) commands.changeMember(model, audience, ann)
  }
  answers.answer = (name, input) =>
    name === 'sync.open' ? openSync(model, ann, input) : { events: [], lastNumber: 10, isTooFar: true }
  sync.onFrame({ state: 'beat', personNumber: 10, heads: [], digest: '' })
  await wait(1_000)
  assert.deepEqual(
    asked.map(({ name }) => name),
    ['sync.open', 'sync.person-difference', 'sync.open'],
  )
  assert.deepEqual(asked.at(-1)?.input, {})
  assert.equal(store.state.personNumber, 10)
})

test('while the server is busy a difference is asked for again later, one question for each log at a time', async () => {
  const { sync, asked, answers, audiences, say, wait } = createBench(1)
  await sync.greet()
  const [audience] = audiences
  assert.ok(audience)
  say(audience)
  answers.answer = () => {
    throw new RequestError('server.busy', { retryAfterMs: 4_000 })
  }
  for (let count = 0; count < 5; count++) sync.onFrame(say(audience))
  await wait(600)
  assert.equal(asked.length, 2)
  await wait(3_800)
  assert.equal(asked.length, 2)
  await wait(300)
  assert.equal(asked.length, 3)
})
