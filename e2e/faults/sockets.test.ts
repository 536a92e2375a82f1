import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import * as fc from 'fast-check'
import { WebSocket } from 'ws'
import { z } from 'zod'
import type { Message } from '../../protocol/conversations.ts'
import type { DifferencePage } from '../../protocol/delivery.ts'
import { features } from '../../server/all-features.ts'
import { startNode, type NodeProcess } from '../support/node-process.ts'
import { query, seedHouse, type House, type Signed } from '../support/people.ts'
import { chooseSeed } from '../support/random.ts'
import { listen, makeGroup, messagesIn, postOf, talk, talkAgain, type Talker } from '../support/talker.ts'
import { until } from '../support/until.ts'
import { postStubbornly } from './stubborn.ts'

const stack = new AsyncDisposableStack()
let node: NodeProcess
before(async () => {
  node = stack.use(await startNode())
})
after(() => stack.disposeAsync())

type Place = House & { audienceId: string }
async function found(count: number): Promise<Place> {
  const names = Array.from({ length: count }, (_, index) => `person${index}`)
  const house = await seedHouse(node.databaseUrl, names)
  return { ...house, ...(await makeGroup(node.url, house)) }
}
function nth({ people }: Place, index: number): Signed {
  return people[index % people.length] ?? assert.fail('nobody is there')
}
async function storedIn({ audienceId }: Place): Promise<string[]> {
  const rows = await query<{ id: string }>(
    node.databaseUrl,
    'select id from message where audience_id = $1 order by number',
    [audienceId],
  )
  return rows.map(({ id }) => id)
}

test('S9 whatever is asked over a WebSocket, of any command, the answer is never a fault of ours', async (context) => {
  const seed = chooseSeed()
  context.diagnostic(`seed ${seed}`)
  const place = await found(2)
  const talker = await talk(node.url, nth(place, 1))
  const names = features
    .flatMap(({ definitions }) => definitions.map(({ name }) => name))
    .filter((name) => name !== 'session.end')
  const known = fc.constantFrom(
    place.organizationId,
    place.audienceId,
    nth(place, 0).personId,
    -1,
    2 ** 60,
    '\0',
    '\ud800',
  )
  const anything = fc.oneof({ weight: 3, arbitrary: known }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) })
  const keys = [
    'organizationId',
    'audienceId',
    'personId',
    'conversationId',
    'number',
    'parts',
    'personIds',
    'after',
    'id',
    'limit',
  ]
  const input = fc.oneof(
    fc.dictionary(fc.constantFrom(...keys), anything, { minKeys: 2 }),
    fc.jsonValue({ maxDepth: 3 }),
  )
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...names), input, async (name, given) => {
      const answer = await talker.ask(name, given as object).catch(({ body }: { body: object }) => body)
      assert.notEqual(Object(answer).code, 'server.fault')
    }),
    { numRuns: 300, seed },
  )
  talker.close()
  assert.doesNotMatch(node.output, /a command failed/)
  assert.ok(node.isRunning)
})

test('a client that does not read costs the server little, does not hurt the others, and completes later', async () => {
  const place = await found(3)
  const [fast, slow] = [await listen(node.url, nth(place, 1)), await listen(node.url, nth(place, 2))]
  const poster = await talk(node.url, nth(place, 0))
  slow.socket.pause()
  const memoryBefore = memoryOf(node.pid)
  const words = 'x'.repeat(8_000)
  const count = 2_000
  for (let sent = 0; sent < count; sent += 100) {
    const posts = Array.from({ length: 100 }, () => postOf(place.organizationId, place.audienceId, words))
    await Promise.all(posts.map((post) => poster.ask('message.post', post)))
  }
  await until(() => messagesIn(fast.frames).length === count, 'the others hear everything')
  const grown = memoryOf(node.pid) - memoryBefore
  assert.ok(grown < 150_000_000, `the server grew by ${Math.round(grown / 1e6)} MB`)
  slow.socket.resume()
  const heard = await completed(slow, place)
  assert.deepEqual(heard, await storedIn(place))
  for (const talker of [fast, slow, poster]) talker.close()
})

