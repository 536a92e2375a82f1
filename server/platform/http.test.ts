import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import * as fc from 'fast-check'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { z } from 'zod'
import { openTestDatabase, type TestDatabase } from '../testing/database.ts'
import { addApiPages } from './api-pages.ts'
import { createIdentify, SESSION_COOKIE } from './caller.ts'
import { systemClock } from './clock.ts'
import { command, query, type Actor, type Context } from './command.ts'
import { createExecutor } from './execute.ts'
import { createHttp } from './http.ts'
import { createMetrics } from './metrics.ts'
import { addProbes } from './probes.ts'
import { Refusal } from './refusal.ts'
import { createSeal } from './seal.ts'
import { trustProxy } from './server-settings.ts'
import { readSettings } from './settings.ts'

const input = z.strictObject({
  text: z.string().max(20),
  count: z.int().default(1),
  isLoud: z.boolean().optional(),
  tags: z.array(z.string()).max(3).default([]),
  parent: z.uuid().nullable().default(null),
})
const output = z.object({ input: z.unknown(), actor: z.unknown(), source: z.string() })
const echo = async ({ actor, source }: Context, given: unknown) => ({ input: given, actor, source })
const definitions = [
  command({ name: 'word.say', summary: 'Says it back.', input, output, allow: () => true, run: echo }),
  query({ name: 'word.get', summary: 'Tells it back.', input, output, allow: () => true, run: echo }),
  command({
    name: 'word.shout',
    summary: 'Takes a lot.',
    input,
    output,
    bodyBytes: 3_000_000,
    allow: () => true,
    run: echo,
  }),
  command({
    name: 'word.refuse',
    summary: 'Refuses.',
    input: z.strictObject({}),
    output,
    allow: () => false,
    run: never,
  }),
  command({
    name: 'word.break',
    summary: 'Breaks.',
    input: z.strictObject({}),
    output,
    allow: () => true,
    run: () => Promise.reject(new Error('a secret of ours')),
  }),
  command({
    name: 'word.keep',
    summary: 'Sets a cookie.',
    input: z.strictObject({ isKept: z.boolean() }),
    output: z.object({}),
    allow: () => true,
    run: async ({ setCookie }, { isKept }) => {
      setCookie('fresh')
      if (!isKept) throw new Refusal('server.busy', { retryAfterMs: 1_500 })
      return {}
    },
  }),
]
const person: Actor = z.custom<Actor>().parse({
  kind: 'person',
  personId: '01970000-0000-7000-8000-000000000001',
  deviceId: '01970000-0000-7000-8000-000000000002',
})

let opened: TestDatabase
let server: FastifyInstance
let url: string
let isDraining = false
const draining = () => isDraining
const folder = mkdtempSync(join(tmpdir(), 'shoptalk-web-'))
const logged: string[] = []

