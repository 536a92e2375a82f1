import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connect } from './client.ts'
import { createRandom } from './simulation/random.ts'
import { createWire, type Wire } from './simulation/socket.ts'
import { createTimeline } from './simulation/timeline.ts'

type Sent = { method: string; url: URL; headers: Headers; body: unknown }
type Answer = { status: number; body: unknown }

/** A client before a server of which only HTTP answers, as the test says; the sockets are the test's, too. */
function createBench(answer: (sent: Sent) => Answer | Promise<Answer>) {
  const timeline = createTimeline()
  const sent: Sent[] = []
  const wires: Wire[] = []
  const heard: { id: number; do: string }[] = []
  const client = connect({
    url: 'http://talk.example/',
    token: 'secret-token',
    clock: timeline,
    random: () => 1,
    onFault: (error) => assert.fail(String(error)),
    createSocket() {
      const onFrame = (text: string) => void heard.push(JSON.parse(text))
      const wire = createWire({ timeline, random: createRandom(1), onFrame, onClose: () => {} })
      wires.push(wire)
      return wire.socket
    },
    async fetch(url, init) {
      const { method = 'GET', headers, body } = init ?? {}
      const one = {
        method,
        url: new URL(textIn(url)),
        headers: new Headers(headers),
        body: JSON.parse(textIn(body) || 'null'),
      }
      sent.push(one)
      const { status, body: answered } = await answer(one)
      return new Response(typeof answered === 'string' ? answered : JSON.stringify(answered), { status })
    },
  })
  return { client, sent, wires, heard, timeline }
}

const textIn = (given: unknown) => (typeof given === 'string' ? given : '')
const id = '00000000-0000-7000-8000-000000000001'

test('queries are asked with GET: lists repeat their name, absent fields are left out', async () => {
  const { client, sent } = createBench(() => ({ status: 200, body: { members: [] } }))
  await client.do('member.get', { organizationId: id, personIds: [id, id] })
  const [one] = sent
  assert.equal(one?.method, 'GET')
  assert.equal(one.url.pathname, '/v1/member.get')
  assert.deepEqual(one.url.searchParams.getAll('personIds'), [id, id])
  assert.equal(one.headers.get('authorization'), 'Bearer secret-token')
  await client.do('message.history', { organizationId: id, audienceId: id, before: undefined, limit: 5 })
  assert.equal(sent[1]?.url.search, `?organizationId=${id}&audienceId=${id}&limit=5`)
})

test('commands are sent with POST and a JSON body', async () => {
  const { client, sent } = createBench(() => ({ status: 200, body: {} }))
  await client.session.requestCode({ address: 'ann@example.com' })
  assert.equal(sent[0]?.method, 'POST')
  assert.equal(sent[0].url.pathname, '/v1/session.request-code')
  assert.deepEqual(sent[0].body, { address: 'ann@example.com' })
})

test('a refusal carries the code, the path, the pause and the request’s id', async () => {
  const body = { code: 'code.limit', message: 'Wait.', path: 'code', retryAfterMs: 60_000, requestId: 'r1' }
  const { client } = createBench(() => ({ status: 429, body }))
  await assert.rejects(client.device.list({}), { name: 'RequestError', ...body, isRetryable: true })
})

test('an answer that is not the server’s is no refusal, and may be asked for again', async () => {
  const { client } = createBench(() => ({ status: 502, body: '<html>Bad gateway</html>' }))
  await assert.rejects(client.device.list({}), { code: 'server.unavailable', isRetryable: true })
})

test('a server that cannot be reached is a lost connection', async () => {
  const { client } = createBench(() => Promise.reject(new TypeError('fetch failed')))
  await assert.rejects(client.device.list({}), { code: 'connection.lost', isRetryable: true })
})

test('without a session the client is signed out, and signing in connects it with the new token', async () => {
  const bench = createBench(({ url }) =>
    url.pathname === '/v1/session.start'
      ? { status: 200, body: { personId: id, deviceId: id, token: 'fresh-token' } }
      : { status: 401, body: { code: 'session.required', message: 'Sign in first.' } },
  )
  const { client, wires, sent, timeline } = bench
  await assert.rejects(client.session.get({}), { code: 'session.required', isRetryable: false })
  assert.equal(client.status, 'signed-out')
  assert.equal(wires.length, 1)
  await client.session.start({
    requestId: id,
    code: '12345678',
    device: { name: 'Test', class: 'desktop' },
    keep: 'token',
  })
  assert.equal(client.status, 'connecting')
  assert.equal(wires.length, 2)
  await assert.rejects(client.device.list({}), { code: 'session.required' })
  assert.equal(sent.at(-1)?.headers.get('authorization'), 'Bearer fresh-token')
  client.close()
  await timeline.settle()
})

test('what belongs to an ended session does not end the next one', async () => {
  let release = (_answer: Answer) => {}
  const late = new Promise<Answer>((resolve) => {
    release = resolve
  })
  const { client } = createBench(({ url }) =>
    url.pathname === '/v1/device.list' ? late : { status: 200, body: { personId: id, deviceId: id } },
  )
  const asked = assert.rejects(client.device.list({}), { code: 'session.required' })
  await client.session.start({ requestId: id, code: '12345678', device: { name: 'Test', class: 'desktop' } })
  release({ status: 401, body: { code: 'session.required', message: 'Sign in first.' } })
  await asked
  assert.equal(client.status, 'connecting')
})

test('signing out ends the connection and forgets everything', async () => {
  const { client } = createBench(() => ({ status: 200, body: {} }))
  await client.session.end({})
  assert.equal(client.status, 'signed-out')
  assert.equal(client.state.personId, null)
})

test('the client’s commands can be called by name, and awaiting a noun does not wait for ever', async () => {
  const { client, sent } = createBench(() => ({ status: 200, body: {} }))
  await client.conversation.addMembers({ organizationId: id, conversationId: id, personIds: [id] })
  await client.member.setRole({ organizationId: id, personId: id, role: 'member' })
  assert.deepEqual(
    sent.map(({ url }) => url.pathname),
    ['/v1/conversation.add-members', '/v1/member.set-role'],
  )
  const noun: unknown = await Promise.resolve(client.member)
  assert.equal(typeof noun, 'object')
})

test('what a frame cannot hold goes over HTTP, all else over the open socket', async () => {
  const { client, wires, heard, sent, timeline } = createBench(() => ({ status: 200, body: {} }))
  const wait = (durationMs: number) => timeline.runUntil(timeline.now() + durationMs)
  wires[0]?.open()
  await wait(100)
  const opened = {
    personId: id,
    epoch: id,
    isReset: true,
    person: { number: 0, id: null },
    memberships: [],
    pairings: [],
    coupons: [],
    onlineIds: [],
  }
  const empty = { conversations: [], personEvents: [], events: [], tooFar: [], marks: [] }
  wires[0]?.send({ id: heard[0]?.id, ok: { ...opened, ...empty } })
  await wait(100)
  assert.equal(client.status, 'open')
  const post = (text: string, count: number) => {
    const parts = Array.from({ length: count }, () => ({ type: 'text' as const, text }))
    return client.message.post({ organizationId: id, audienceId: id, id, parts })
  }
  const small = post('hello', 1)
  await wait(100)
  assert.deepEqual([heard.at(-1)?.do, sent.length], ['message.post', 0])
  wires[0]?.send({ id: heard.at(-1)?.id, ok: {} })
  await wait(100)
  await small
  await post('好'.repeat(10_000), 3)
  assert.deepEqual([heard.length, sent.length], [2, 1])
})
