import { randomBytes } from 'node:crypto'
import type { z } from 'zod'
import type { Actor, BatchDefinition, Context, Definition, OneDefinition } from './command.ts'
import { createLanes, type Lane, type LaneOptions } from './group-commit.ts'
import { inputWords } from './input-words.ts'
import { Refusal } from './refusal.ts'
import type { Seal } from './seal.ts'
import type { Settings } from './settings.ts'
import { isLockTimeout, isUnavailable, type Tx } from './sql.ts'

export type Caller = {
  actor: Actor
  /** IP address. */
  source: string
  userAgent?: string
  transport: 'http' | 'websocket'
  /** Under which the request stands in the server's log; made where there is none. */
  requestId?: string
  browser?: string | undefined
  setCookie?(token: string | null): void
  setBrowser?(token: string): void
}
export type Executor = {
  /** The one way through: schema, transaction, lock, `allow`, rules, SQL, commit. Refusals are thrown. */
  execute(name: string, input: unknown, caller: Caller): Promise<unknown>
  find(name: string): Definition | undefined
  readonly definitions: readonly Definition[]
  /** Resolves when no batch waits any more. */
  drained(): Promise<void>
  readonly waitingCount: number
}
export type ExecutorOptions = LaneOptions & {
  definitions: readonly Definition[]
  settings: Settings
  seal: Seal
}

export function createExecutor(options: ExecutorOptions): Executor {
  const { database, definitions } = options
  const byName = new Map(definitions.map((definition) => [definition.name, definition]))
  const lanes = new Map<string, Lane>(
    definitions.filter(isBatch).map((definition) => [definition.name, createLanes(definition, options)]),
  )

  async function execute(name: string, input: unknown, caller: Caller): Promise<unknown> {
    const definition = byName.get(name)
    if (!definition) throw new Refusal('command.unknown', { path: name.slice(0, 100) })
    if (definition.over && definition.over !== caller.transport)
      throw new Refusal(`command.over-${definition.over}-only`)
    const checked = check(definition.input, input)
    if (isBatch(definition)) return submit(lanes.get(name), checked, caller)
    return runOne(definition, checked, caller)
  }

  async function runOne(definition: OneDefinition, input: unknown, caller: Caller) {
    const work = (tx: Tx) => carryOut(definition, input, contextOf({ tx, caller, command: definition.name }, options))
    try {
      const answer = await (definition.kind === 'query' ? database.snapshot(work) : database.transaction(work))
      if (answer instanceof Refusal) throw answer
      return answer
    } catch (error) {
      if (isUnavailable(error)) throw new Refusal('server.unavailable', { retryAfterMs: RETRY_AFTER_MS, cause: error })
      if (isLockTimeout(error)) throw new Refusal('server.busy', { retryAfterMs: RETRY_AFTER_MS, cause: error })
      throw error
    }
  }

  const all = () => Array.from(lanes.values())
  return {
    execute,
    definitions,
    find: (name) => byName.get(name),
    drained: async () => void (await Promise.all(all().map((lane) => lane.drained()))),
    get waitingCount() {
      return all().reduce((sum, lane) => sum + lane.waitingCount, 0)
    },
  }
}

const RETRY_AFTER_MS = 1_000
const isBatch = (definition: Definition): definition is BatchDefinition => definition.kind === 'batch'

function submit(lane: Lane | undefined, input: unknown, { actor }: Caller): Promise<unknown> {
  if (actor.kind !== 'person') throw new Refusal('session.required')
  if (!lane) throw new Refusal('command.unknown')
  return lane.submit(actor.personId, input)
}

async function carryOut(definition: OneDefinition, input: unknown, ctx: Context) {
  const locked = await definition.lock?.(ctx, input)
  const allowed = await definition.allow(ctx, input, locked)
  if (allowed !== true) throw allowed === false ? new Refusal('access.refused') : allowed
  return definition.run(ctx, input, locked)
}

type Asked = { tx: Tx; caller: Caller; command: string }

function contextOf({ tx, caller, command }: Asked, { clock, settings, seal }: ExecutorOptions): Context {
  const { actor, source, userAgent = '', browser } = caller
  const setBrowser = (token: string) => caller.setBrowser?.(token)
  const setCookie = (token: string | null) => caller.setCookie?.(token)
  const request = { command, id: caller.requestId ?? randomBytes(REQUEST_ID_BYTES).toString('base64url') }
  const cookies = { browser, setBrowser, setCookie }
  return { tx, actor, now: clock(), settings, seal, source, userAgent, request, ...cookies }
}
const REQUEST_ID_BYTES = 9

/** Names the first fault and the path to it. */
function check(schema: z.ZodType, input: unknown): unknown {
  const result = schema.safeParse(input, { error: inputWords })
  if (result.success) return result.data
  const [issue] = result.error.issues
  if (!issue) throw new Refusal('input.invalid')
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : []
  const path = [...issue.path, ...unknown].join('.').slice(0, 200)
  throw new Refusal('input.invalid', { message: issue.message.slice(0, 300), path })
}