before(async () => {
  opened = await openTestDatabase()
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'index.html'), '<title>the app</title>')
  writeFileSync(join(folder, 'assets/app-1a2b3c.js'), 'app()')
  const log = pino({ level: 'debug' }, { write: (line: string) => void logged.push(line) })
  const settings = readSettings([trustProxy], { TRUST_PROXY: '127.0.0.1' })
  const seal = createSeal(new Uint8Array(32))
  const { database } = opened
  const executor = createExecutor({ database, definitions, clock: systemClock, settings, seal, onFault: () => {} })
  const identify = createIdentify({
    authenticate: async (token) => (token === 'good' ? person : undefined),
    operatorToken: 'the-operator',
    publicUrl: 'https://talk.example.com',
    trustedProxies: settings.get(trustProxy),
  })
  const metrics = createMetrics()
  const publicUrl = 'https://talk.example.com'
  server = await createHttp({ executor, identify, log, metrics, publicUrl, webFolder: folder, isDraining: draining })
  addProbes(server, { database, metrics, operatorToken: 'the-operator', isDraining: draining })
  await addApiPages(server, definitions, '1.2.3')
  url = await server.listen({ port: 0, host: '127.0.0.1' })
})
after(async () => {
  await server.close()
  await opened[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

async function never(): Promise<z.infer<typeof output>> {
  throw new Error('must not run')
}

const post = (name: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${url}/v1/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' || body instanceof Uint8Array ? Buffer.from(body) : JSON.stringify(body),
  })

async function refusal(response: Response) {
  const body = z
    .looseObject({ code: z.string(), path: z.string().optional(), requestId: z.string() })
    .parse(await response.json())
  assert.equal(body.requestId, response.headers.get('x-request-id'))
  return { status: response.status, code: body.code, ...(body.path === undefined ? {} : { path: body.path }) }
}

const invalid = (path: string) => ({ status: 400, code: 'input.invalid', path })
const actorOf = async (headers: Record<string, string>) =>
  (await answerOf(await post('word.say', { text: 'a' }, headers))).actor
const statusFor = async (headers: Record<string, string>) => (await post('word.say', { text: 'a' }, headers)).status
const sourceFor = async (forwarded: string) =>
  (await answerOf(await post('word.say', { text: 'a' }, { 'x-forwarded-for': forwarded }))).source

const answerOf = async (response: Response) => {
  assert.equal(response.status, 200)
  return output.parse(await response.json())
}

test('a command takes a JSON body, and a query the same fields from its address', async () => {
  const wanted = { text: 'hi', count: 3, isLoud: true, tags: ['a', 'b', 'c'], parent: null }
  assert.deepEqual((await answerOf(await post('word.say', wanted))).input, wanted)
  const asked = await fetch(`${url}/v1/word.get?text=hi&count=3&isLoud=true&tags=a,b&tags=c&parent=null`)
  assert.deepEqual((await answerOf(asked)).input, wanted)
  assert.equal(asked.headers.get('cache-control'), 'no-store')
  const few = await fetch(`${url}/v1/word.get?text=12`)
  assert.deepEqual((await answerOf(few)).input, { text: '12', count: 1, tags: [], parent: null })
})

test('what does not fit is refused with a code and the path of the fault', async () => {
  assert.deepEqual(await refusal(await post('word.say', { text: 1 })), invalid('text'))
  assert.deepEqual(await refusal(await post('word.say', { text: 'a', tags: ['a', 2] })), invalid('tags.1'))
  assert.deepEqual(await refusal(await post('word.say', { text: 'a', extra: 1 })), invalid('extra'))
  assert.deepEqual(
    await refusal(await post('word.say', '{"text":"a","__proto__":{"isLoud":true}}')),
    invalid('__proto__'),
  )
  assert.deepEqual(await refusal(await fetch(`${url}/v1/word.get?text=a&text=b`)), invalid('text'))
  assert.deepEqual(await refusal(await fetch(`${url}/v1/word.get?text=a&count=many`)), invalid('count'))
  assert.deepEqual(await refusal(await fetch(`${url}/v1/word.get?text=a&__proto__=b`)), invalid('__proto__'))
  const { code, status } = await refusal(await post('word.say', `${'['.repeat(100_000)}${']'.repeat(100_000)}`))
  assert.deepEqual({ code, status }, { code: 'input.invalid', status: 400 })
})

test('what is not JSON, or not a command, or sent the wrong way is refused', async () => {
  const notJson = { status: 400, code: 'input.not-json' }
  for (const body of ['{', 'hello', '{"text":undefined}', new Uint8Array([0x22, 0xff, 0x22])])
    assert.deepEqual(await refusal(await post('word.say', body)), notJson)
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'nonsense'])
    assert.deepEqual(await refusal(await post('word.say', { text: 'a' }, { 'content-type': type })), notJson)
  assert.deepEqual(await refusal(await post('word.sing', {})), {
    status: 404,
    code: 'command.unknown',
    path: 'word.sing',
  })
  assert.deepEqual(await refusal(await fetch(`${url}/v1/word.say`)), { status: 405, code: 'command.wrong-method' })
  const put = await fetch(`${url}/v1/word.get`, {
    method: 'PUT',
    body: '{}',
    headers: { 'content-type': 'application/json' },
  })
  assert.equal(put.headers.get('allow'), 'GET')
  assert.deepEqual(await refusal(put), { status: 405, code: 'command.wrong-method' })
  assert.deepEqual((await refusal(await fetch(`${url}/v1/%ff`))).status, 400)
  assert.deepEqual((await refusal(await fetch(`${url}/v1/a/b`))).status, 404)
})

test('a body may be as large as its command says, and no larger', async () => {
  const large = { text: 'a', tags: ['x'.repeat(1_100_000)] }
  assert.deepEqual(await refusal(await post('word.say', large)), { status: 413, code: 'input.too-large' })
  assert.deepEqual((await answerOf(await post('word.shout', large))).source, '127.0.0.1')
  assert.deepEqual(await refusal(await post('word.shout', 'x'.repeat(3_100_000))), {
    status: 413,
    code: 'input.too-large',
  })
})

