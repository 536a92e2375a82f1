import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Message } from '../protocol/conversations.ts'
import type { MessageId } from '../protocol/ids.ts'
import { fallbackOf } from '../protocol/parts.ts'
import { createOutbox, type Outbox, type Sent } from './outbox.ts'
import { memoryStorage, type OutboxStorage } from './outbox-storage.ts'
import { RequestError } from './request-error.ts'
import { createRandom } from './simulation/random.ts'
import { createTimeline } from './simulation/timeline.ts'
import type { Input, PendingPost } from './state.ts'

const random = createRandom(1)
const ann = random.id()
const bob = random.id()
const audienceId = random.id()
const organizationId = random.id()

function newPost(text: string): PendingPost {
  const parts = [{ type: 'text' as const, text }]
  return {
    kind: 'post',
    id: random.id(),
    organizationId,
    audienceId,
    parts,
    createdAtMs: 0,
    status: 'waiting',
  }
}

type Bench = {
  outbox: Outbox
  storage: OutboxStorage
  /** Messages under way: the test answers them. */
  sending: { text: string; resolve(sent: Sent): void; reject(error: unknown): void }[]
  inputs: Input[]
  faults: unknown[]
  wait(durationMs: number): Promise<void>
}

function createBench(storage: OutboxStorage = memoryStorage()): Bench {
  const timeline = createTimeline()
  const bench: Bench = {
    storage,
    sending: [],
    inputs: [],
    faults: [],
    wait: (durationMs) => timeline.runUntil(timeline.now() + durationMs),
    outbox: createOutbox({
      storage,
      name: 'test',
      clock: timeline,
      random: () => 1,
      send: ({ parts }) =>
        new Promise((resolve, reject) => void bench.sending.push({ text: fallbackOf(parts), resolve, reject })),
      take: (input) => void bench.inputs.push(input),
      onFault: (error) => void bench.faults.push(error),
    }),
  }
  return bench
}

const stored = (id: MessageId): Sent => ({ message: { id } as Message })
const texts = ({ sending }: Bench) => sending.map(({ text }) => text)

test('the next message is sent when the one before has been acknowledged, not earlier', async () => {
  const bench = createBench()
  await bench.outbox.open(ann)
  const posts = ['one', 'two', 'three'].map(newPost)
  for (const post of posts) bench.outbox.add(post)
  await bench.wait(10_000)
  assert.deepEqual(texts(bench), ['one'])
  for (const [index, { id }] of posts.entries()) {
    bench.sending[index]?.resolve(stored(id))
    await bench.wait(0)
  }
  assert.deepEqual(texts(bench), ['one', 'two', 'three'])
  assert.deepEqual(await bench.storage.load(ann), [])
})

test('a message that must be repeated holds back those behind it', async () => {
  const bench = createBench()
  await bench.outbox.open(ann)
  for (const text of ['one', 'two']) bench.outbox.add(newPost(text))
  await bench.wait(0)
  bench.sending[0]?.reject(new RequestError('server.busy', { retryAfterMs: 7_000 }))
  await bench.wait(6_900)
  assert.deepEqual(texts(bench), ['one'])
  await bench.wait(200)
  assert.deepEqual(texts(bench), ['one', 'one'])
})

test('while the connection is lost nothing is sent; on the next one everything is, under the same ids', async () => {
  const bench = createBench()
  await bench.outbox.open(ann)
  const post = newPost('one')
  bench.outbox.add(post)
  await bench.wait(0)
  bench.outbox.pause()
  bench.sending[0]?.reject(new RequestError('connection.lost'))
  await bench.wait(10)
  assert.equal(bench.sending.length, 1)
  await bench.outbox.open(ann)
  await bench.wait(0)
  assert.deepEqual(texts(bench), ['one', 'one'])
  const [entry] = await bench.storage.load(ann)
  assert.equal(entry?.post.id, post.id)
})

