import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { pino } from 'pino'
import { startNats, type NatsProcess } from '../../e2e/support/nats-process.ts'
import { until } from '../../e2e/support/until.ts'
import { connectBus, type Bus } from './bus.ts'
import type { Announcement } from './events.ts'

const isMissing = (process.env['SHOPTALK_TEST_MISSING'] ?? '').split(' ').includes('nats-server')
const skip = isMissing ? 'nats-server is not installed' : false
const stack = new AsyncDisposableStack()
let nats: NatsProcess
let stranger: NatsConnection

type Ears = { bus: Bus; heard: Announcement[]; doubts: number }
let one: Ears
let other: Ears

before(async () => {
  if (skip) return
  nats = stack.use(await startNats())
  stranger = await connect({ servers: new URL(nats.url).host, user: 'shop', pass: 'talk', maxReconnectAttempts: -1 })
  stack.defer(() => stranger.close())
  one = await join()
  other = await join()
  other.bus.watch('audience:a')
  other.bus.watch('person:p')
})
after(() => stack.disposeAsync())
beforeEach(() => {
  other?.heard.splice(0)
})

async function join(): Promise<Ears> {
  const ears: Omit<Ears, 'bus'> = { heard: [], doubts: 0 }
  const bus = await connectBus({
    url: nats.url,
    log: pino({ level: 'silent' }),
    receive: (announcements) => void ears.heard.push(...announcements),
    onDoubt: () => void ears.doubts++,
  })
  stack.defer(() => bus.close())
  return Object.assign(ears, { bus })
}

const said = (number: number, more: object = {}): Announcement => ({
  topic: 'audience:a',
  version: 3,
  body: { name: 'message.posted', message: { number, ...more } },
})
/** Says something until it is heard: a subscription needs a moment to reach NATS. Its repetitions end with `until`. */
async function connected(topic = 'audience:a') {
  const last = await until(() => {
    const probe = { topic, body: { probe: ++probes } }
    one.bus.publish([probe])
    return other.heard.length > 0 && probe
  }, 'the other node hears it')
  await until(() => isDeepStrictEqual(other.heard.at(-1), last), 'the last of them is heard')
  other.heard.splice(0)
}
let probes = 0

test('what one node announces is heard by those that watch the topic, and not by itself', { skip }, async () => {
  one.bus.watch('audience:a')
  await connected()
  one.bus.publish([{ topic: 'audience:b', body: {} }, said(2), said(3)])
  await until(() => other.heard.length >= 2, 'both are heard')
  assert.deepEqual(other.heard, [said(2), said(3)])
  assert.deepEqual(one.heard, [])
})

test('a topic that is not watched any more is not heard', { skip }, async () => {
  other.bus.watch('audience:c')
  await connected('audience:c')
  other.bus.unwatch('audience:c')
  await connected()
  one.bus.publish([{ topic: 'audience:c', body: {} }])
  one.bus.publish([said(2)])
  await until(() => other.heard.length > 0, 'the next is heard')
  assert.deepEqual(other.heard, [said(2)])
})

test(
  'where much is said at once only hints travel: heads of an audience, and that a person’s log has moved',
  { skip },
  async () => {
    const large = 'x'.repeat(150_000)
    await connected()
    one.bus.publish([said(7, { large }), said(8, { large })])
    one.bus.publish([{ topic: 'person:p', body: { name: 'conversation.joined', large: large + large } }])
    await until(() => other.heard.length >= 3, 'the hints are heard')
    assert.deepEqual(other.heard, [
      { topic: 'audience:a', version: 3, body: { state: 'heads', heads: [{ audienceId: 'a', number: 7 }] } },
      { topic: 'audience:a', version: 3, body: { state: 'heads', heads: [{ audienceId: 'a', number: 8 }] } },
      { topic: 'person:p', body: {} },
    ])
  },
)

test(
  'R3 what somebody else says under our names is not believed, and is a reason to ask the database',
  { skip },
  async () => {
    await connected()
    const doubts = other.doubts
    for (const text of ['', '{', 'null', '[]', '{"from":"x"}', '{"from":"x","announcements":[{"topic":1,"body":2}]}'])
      stranger.publish('shoptalk.audience.a', text)
    await until(() => other.doubts === doubts + 6, 'it doubts each')
    one.bus.publish([said(2)])
    await until(() => other.heard.length > 0, 'the next is heard')
    assert.deepEqual(other.heard, [said(2)])
  },
)

test(
  'R3 while NATS is away nodes go on, and ask the database again and again; afterwards they hear each other',
  { skip },
  async () => {
    const doubts = other.doubts
    await nats.stop()
    await until(() => other.doubts >= doubts + 3, 'it asks again and again')
    one.bus.publish([said(1)])
    other.bus.watch('audience:new')
    await nats.start()
    await until(() => {
      one.bus.publish([said(2), { topic: 'audience:new', body: {} }])
      return other.heard.some(({ topic }) => topic === 'audience:new')
    }, 'they hear each other')
    assert.deepEqual(other.heard[0], said(2), 'what was said while it was away is read, not heard late')
  },
)

test('R3 a node ends in order while NATS is away', { skip }, async (context) => {
  context.after(() => nats.start())
  const leaving = await join()
  await nats.stop()
  await until(() => leaving.doubts > 0, 'it is noticed')
  const began = performance.now()
  await leaving.bus.close()
  assert.ok(performance.now() - began < 5_000, 'it waits for what does not come')
})

test('R3 a node starts while NATS is away, and hears it when it is there', { skip }, async (context) => {
  context.after(() => nats.start())
  await nats.stop()
  const late = await join()
  late.bus.watch('audience:a')
  late.bus.publish([said(1)])
  await until(() => late.doubts > 0, 'it asks the database')
  await nats.start()
  await until(() => {
    one.bus.publish([said(2)])
    return late.heard.length > 0
  }, 'it hears the others')
})

test('a node that NATS does not know does not start', { skip }, async () => {
  const url = nats.url.replace('talk', 'wrong')
  const log = pino({ level: 'silent' })
  await assert.rejects(
    connectBus({ url, log, receive: () => undefined, onDoubt: () => undefined }),
    /Authorization Violation/,
  )
})
