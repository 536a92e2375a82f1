import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { pino } from 'pino'
import type { OpenedSync } from '../../protocol/delivery.ts'
import type { ErrorCode } from '../../protocol/errors.ts'
import { reduce, reduceAll } from '../../sdk/reducer.ts'
import { emptyState, type Input, type State } from '../../sdk/state.ts'
import { viewOf, viewOfSnapshot } from '../../sdk/view.ts'
import { sourcesOf } from '../features/conversations/index.ts'
import { Delivery } from '../features/delivery/index.ts'
import type { Actor } from '../platform/command.ts'
import { createExecutor, type Executor } from '../platform/execute.ts'
import type { Feature } from '../platform/feature.ts'
import { Refusal } from '../platform/refusal.ts'
import { createSeal } from '../platform/seal.ts'
import { readSettings } from '../platform/settings.ts'
import { serverSettings } from '../platform/server-settings.ts'
import type { Database } from '../platform/sql.ts'
import type { Connection } from '../platform/websocket.ts'
import { makeCast, names, type Cast, type Name } from './cast.ts'
import { createFakeClock, type FakeClock } from './clock.ts'
import { openTestDatabase } from './database.ts'
import { textsIn } from './frames.ts'
import { openWire } from './wire.ts'

/** What a role heard: every frame as it would have gone over the wire. */
export type Ears = { frames: string[]; connection: Connection; state: State }
export type World = {
  database: Database
  executor: Executor
  delivery: Delivery
  clock: FakeClock
  cast: Cast
  ears: Record<Name, Ears>
  /** Carries out a command for one of the cast, over their WebSocket, without any checks. */
  ask(name: Name, command: string, input: object): Promise<unknown>
  /** The same for whoever is none of them. */
  askAs(actor: Actor, command: string, input: object): Promise<unknown>
  /**
   * Carries out a command, and then checks for every role: what they knew before, with the frames they got, is what a
   * fresh snapshot says. The answer is checked against the contract.
   */
  act<T = unknown>(name: Name, command: string, input: object): Promise<T>
  /** Carries out a command that must be refused with this code, and must change nothing for anybody. */
  refuse(name: Name, command: string, input: object, code: ErrorCode): Promise<Refusal>
  [Symbol.asyncDispose](): Promise<void>
}

export async function openWorld(features: readonly Feature[]): Promise<World> {
  const test = await openTestDatabase()
  const { database } = test
  const clock = createFakeClock()
  const settings = readSettings([...serverSettings, ...features.flatMap((feature) => feature.settings ?? [])], {})
  const definitions = features.flatMap((feature) => feature.definitions)
  const faults: unknown[] = []
  const executor = createExecutor({
    database,
    definitions,
    clock,
    settings,
    seal: createSeal(randomBytes(32)),
    onFault: (fault) => faults.push(fault),
  })
  // On a machine that is busy for seconds delivery would wait, and tell later: here it always tells at once.
  const startMs = clock().getTime()
  const delivery = new Delivery({ sources: sourcesOf(database), log: pino({ level: 'silent' }), now: () => startMs })
  database.onCommitted((announcements) => delivery.receive(announcements))
  const cast = await makeCast(database)
  const ears = Object.fromEntries(names.map((name) => [name, earsOf(cast, name)])) as World['ears']

  const wire = await openWire(executor)
  const ask = (name: Name, command: string, input: object) => wire.ask(cast[name].actor, command, input)
  const snapshot = async (name: Name) => {
    const asking = { actor: cast[name].actor, source: '127.0.0.1', transport: 'websocket' } as const
    return (await executor.execute('sync.open', {}, asking)) as OpenedSync
  }

  async function listen(name: Name) {
    const run = () => snapshot(name)
    await delivery.handle(ears[name].connection, { name: 'sync.open', input: {} }, run, (opened) => {
      ears[name].state = reduce(emptyState, { kind: 'opened', opened: opened as OpenedSync }).state
    })
  }
  for (const name of names) await listen(name)

  async function checkEverybody(what: string) {
    await delivery.settled()
    for (const name of names) {
      const mine = ears[name]
      const inputs = mine.frames.splice(0).map(inputOf)
      mine.state = settle(mine.state, inputs)
      assert.deepEqual(
        viewOf(mine.state),
        viewOfSnapshot(await snapshot(name)),
        `after ${what} ${name} does not know what is so`,
      )
    }
  }

  return {
    database,
    executor,
    delivery,
    clock,
    cast,
    ears,
    ask,
    askAs: wire.ask,
    async act<T>(name: Name, command: string, input: object) {
      const output = await ask(name, command, input)
      const parsed = executor.find(command)?.output.parse(output)
      assert.deepEqual(parsed, output, `the answer of ${command} holds more than the contract says`)
      await checkEverybody(command)
      assert.deepEqual(faults, [])
      return output as T
    },
    async refuse(name, command, input, code) {
      const before = await Promise.all(names.map(snapshot))
      const refusal = await ask(name, command, input).then(
        () => assert.fail(`${command} by ${name} was not refused`),
        (error: unknown) => error,
      )
      assert.ok(refusal instanceof Refusal, String(refusal))
      assert.equal(refusal.code, code)
      assert.deepEqual(await Promise.all(names.map(snapshot)), before)
      return refusal
    },
    async [Symbol.asyncDispose]() {
      delivery.stop()
      await wire[Symbol.asyncDispose]()
      await test[Symbol.asyncDispose]()
    },
  }
}

/** Frames may overtake each other between logs; inside one log the reducer wants them in order. */
function settle(before: State, inputs: readonly Input[]): State {
  const { state, needs } = reduceAll(before, inputs)
  const again = needs.length > 0 ? reduceAll(state, inputs) : { state, needs: [] }
  assert.deepEqual(again.needs, [], 'something is missing in what was heard')
  return again.state
}

function inputOf(frame: string): Input {
  const body = JSON.parse(frame)
  return 'state' in body ? { kind: 'state', frame: body, nowMs: 0 } : { kind: 'event', event: body }
}

/** A connection that keeps what it is sent. */
function earsOf(cast: Cast, name: Name): Ears {
  const frames: string[] = []
  const connection: Connection = {
    actor: cast[name].actor,
    backlog: 0,
    heardAt: Number.MAX_SAFE_INTEGER,
    send: (bytes) => void frames.push(...textsIn(bytes)),
    ping: () => undefined,
    close: () => undefined,
    terminate: () => undefined,
  }
  return { frames, connection, state: emptyState }
}