test('what is not HTTP is answered as far as possible, and the server goes on', async () => {
  for (const noise of [
    '\u0000\u0001\u0002\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
    `GET / HTTP/1.1\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`,
  ]) {
    const answer = await say(noise)
    assert.match(answer, /^HTTP\/1\.1 4\d\d /)
    assert.match(answer, /"code":"input\.invalid"/)
  }
  assert.equal((await fetch(`${url}/healthz`)).status, 200)
})

function say(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(text))
    let heard = ''
    socket.on('data', (chunk) => (heard += chunk.toString()))
    socket.on('end', () => resolve(heard))
    socket.on('error', reject)
  })
}

test('a fault of ours is told as such, without its reasons, and logged with the request’s id', async () => {
  const response = await post('word.break', {})
  const text = await response.clone().text()
  assert.doesNotMatch(text, /secret/)
  assert.deepEqual(await refusal(response), { status: 500, code: 'server.fault' })
  const id = response.headers.get('x-request-id') ?? ''
  assert.ok(logged.some((line) => line.includes(id) && line.includes('a secret of ours')))
})

test('a session comes by header or by cookie; a wrong header is refused, a wrong cookie is nobody', async () => {
  const cookie = { cookie: `a=b; ${SESSION_COOKIE}=good`, origin: 'https://talk.example.com' }
  assert.deepEqual(await actorOf({ authorization: 'Bearer good' }), person)
  assert.deepEqual(await actorOf(cookie), person)
  assert.deepEqual(await actorOf({ authorization: 'Bearer the-operator' }), { kind: 'operator' })
  assert.deepEqual(await actorOf({}), { kind: 'nobody' })
  assert.deepEqual(await actorOf({ ...cookie, cookie: `${SESSION_COOKIE}=bad` }), { kind: 'nobody' })
  for (const authorization of ['Bearer bad', 'Basic Z29vZDo=', 'Bearer '])
    assert.equal((await refusal(await post('word.say', { text: 'a' }, { authorization }))).code, 'session.required')
})

test('what a browser sends with its cookie from another site’s page is refused', async () => {
  const cookie = `${SESSION_COOKIE}=good`
  assert.equal(await statusFor({ cookie }), 403)
  assert.equal(await statusFor({ cookie, origin: 'https://evil.example' }), 403)
  assert.equal(await statusFor({ cookie, origin: 'null' }), 403)
  assert.equal(await statusFor({ cookie, 'sec-fetch-site': 'cross-site' }), 403)
  assert.equal(await statusFor({ origin: 'https://evil.example' }), 403)
  assert.equal(await statusFor({ cookie, origin: new URL(url).origin }), 200)
  assert.equal(await statusFor({ cookie, 'sec-fetch-site': 'same-origin' }), 200)
  assert.equal(await statusFor({ authorization: 'Bearer good', origin: 'https://elsewhere.example' }), 200)
})

test('the session cookie is out of reach for scripts and other sites, and is set only when the command succeeds', async () => {
  const kept = await post('word.keep', { isKept: true })
  assert.match(
    kept.headers.get('set-cookie') ?? '',
    /^shoptalk_session=fresh; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  )
  const refused = await post('word.keep', { isKept: false })
  assert.equal(refused.headers.get('set-cookie'), null)
  assert.equal(refused.headers.get('retry-after'), '2')
})

test('only a trusted proxy says for whom it asks', async () => {
  assert.equal(await sourceFor('203.0.113.9'), '203.0.113.9')
  assert.equal(await sourceFor('198.51.100.1, 203.0.113.9'), '203.0.113.9')
  assert.equal(await sourceFor('nonsense'), '127.0.0.1')
})

