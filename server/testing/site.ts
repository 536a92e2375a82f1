import assert from 'node:assert/strict'
import { pino } from 'pino'
import type { ErrorBody } from '../../protocol/errors.ts'
import { authenticate } from '../features/identity/index.ts'
import type { Actor } from '../platform/command.ts'
import { createIdentify } from '../platform/caller.ts'
import { createExecutor, type Executor } from '../platform/execute.ts'
import type { Feature, Tools } from '../platform/feature.ts'
import { createHttp } from '../platform/http.ts'
import { startJobs } from '../platform/job-runner.ts'
import { createMetrics } from '../platform/metrics.ts'
import { startReactions } from '../platform/reaction-runner.ts'
import { createSeal } from '../platform/seal.ts'
import { publicUrl, serverSettings, trustProxy } from '../platform/server-settings.ts'
import { readSettings } from '../platform/settings.ts'
import type { Announcement } from '../platform/events.ts'
import { createFakeClock, type FakeClock } from './clock.ts'
import { openTestDatabase } from './database.ts'
import { openPostBox, type PostBox } from './post-box.ts'

export type Answer = { status: number; body: unknown; headers: Headers }
/** `token`: of a session; `source`: the address the request seems to come from. */
export type From = { token?: string; cookie?: string; source?: string; userAgent?: string }

/**
 * A server as people meet it: HTTP, jobs, reactions and a mail server, on a database of its own. Only the clock is
 * ours.
 */
export type Site = Tools & {
  url: string
  clock: FakeClock
  executor: Executor
  post: PostBox
  announced: Announcement[]
  terminal: Terminal
  operatorToken: string
  /** Whose session this is. */
  actorOf(token: string): Promise<Actor>
  ask(name: string, input: object, from?: From): Promise<Answer>
  /** The answer of a command that must go well. */
  act<T = unknown>(name: string, input: object, from?: From): Promise<T>
  /** The refusal of a command that must not. */
  refuse(name: string, input: object, from?: From): Promise<ErrorBody & { status: number }>
  [Symbol.asyncDispose](): Promise<void>
}

/** What was shown there of codes. `next` waits for a line that holds the text. */
export type Terminal = { lines: string[]; next(text: string): Promise<string> }

const operatorToken = 'the-operator-of-this-test'