test('a server that breaks on a message five times does not get it again, until its author wants so', async () => {
  const bench = createBench()
  await bench.outbox.open(ann)
  const post = newPost('poison')
  bench.outbox.add(post)
  for (let attempt = 0; attempt < 10; attempt++) {
    await bench.wait(31_000)
    bench.sending[attempt]?.reject(new RequestError('server.fault'))
  }
  await bench.wait(31_000)
  assert.equal(bench.sending.length, 5)
  assert.deepEqual(bench.inputs.at(-1)?.kind, 'failed')
  bench.outbox.retry(post.id)
  await bench.wait(0)
  assert.equal(bench.sending.length, 6)
})

test('a failed message is still failed after a reload', async () => {
  const bench = createBench()
  await bench.outbox.open(ann)
  bench.outbox.add(newPost('refused'))
  await bench.wait(0)
  bench.sending[0]?.reject(new RequestError('broadcast.one-way'))
  await bench.wait(0)
  const again = createBench(bench.storage)
  await again.outbox.open(ann)
  await again.wait(60_000)
  assert.equal(again.sending.length, 0)
  const [input] = again.inputs
  assert.equal(input?.kind === 'post' && input.post.failure?.code, 'broadcast.one-way')
})

test('without a storage that works messages are sent all the same, and the fault is reported', async () => {
  const refuse = () => Promise.reject(new Error('The disk is full.'))
  const bench = createBench({ ...memoryStorage(), load: refuse, put: refuse, has: refuse, remove: refuse })
  await bench.outbox.open(ann)
  const post = newPost('one')
  bench.outbox.add(post)
  await bench.wait(0)
  assert.deepEqual(texts(bench), ['one'])
  bench.sending[0]?.resolve(stored(post.id))
  await bench.wait(0)
  assert.equal(bench.inputs.at(-1)?.kind, 'acknowledged')
  assert.ok(bench.faults.length > 0)
})

test('what another tab has given up is not sent', async () => {
  const bench = createBench()
  const post = newPost('given up')
  await bench.storage.put(ann, { order: 1, post: newPost('first') })
  await bench.storage.put(ann, { order: 2, post })
  await bench.outbox.open(ann)
  await bench.wait(0)
  await bench.storage.remove(ann, [post.id])
  bench.sending[0]?.resolve({ message: { id: (await bench.storage.load(ann))[0]?.post.id } as Message })
  await bench.wait(0)
  assert.deepEqual(texts(bench), ['first'])
  assert.deepEqual(bench.inputs.at(-1), { kind: 'discarded', ids: [post.id] })
})

test('nobody sends what another person has written', async () => {
  const bench = createBench()
  await bench.outbox.open(ann)
  bench.outbox.pause()
  bench.outbox.add(newPost('of Ann'))
  await bench.outbox.leave({ erase: false })
  await bench.outbox.open(bob)
  await bench.wait(1_000)
  assert.deepEqual(texts(bench), [])
  await bench.outbox.leave({ erase: false })
  await bench.outbox.open(ann)
  await bench.wait(0)
  assert.deepEqual(texts(bench), ['of Ann'])
})

test('signing out leaves nothing in the storage', async () => {
  const bench = createBench()
  await bench.outbox.open(ann)
  bench.outbox.pause()
  const post = newPost('secret')
  bench.outbox.add(post)
  const given = assert.rejects(bench.outbox.acknowledged(post.id), { code: 'outbox.discarded' })
  await bench.outbox.leave({ erase: true })
  await given
  assert.deepEqual(await bench.storage.load(ann), [])
})

test('a thousand messages wait; one more is refused', async () => {
  const bench = createBench()
  await bench.outbox.open(ann)
  bench.outbox.pause()
  for (let count = 0; count < 1_000; count++) bench.outbox.add(newPost(String(count)))
  assert.throws(() => bench.outbox.add(newPost('one more')), { code: 'outbox.full' })
})

test('what is written while the storage is read comes after what it holds', async () => {
  const bench = createBench()
  await bench.storage.put(ann, { order: 5, post: newPost('old') })
  const opening = bench.outbox.open(ann)
  bench.outbox.add(newPost('new'))
  await opening
  const orders = (await bench.storage.load(ann)).map(({ order, post }) => [order, fallbackOf(post.parts)])
  assert.deepEqual(orders, [
    [5, 'old'],
    [6, 'new'],
  ])
})