test('every answer carries the headers that keep browsers strict', async () => {
  for (const path of ['/', '/v1/word.get?text=a', '/v1/nothing', '/docs/api/']) {
    const { headers } = await fetch(url + path)
    assert.match(headers.get('content-security-policy') ?? '', /default-src 'self'.*frame-ancestors 'none'/)
    assert.doesNotMatch(headers.get('content-security-policy') ?? '', /script-src[^;]*'unsafe/)
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
    assert.equal(headers.get('referrer-policy'), 'no-referrer')
    assert.match(headers.get('strict-transport-security') ?? '', /max-age/)
  }
})

test('the web app is served at every address of its own; what is named by its content is kept for ever', async () => {
  for (const path of ['/', '/conversations/01970000', '/setup']) {
    const page = await fetch(url + path)
    assert.equal(page.headers.get('cache-control'), 'no-cache')
    assert.equal(await page.text(), '<title>the app</title>')
  }
  const asset = await fetch(`${url}/assets/app-1a2b3c.js`)
  assert.match(asset.headers.get('cache-control') ?? '', /immutable/)
  assert.equal((await refusal(await fetch(`${url}/assets/gone.js`))).status, 404)
  for (const path of ['/v1/word.gone', '/scim/v2/Gone', '/qr/gone', '/docs/gone'])
    assert.equal((await refusal(await fetch(url + path))).status, 404, path)
  assert.equal((await refusal(await fetch(`${url}/..%2f..%2fetc/passwd.txt`))).status, 404)
})

test('a worker that keeps the app is asked for each time; a server that has none lets browsers forget theirs', async () => {
  const ask = () => fetch(`${url}/sw.js`)
  const leaving = await ask()
  assert.deepEqual([leaving.status, leaving.headers.get('cache-control')], [200, 'no-cache'])
  assert.match(leaving.headers.get('content-type') ?? '', /^text\/javascript/)
  assert.match(await leaving.text(), /caches\.delete.*registration\.unregister\(\)/s)
  for (const [file, type] of [
    ['sw.js', /^(text|application)\/javascript/],
    ['manifest.webmanifest', /^application\/manifest\+json/],
  ] as const) {
    writeFileSync(join(folder, file), '{}')
    const answer = await fetch(`${url}/${file}`)
    assert.equal(await answer.text(), '{}')
    assert.equal(answer.headers.get('cache-control'), 'no-cache')
    assert.match(answer.headers.get('content-type') ?? '', type)
  }
})

test('probes tell whether it lives and is ready; the metrics are not for everybody', async () => {
  assert.equal((await fetch(`${url}/healthz`)).status, 200)
  assert.equal((await fetch(`${url}/readyz`)).status, 200)
  const forwarded = { 'x-forwarded-for': '203.0.113.9' }
  assert.equal((await fetch(`${url}/metrics`, { headers: forwarded })).status, 403)
  const asOperator = { ...forwarded, authorization: 'Bearer the-operator' }
  assert.equal((await fetch(`${url}/metrics`, { headers: asOperator })).status, 200)
  const text = await (await fetch(`${url}/metrics`)).text()
  assert.match(text, /shoptalk_request_seconds_count\{transport="http",command="word\.say",outcome="ok"\} \d/)
  assert.match(text, /nodejs_eventloop_lag_seconds/)
})

test('a server that is being stopped refuses commands and says so to the probes', async () => {
  isDraining = true
  try {
    assert.deepEqual(await refusal(await post('word.say', { text: 'a' })), { status: 503, code: 'server.draining' })
    assert.equal((await fetch(`${url}/readyz`)).status, 503)
    assert.equal((await fetch(`${url}/healthz`)).status, 200)
  } finally {
    isDraining = false
  }
})

test('the API is described in OpenAPI 3.1, with a page to read it', async () => {
  const described = z
    .looseObject({ openapi: z.literal('3.1.0'), paths: z.record(z.string(), z.record(z.string(), z.looseObject({}))) })
    .parse(await (await fetch(`${url}/openapi.json`)).json())
  assert.deepEqual(Object.keys(described.paths['/v1/word.say'] ?? {}), ['post'])
  assert.deepEqual(Object.keys(described.paths['/v1/word.get'] ?? {}), ['get'])
  const page = await (await fetch(`${url}/docs/api`)).text()
  const scripts = Array.from(page.matchAll(/<script[^>]*>/g), String)
  assert.ok(scripts.length > 0 && scripts.every((script) => script.includes('src="/docs/api/static/')))
  assert.equal((await fetch(`${url}/docs/api/static/swagger-ui-bundle.js`)).status, 200)
  assert.deepEqual(await (await fetch(`${url}/docs/api/json`)).json(), described)
})

test('whatever JSON is sent to whatever command, the answer is never a fault of ours', async () => {
  const names = definitions.map(({ name }) => name).filter((name) => name !== 'word.break')
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...names),
      fc.jsonValue(),
      fc.webQueryParameters(),
      async (name, value, search) => {
        const sent = await post(name, value)
        assert.ok(sent.status < 500, `${name} ${JSON.stringify(value)}`)
        const asked = await fetch(`${url}/v1/${name}?${search}`)
        assert.ok(asked.status < 500, `${name}?${search}`)
      },
    ),
    { numRuns: 200 },
  )
})