/** Goes on as clients do: by the hints it got, or, where it was closed, on a new connection. */
async function completed(slow: Talker, place: Place): Promise<string[]> {
  const code = await Promise.race([slow.closed, until(() => slow.frames.some(isHint), 'a hint comes').then(() => 0)])
  assert.ok(code === 0 || (code >= 4000 && code < 4100) || code === 1006, `it was closed with ${code}`)
  const talker = code === 0 ? slow : await listen(node.url, nth(place, 2))
  const got = new Map(messagesIn(slow.frames).map(({ id, number }) => [number, id as string]))
  let known = 0
  for (;;) {
    while (got.has(known + 1)) known++
    const asked = { audienceId: place.audienceId, after: known, limit: 1_000 }
    const page = await talker.ask<z.infer<typeof DifferencePage>>('sync.difference', asked)
    for (const event of page.events) {
      const { number, id } = 'message' in event ? event.message : event
      got.set(number, id)
    }
    if (page.events.length === 0) break
  }
  const messages = new Set(await storedIn(place))
  if (talker !== slow) talker.close()
  return Array.from(got)
    .toSorted(([a], [b]) => a - b)
    .map(([, id]) => id)
    .filter((id) => messages.has(id))
}

const isHint = ({ text }: Talker['frames'][number]) => text.startsWith('{"state":"heads"')

function memoryOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1_024
}

test('R10 a server that stands still for seconds goes on with everybody, and nothing is lost', async () => {
  const place = await found(2)
  const listener = await listen(node.url, nth(place, 1))
  const acknowledged: Message[] = []
  let isOver = false
  const posting = postStubbornly({
    connect: () => talkAgain(node.url, nth(place, 0)),
    inFlight: 50,
    next: () => (isOver ? undefined : postOf(place.organizationId, place.audienceId, 'Hello')),
    note: (message) => void acknowledged.push(message),
  })
  await until(() => acknowledged.length > 200, 'posts are stored')
  process.kill(node.pid, 'SIGSTOP')
  await setTimeout(3_000) // no one answers, so there is nothing to look at
  process.kill(node.pid, 'SIGCONT')
  const before = acknowledged.length
  await until(() => acknowledged.length > before + 200, 'posts are stored again')
  isOver = true
  await posting
  const stored = await storedIn(place)
  assert.deepEqual(
    acknowledged.toSorted((a, b) => a.number - b.number).map(({ id }) => id),
    stored,
  )
  const last = stored.at(-1)
  await until(async () => {
    if (messagesIn(listener.frames).at(-1)?.id === last) return true
    return listener.frames.some(isHint)
  }, 'the listener hears the last, or is told to ask')
  assert.equal(listener.socket.readyState, WebSocket.OPEN)
  listener.close()
})

test('R13 SIGTERM under five hundred clients: everybody is sent elsewhere, and all that was acknowledged is there', async () => {
  const place = await found(20)
  const clients: Talker[] = []
  for (let index = 0; index < 500; index += 50)
    clients.push(
      ...(await Promise.all(Array.from({ length: 50 }, (_, at) => listen(node.url, nth(place, index + at))))),
    )
  const acknowledged = new Map<string, Message>()
  let isOver = false
  const posting = Promise.all(
    [0, 1, 2, 3].map((index) =>
      postStubbornly({
        connect: () => talkAgain(node.url, nth(place, index)),
        inFlight: 10,
        next: () => (isOver ? undefined : postOf(place.organizationId, place.audienceId, 'Hello')),
        note: (message) => void acknowledged.set(message.id, message),
      }),
    ),
  )
  await until(() => acknowledged.size > 100, 'posts are stored')
  const exit = node.stop()
  const codes = await Promise.all(clients.map(({ closed }) => closed))
  assert.equal(await exit, 0)
  assert.deepEqual(new Set(codes), new Set([4003]))
  const waits = clients.map(({ frames }) => /"drain","reconnectAfterMs":(\d+)/.exec(frames.at(-1)?.text ?? '')?.[1])
  assert.ok(
    waits.every((wait) => wait !== undefined),
    'somebody was not told when to come back',
  )
  const quarter = waits.filter((wait) => Number(wait) < 500).length
  assert.ok(quarter > 60 && quarter < 200, `${quarter} of 500 come in the first quarter of the time`)
  isOver = true
  await node.start()
  await posting
  const byNumber = Array.from(acknowledged.values()).toSorted((a, b) => a.number - b.number)
  assert.deepEqual(
    byNumber.map(({ id }) => id),
    await storedIn(place),
  )
})