export async function openSite(
  features: readonly Feature[],
  options: { isMailSet?: boolean; home?: string; environment?: Readonly<Record<string, string>> } = {},
): Promise<Site> {
  await using stack = new AsyncDisposableStack()
  const opened = stack.use(await openTestDatabase())
  const post = stack.use(await openPostBox())
  const terminal = stack.use(captureTerminal())
  const { database } = opened
  const clock = createFakeClock()
  const declared = [...serverSettings, ...features.flatMap((feature) => feature.settings ?? [])]
  const mail = options.isMailSet === false ? {} : { SMTP_URL: post.url }
  const settings = readSettings(declared, {
    ...mail,
    PUBLIC_URL: options.home ?? 'https://talk.example.com',
    TRUST_PROXY: '127.0.0.1',
    ...options.environment,
  })
  const log = pino({ level: process.env['LOG'] ?? 'silent' })
  const tools: Tools = { database, clock, settings, seal: createSeal(new Uint8Array(32).fill(7)), log }
  const definitions = features.flatMap((feature) => feature.definitions)
  const faults: unknown[] = []
  const executor = createExecutor({ ...tools, definitions, onFault: (fault) => faults.push(fault) })
  const announced: Announcement[] = []
  database.onCommitted((announcements) => void announced.push(...announcements))
  const home = settings.get(publicUrl)
  const metrics = createMetrics()
  const identify = createIdentify({
    authenticate: (token, source) => authenticate(database, token, { source, now: clock() }),
    operatorToken,
    publicUrl: home,
    trustedProxies: settings.get(trustProxy),
  })
  const http = await createHttp({
    executor,
    identify,
    log,
    metrics,
    publicUrl: home,
    webFolder: import.meta.dirname,
    isDraining: () => false,
    addRoutes: async (server) => {
      for (const feature of features) await feature.addRoutes?.(server, { ...tools, identify, metrics })
    },
  })
  stack.defer(() => http.close())
  const jobs = await startJobs(
    opened.url,
    features.flatMap((feature) => feature.jobs ?? []),
    tools,
  )
  stack.defer(() => jobs.stop())
  const reactions = startReactions(
    features.flatMap((feature) => feature.reactions ?? []),
    tools,
  )
  stack.defer(() => reactions.stop())
  const url = await http.listen({ port: 0, host: '127.0.0.1' })
  const closing = stack.move()
  const ask = createAsk(url, executor)
  return {
    ...tools,
    url,
    clock,
    executor,
    post,
    announced,
    terminal,
    operatorToken,
    actorOf: async (token) =>
      (await authenticate(database, token, { source: '198.51.100.1', now: clock() })) ?? { kind: 'nobody' },
    ask,
    async act<T>(name: string, input: object, from?: From) {
      const { status, body } = await ask(name, input, from)
      assert.equal(status, 200, `${name}: ${JSON.stringify(body)}`)
      assert.deepEqual(executor.find(name)?.output.parse(body), body, `${name} answers more than the contract says`)
      return body as T
    },
    async refuse(name, input, from) {
      const { status, body } = await ask(name, input, from)
      assert.notEqual(status, 200, `${name} was not refused`)
      return { ...(body as ErrorBody), status }
    },
    async [Symbol.asyncDispose]() {
      await closing.disposeAsync()
      assert.deepEqual(faults, [])
    },
  }
}

function createAsk(url: string, executor: Executor) {
  return async (name: string, input: object, { token, cookie, source, userAgent = '' }: From = {}): Promise<Answer> => {
    const headers = new Headers({
      'x-forwarded-for': source ?? '198.51.100.1',
      'sec-fetch-site': 'same-origin',
      'user-agent': userAgent,
    })
    if (token) headers.set('authorization', `Bearer ${token}`)
    if (cookie) headers.set('cookie', cookie)
    const isQuery = executor.find(name)?.kind === 'query'
    if (!isQuery) headers.set('content-type', 'application/json')
    const response = await fetch(`${url}/v1/${name}${isQuery ? `?${searchOf(input)}` : ''}`, {
      method: isQuery ? 'GET' : 'POST',
      headers,
      ...(isQuery ? {} : { body: JSON.stringify(input) }),
    })
    return { status: response.status, body: await response.json(), headers: response.headers }
  }
}

function searchOf(input: object): URLSearchParams {
  const pairs = Object.entries(input).flatMap(([name, value]) => [value].flat().map((one) => [name, String(one)]))
  return new URLSearchParams(pairs)
}

const isOurs = (chunk: unknown): chunk is string => typeof chunk === 'string' && /^(Code|Invitation) /.test(chunk)

/** Takes what is said about codes, and leaves the rest to the test runner. */
function captureTerminal(): Terminal & Disposable {
  const lines: string[] = []
  const waiting = new Set<() => void>()
  const write = process.stdout.write
  process.stdout.write = ((...all: Parameters<typeof write>) => {
    const [chunk] = all
    if (!isOurs(chunk)) return write.apply(process.stdout, all)
    lines.push(...chunk.trimEnd().split('\n'))
    for (const look of waiting) look()
    return true
  }) as typeof write
  const next = (text: string) =>
    new Promise<string>((resolve) => {
      const look = () => {
        const index = lines.findIndex((line) => line.includes(text))
        if (index === -1) return
        waiting.delete(look)
        resolve(String(lines.splice(index, 1)[0]))
      }
      waiting.add(look)
      look()
    })
  return { lines, next, [Symbol.dispose]: () => void (process.stdout.write = write) }
}
