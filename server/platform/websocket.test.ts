import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { after, before, beforeEach, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import * as fc from 'fast-check'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { limits } from '../../protocol/limits.ts'
import { DeviceId, PersonId } from '../../protocol/ids.ts'
import type { Actor } from './command.ts'
import type { Executor } from './execute.ts'
import { createLog } from './log.ts'
import { createMetrics } from './metrics.ts'
import { Refusal } from './refusal.ts'
import { encodeFrame, HARD_LIMIT_BYTES } from './send-buffer.ts'
import { attachWebSockets, closeCodes, type Connection, type Sockets } from './websocket.ts'

const actor: Actor = {
  kind: 'person',
  personId: PersonId.parse('00000000-0000-4000-8000-000000000001'),
  deviceId: DeviceId.parse('00000000-0000-4000-8000-000000000002'),
}
let server: Server
let sockets: Sockets
let isDraining = false
let run: (name: string, input: unknown) => Promise<unknown>
/** What was carried out. */
let done: string[] = []
const faults: object[] = []

before(async () => {
  server = createServer()
  const definitions: Executor['definitions'] = []
  const executor: Executor = {
    definitions,
    find: () => undefined,
    drained: () => Promise.resolve(),
    waitingCount: 0,
    execute(name, input) {
      done.push(name)
      return run(name, input)
    },
  }
  sockets = attachWebSockets(server, {
    executor,
    identify: () =>
      Promise.resolve({ actor, source: '127.0.0.1', userAgent: '', browser: undefined, token: undefined }),
    log: createLog('error', { write: (line: string) => void faults.push(JSON.parse(line)) }),
    metrics: createMetrics(),
    isDraining: () => isDraining,
    handle: async (_connection, _request, work, answer) => answer(await work()),
    onOpen: () => undefined,
    onClose: () => undefined,
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
after(() => {
  for (const connection of sockets.all()) connection.terminate()
  server.close()
})
beforeEach(async () => {
  for (const connection of sockets.all()) connection.terminate()
  await until(() => sockets.count === 0, 'nobody is connected')
  isDraining = false
  done = []
  faults.splice(0)
  run = (_name, input) => Promise.resolve(input)
})

const port = () => (server.address() as AddressInfo).port // it listens on TCP

async function open(): Promise<WebSocket & { texts: string[] }> {
  const texts: string[] = []
  const socket = new WebSocket(`ws://127.0.0.1:${port()}/v1/socket`)
  socket.on('message', (data: Buffer) => void texts.push(data.toString()))
  socket.on('error', () => undefined) // the close that follows says it
  await once(socket, 'open')
  return Object.assign(socket, { texts })
}

async function ask(socket: WebSocket & { texts: string[] }, frame: string | Buffer): Promise<Record<string, unknown>> {
  const answered = once(socket, 'message')
  socket.send(frame)
  const [data] = await answered
  return JSON.parse(String(data))
}

async function until(look: () => boolean, words: string) {
  const deadline = performance.now() + 10_000
  while (!look()) {
    assert.ok(performance.now() < deadline, `it did not come about that ${words}`)
    await setTimeout(5)
  }
}
const only = (): Connection => {
  const [connection, ...others] = Array.from(sockets.all())
  assert.ok(connection)
  assert.deepEqual(others, [])
  return connection
}
async function closed(socket: WebSocket): Promise<number> {
  if (socket.readyState === WebSocket.CLOSED) throw new Error('It was closed before.')
  const [code] = await once(socket, 'close')
  return Number(code)
}
const codeOf = (answer: Record<string, unknown>) => Object(answer['error']).code

test('a command is answered under the id of its frame, a query and a refusal likewise', async () => {
  const socket = await open()
  assert.deepEqual(await ask(socket, '{"id":1,"do":"echo","with":{"words":"hello"}}'), {
    id: 1,
    ok: { words: 'hello' },
  })
  assert.deepEqual(await ask(socket, '{"id":"a","do":"echo"}'), { id: 'a', ok: {} })
  run = () => Promise.reject(new Refusal('server.busy', { retryAfterMs: 250 }))
  const refused = await ask(socket, '{"id":2,"do":"echo"}')
  assert.deepEqual([refused['id'], codeOf(refused), Object(refused['error']).retryAfterMs], [2, 'server.busy', 250])
  socket.terminate()
})

test('a fault of ours is told without its reasons, and the connection goes on', async () => {
  const socket = await open()
  run = () => Promise.reject(new Error('the reason is nobody’s business'))
  const answer = await ask(socket, '{"id":1,"do":"echo"}')
  assert.equal(codeOf(answer), 'server.fault')
  assert.doesNotMatch(JSON.stringify(answer), /nobody/)
  assert.match(JSON.stringify(faults), /nobody/)
  run = () => Promise.resolve('on')
  assert.deepEqual(await ask(socket, '{"id":2,"do":"echo"}'), { id: 2, ok: 'on' })
  socket.terminate()
})

test('S9 what is no frame is refused in words, and the connection goes on', async () => {
  const socket = await open()
  const deep = `{"id":1,"do":"echo","with":${'['.repeat(20_000)}${']'.repeat(20_000)}}`
  const frames: readonly (readonly [string, string])[] = [
    ['', 'input.not-json'],
    ['{', 'input.not-json'],
    ['null', 'input.invalid'],
    ['[]', 'input.invalid'],
    ['"text"', 'input.invalid'],
    ['{}', 'input.invalid'],
    ['{"id":1}', 'input.invalid'],
    ['{"do":"echo"}', 'input.invalid'],
    ['{"id":{},"do":"echo"}', 'input.invalid'],
    ['{"id":1.5,"do":"echo"}', 'input.invalid'],
    ['{"id":1e999,"do":"echo"}', 'input.invalid'],
    ['{"id":1,"do":7}', 'input.invalid'],
    ['{"id":1,"do":"echo","more":1}', 'input.invalid'],
    [`{"id":"${'x'.repeat(65)}","do":"echo"}`, 'input.invalid'],
    [`{"id":1,"do":"${'x'.repeat(101)}"}`, 'input.invalid'],
    ['{"id":1,"do":"echo","with":{"__proto__":{"isAdministrator":true}}}', 'input.invalid'],
    [deep, 'input.invalid'],
  ]
  for (const [frame, code] of frames) assert.equal(codeOf(await ask(socket, frame)), code, frame.slice(0, 80))
  const trap = await ask(socket, '{"id":7,"do":"echo","with":{"__proto__":{}}}')
  assert.equal(Object(trap).id, 7, 'whoever asks learns which of their questions was refused')
  assert.deepEqual(done, [])
  assert.deepEqual(faults, [])
  assert.deepEqual(await ask(socket, '{"id":1,"do":"echo","with":1}'), { id: 1, ok: 1 })
  socket.terminate()
})

test('S9 whatever text is sent, the answer is one frame and never a fault of ours', async () => {
  const socket = await open()
  const frames = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.json(),
    fc
      .record({ id: fc.jsonValue(), do: fc.jsonValue(), with: fc.jsonValue() }, { requiredKeys: [] })
      .map((frame) => JSON.stringify(frame)),
  )
  await fc.assert(
    fc.asyncProperty(frames, async (frame) => {
      const answer = await ask(socket, frame)
      assert.ok('ok' in answer !== 'error' in answer)
      assert.notEqual(codeOf(answer), 'server.fault')
    }),
    { numRuns: 300 },
  )
  assert.deepEqual(faults, [])
  socket.terminate()
})

test('S9 binary, oversize, mutilated and unmasked frames end the connection, and nothing else', async () => {
  const witness = await open()
  const binary = await open()
  binary.send(Buffer.from('{"id":1,"do":"echo"}'))
  assert.equal(await closed(binary), closeCodes.badFrame)
  const huge = await open()
  huge.send('x'.repeat(limits.frameBytes + 1))
  assert.ok([1009, 1006].includes(await closed(huge)))
  const raw = [
    [0x81, 0x02, 0x7b, 0x7d], // not masked
    [0x83, 0x80, 0, 0, 0, 0], // an opcode that does not exist
    [0xf1, 0x80, 0, 0, 0, 0], // reserved bits
    [0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0], // says that it is endless
    [0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28], // not UTF-8
    [0x80, 0x80, 0, 0, 0, 0], // continues nothing
    [0x89, 0xfe, 0x00, 0xff, 0, 0, 0, 0], // a ping that is too large
  ]
  for (const bytes of raw) {
    const socket = await openRaw()
    const ended = once(socket, 'close')
    socket.resume()
    socket.write(Buffer.from(bytes))
    await ended
  }
  assert.deepEqual(await ask(witness, '{"id":1,"do":"echo","with":1}'), { id: 1, ok: 1 })
  assert.deepEqual(done, ['echo'])
  assert.deepEqual(faults, [])
  witness.terminate()
})

test('S9 whatever bytes come after the handshake, the server lives', async () => {
  const witness = await open()
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), async (bytes) => {
      const socket = await openRaw()
      socket.resume()
      socket.end(bytes)
      await once(socket, 'close')
    }),
    { numRuns: 50 },
  )
  assert.deepEqual(await ask(witness, '{"id":1,"do":"echo","with":1}'), { id: 1, ok: 1 })
  assert.deepEqual(faults, [])
  witness.terminate()
})

test('a client may have 256 questions under way; for each further one it is told to wait', async () => {
  const socket = await open()
  const { promise, resolve } = Promise.withResolvers<string>()
  run = () => promise
  for (let id = 1; id <= 300; id++) socket.send(`{"id":${id},"do":"echo"}`)
  await until(() => socket.texts.length === 44, 'the further ones are refused')
  const refused = socket.texts.map((text) => JSON.parse(text))
  assert.deepEqual(
    refused.map(({ id }) => id),
    Array.from({ length: 44 }, (_, index) => 257 + index),
  )
  for (const answer of refused) assert.deepEqual([answer.error.code, answer.error.retryAfterMs], ['server.busy', 1_000])
  resolve('done')
  await until(() => socket.texts.length === 300, 'the others are answered')
  assert.equal(done.length, 256)
  socket.terminate()
})

test('a client that asks on and on and does not read is closed before it fills the memory', async () => {
  const socket = await openRaw()
  const connection = await until(() => sockets.count === 1, 'it is connected').then(only)
  run = () => Promise.resolve('x'.repeat(20_000))
  let most = 0
  const question = Buffer.from(maskedText('{"id":1,"do":"echo"}'))
  const flood = Buffer.concat(Array.from({ length: 100 }, () => question))
  for (let turn = 0; turn < 200 && sockets.count > 0 && !socket.destroyed; turn++) {
    socket.write(flood)
    await setTimeout(2)
    most = Math.max(most, connection.backlog)
    if (done.length > 2_000) break
  }
  assert.ok(most < HARD_LIMIT_BYTES + 6_000_000, `${most} bytes were kept for it`)
  const before = done.length
  socket.write(flood)
  await setTimeout(50)
  assert.equal(done.length, before, 'it goes on being served')
  socket.destroy()
  await until(() => sockets.count === 0, 'it is gone')
})

test('S3 after its close a connection is sent nothing and asks nothing, whether the client answers the close or not', async () => {
  const socket = await openRaw()
  const connection = await until(() => sockets.count === 1, 'it is connected').then(only)
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => void chunks.push(chunk))
  socket.resume()
  connection.send(encodeFrame({ words: 'before' }))
  connection.close(closeCodes.sessionEnded, 'signed out')
  connection.send(encodeFrame({ words: 'after' }))
  socket.write(maskedText('{"id":1,"do":"echo","with":"after"}'))
  socket.write(maskedText('{"id":2,"do":"echo","with":"after"}'))
  const witness = await open()
  await ask(witness, '{"id":1,"do":"witness"}')
  await until(() => Buffer.concat(chunks).includes('signed out'), 'it was told of its end')
  assert.deepEqual(done, ['witness'])
  assert.match(Buffer.concat(chunks).toString('latin1'), /before/)
  assert.doesNotMatch(Buffer.concat(chunks).toString('latin1'), /after/)
  socket.destroy()
  witness.terminate()
  await until(() => sockets.count === 0, 'both are gone')
})

