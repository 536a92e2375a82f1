import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Status } from './api.ts'
import { createConnection, type Connection, type Frame } from './connection.ts'
import { createRandom } from './simulation/random.ts'
import { createWire, type Wire } from './simulation/socket.ts'
import { createTimeline, type Timeline } from './simulation/timeline.ts'
import { RequestError } from './request-error.ts'

type Bench = {
  timeline: Timeline
  connection: Connection
  wires: Wire[]
  /** When the connections were attempted, in milliseconds since the beginning. */
  attempts: number[]
  /** How long each pause before an attempt is, in milliseconds. */
  pauses: number[]
  statuses: Status[]
  frames: Frame[]
  greet: () => Promise<void>
  hasSession: boolean
  isReplaced: boolean
  wait(durationMs: number): Promise<void>
}

/** A connection whose other end the test plays. */
function createBench({ random = () => 1 }: { random?: () => number } = {}): Bench {
  const timeline = createTimeline()
  const beginMs = timeline.now()
  const bench: Bench = {
    timeline,
    wires: [],
    attempts: [],
    pauses: [],
    statuses: [],
    frames: [],
    greet: () => Promise.resolve(),
    hasSession: true,
    isReplaced: false,
    wait: (durationMs) => timeline.runUntil(timeline.now() + durationMs),
    connection: createConnection({
      clock: timeline,
      random,
      createSocket() {
        bench.attempts.push(timeline.now() - beginMs)
        const wire = createWire({ timeline, random: createRandom(1), onFrame: () => {}, onClose: () => {} })
        bench.wires.push(wire)
        return wire.socket
      },
      greet: () => bench.greet(),
      hasSession: () => Promise.resolve(bench.hasSession),
      onFrame: (frame) => void bench.frames.push(frame),
      onReplaced: () => void (bench.isReplaced = true),
      onLost: () => {},
      onStatus(status, nextAttemptAtMs) {
        bench.statuses.push(status)
        if (nextAttemptAtMs !== undefined) bench.pauses.push(nextAttemptAtMs - timeline.now())
      },
      onFault: (error) => assert.fail(String(error)),
    }),
  }
  return bench
}

async function open(bench: Bench): Promise<Wire> {
  bench.connection.start()
  await bench.wait(0)
  return openLast(bench)
}

async function openLast(bench: Bench): Promise<Wire> {
  const wire = bench.wires.at(-1)
  assert.ok(wire)
  wire.open()
  await bench.wait(1)
  return wire
}

test('it is open once the greeting has succeeded', async () => {
  const bench = createBench()
  await open(bench)
  assert.deepEqual(bench.statuses, ['connecting', 'open'])
  assert.equal(bench.connection.isOpen, true)
})

test('the pause before the next attempt doubles up to thirty seconds, with full jitter', async () => {
  const longest = createBench()
  longest.connection.start()
  while (longest.pauses.length < 9) {
    longest.wires.at(-1)?.close(1006)
    await longest.wait(100)
  }
  assert.deepEqual(longest.pauses, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])

  const shortest = createBench({ random: () => 0 })
  shortest.connection.start()
  await shortest.wait(0)
  shortest.wires[0]?.close(1006)
  await shortest.wait(100)
  assert.deepEqual(shortest.pauses, [0])
})

test('after a connection that has lasted, the first pause is short again', async () => {
  const bench = createBench()
  bench.connection.start()
  for (let attempt = 0; attempt < 6; attempt++) {
    await bench.wait(0)
    bench.wires.at(-1)?.close(1006)
    await bench.wait(31_000)
  }
  const wire = await openLast(bench)
  await bench.wait(15_000)
  const count = bench.attempts.length
  wire.close(1006)
  await bench.wait(600)
  assert.equal(bench.attempts.length, count + 1)
})

for (const code of [1000, 1001, 1006, 1011, 1012, 4000, 4001, 4003, 4099]) {
  test(`after close code ${code} it connects again`, async () => {
    const bench = createBench()
    const wire = await open(bench)
    wire.close(code)
    await bench.wait(1_000)
    assert.equal(bench.attempts.length, 2)
  })
}

for (const [code, status] of [
  [4100, 'stopped'],
  [4101, 'signed-out'],
  [4102, 'signed-out'],
  [4199, 'stopped'],
] as const) {
  test(`after close code ${code} it is ${status} and does not connect again`, async () => {
    const bench = createBench()
    const wire = await open(bench)
    wire.close(code)
    await bench.wait(120_000)
    assert.equal(bench.attempts.length, 1)
    assert.equal(bench.isReplaced, code === 4102)
    assert.equal(bench.statuses.at(-1), status)
    assert.equal(bench.connection.isOpen, false)
  })
}