test('what was said before the close arrives before it', async () => {
  const socket = await open()
  const connection = await until(() => sockets.count === 1, 'it is connected').then(only)
  connection.send(encodeFrame({ state: 'drain' }))
  connection.close(closeCodes.draining, 'stopping')
  assert.equal(await closed(socket), closeCodes.draining)
  assert.deepEqual(socket.texts, ['{"state":"drain"}'])
})

test('a server that is being stopped takes no further connections', async () => {
  isDraining = true
  const socket = connect(port(), '127.0.0.1')
  socket.write(handshake)
  const [head] = await once(socket, 'data')
  assert.match(String(head), /^HTTP\/1\.1 503 [\s\S]*server\.draining/)
  socket.destroy()
})

test('frames of any length say their length as RFC 6455 does, and are not masked', () => {
  for (const length of [0, 1, 100, 113, 114, 115, 116, 65_500, 65_523, 65_524, 65_525, 70_000]) {
    const words = 'x'.repeat(length)
    const frame = encodeFrame({ words })
    const text = Buffer.from(JSON.stringify({ words }))
    const header = text.length <= 125 ? 2 : text.length <= 65_535 ? 4 : 10
    assert.equal(frame.length, header + text.length)
    assert.equal(frame[0], 0x81)
    assert.equal(frame[1], text.length <= 125 ? text.length : text.length <= 65_535 ? 126 : 127)
    assert.deepEqual(frame.subarray(header), text)
  }
})

const handshake =
  'GET /v1/socket HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'

/** A client that keeps to no rules. */
async function openRaw(): Promise<Socket> {
  const socket = connect(port(), '127.0.0.1')
  socket.on('error', () => undefined) // the server may cut it off
  socket.write(handshake)
  const [head] = await once(socket, 'data')
  z.string()
    .regex(/^HTTP\/1\.1 101/)
    .parse(String(head))
  socket.pause()
  return socket
}

/** Masked with zeros, which changes nothing. */
function maskedText(text: string): Buffer {
  const length = Buffer.byteLength(text)
  assert.ok(length <= 125)
  return Buffer.concat([Buffer.from([0x81, 0x80 | length, 0, 0, 0, 0]), Buffer.from(text)])
}