test('two beats that do not come mean a dead connection, which is given up without waiting for the other side', async () => {
  const bench = createBench()
  const wire = await open(bench)
  await bench.wait(25_000)
  wire.send({ state: 'beat', personNumber: 0, heads: [], digest: '' })
  await bench.wait(54_000)
  assert.equal(bench.connection.isOpen, true)
  await bench.wait(2_000)
  assert.equal(bench.connection.isOpen, false)
  await bench.wait(1_000)
  assert.equal(bench.attempts.length, 2)
})

test('a server that is being stopped says when to come back', async () => {
  const bench = createBench()
  const wire = await open(bench)
  const before = bench.timeline.now()
  wire.send({ state: 'drain', reconnectAfterMs: 4_000 })
  await bench.wait(100)
  wire.close(4003)
  await bench.wait(3_500)
  assert.equal(bench.attempts.length, 1)
  await bench.wait(1_000)
  assert.equal(bench.attempts.length, 2)
  assert.ok(bench.timeline.now() - before < 5_000)
})

test('a server that does not close after saying so is left when the time has come', async () => {
  const bench = createBench()
  const wire = await open(bench)
  wire.send({ state: 'drain', reconnectAfterMs: 4_000 })
  await bench.wait(5_000)
  assert.equal(wire.isOpen, false)
  assert.equal(bench.attempts.length, 2)
})

test('an attempt that fails because there is no session ends in signed-out', async () => {
  const bench = createBench()
  bench.hasSession = false
  bench.connection.start()
  await bench.wait(0)
  bench.wires[0]?.close(1006)
  await bench.wait(120_000)
  assert.equal(bench.statuses.at(-1), 'signed-out')
  assert.equal(bench.attempts.length, 1)
})

test('a greeting that is refused for want of a session ends in signed-out', async () => {
  const bench = createBench()
  bench.greet = () => Promise.reject(new RequestError('session.required'))
  await open(bench)
  assert.equal(bench.statuses.at(-1), 'signed-out')
})

test('a greeting that is refused because the server is busy is tried again later', async () => {
  const bench = createBench()
  bench.greet = () => Promise.reject(new RequestError('server.busy'))
  await open(bench)
  bench.greet = () => Promise.resolve()
  await bench.wait(1_000)
  await openLast(bench)
  assert.equal(bench.statuses.at(-1), 'open')
})

test('an attempt that nobody answers is given up after fifteen seconds', async () => {
  const bench = createBench()
  bench.connection.start()
  await bench.wait(16_000)
  assert.equal(bench.attempts.length, 2)
})

test('hurrying connects at once, but never twice', async () => {
  const bench = createBench()
  const wire = await open(bench)
  bench.connection.hurry()
  assert.equal(bench.attempts.length, 1)
  wire.close(1006)
  await bench.wait(50)
  bench.connection.hurry()
  bench.connection.hurry()
  assert.equal(bench.attempts.length, 2)
})

test('requests are answered by their ids, refused with the server’s words, and lost with the connection', async () => {
  const bench = createBench()
  const wire = await open(bench)
  const [first, second, third] = ['one', 'two', 'three'].map((name) => bench.connection.request(name, {}))
  assert.ok(first && second && third)
  const lost = assert.rejects(third, { code: 'connection.lost', isRetryable: true })
  const refused = assert.rejects(first, { code: 'server.busy', message: 'Too much.', retryAfterMs: 5 })
  wire.send({ id: 2, ok: { answer: 'two' } })
  wire.send({ id: 1, error: { code: 'server.busy', message: 'Too much.', retryAfterMs: 5 } })
  await bench.wait(100)
  assert.deepEqual(await second, { answer: 'two' })
  await refused
  wire.close(1006)
  await bench.wait(100)
  await lost
  assert.deepEqual(bench.frames, [])
})

test('a request without an answer is given up after twenty seconds; when nothing was heard, the connection, too', async () => {
  const bench = createBench()
  const wire = await open(bench)
  const first = assert.rejects(bench.connection.request('one', {}), { code: 'connection.lost' })
  await bench.wait(10_000)
  wire.send({ state: 'presence', personId: 'x', isOnline: true })
  await bench.wait(11_000)
  await first
  assert.equal(bench.connection.isOpen, true)
  const second = assert.rejects(bench.connection.request('two', {}), { code: 'connection.lost' })
  await bench.wait(21_000)
  await second
  assert.equal(bench.connection.isOpen, false)
})
