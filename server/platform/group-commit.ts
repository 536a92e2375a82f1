import { setTimeout as delay } from 'node:timers/promises'
import { crc32 } from 'node:zlib'
import type { BatchDefinition, Item, Locked } from './command.ts'
import type { Clock } from './clock.ts'
import { Refusal } from './refusal.ts'
import { isLockTimeout, isUnavailable, type Database, type Tx } from './sql.ts'

/** Items of one transaction. Beyond some hundreds a batch only adds latency. */
const BATCH_MAX = 400
/** From one transaction's begin to the next: a batch of two costs nearly as much as one of twenty. */
const BATCH_EVERY_MS = 8
/** Items that wait, for one organization and for all. Past them the sender is told to try again. */
const WAITING_PER_SHARE_MAX = 10_000
const WAITING_MAX = 40_000
const RETRY_AFTER_MS = 1_000

type Waiting = Item<unknown> & {
  key: string
  share: string
  answer(output: unknown): void
  refuse(error: unknown): void
}
export type Lane = {
  submit(actorId: Item<unknown>['actorId'], input: unknown): Promise<unknown>
  /** Resolves when nothing waits any more. */
  drained(): Promise<void>
  readonly waitingCount: number
}

export type LaneOptions = {
  database: Database
  clock: Clock
  /** Told of every fault that is ours. */
  onFault(error: unknown): void
  /** Told of every transaction that was committed. */
  onBatch?(batch: { command: string; size: number; seconds: number }): void
}

/**
 * Two transactions of one command under way at once: while PostgreSQL works for one, this process works for the other.
 * What has the same key always takes the same lane, so that nothing overtakes and no lane waits for the other's locks.
 */
export function createLanes(definition: BatchDefinition, options: LaneOptions): Lane {
  const [even, odd] = [createLane(definition, options), createLane(definition, options)]
  return {
    submit: (actorId, input) => (crc32(definition.key(input)) % 2 === 0 ? even : odd).submit(actorId, input),
    drained: async () => void (await Promise.all([even.drained(), odd.drained()])),
    get waitingCount() {
      return even.waitingCount + odd.waitingCount
    },
  }
}

/**
 * Group commit: one transaction in flight, everything that arrives meanwhile is the next batch. What another
 * transaction holds moves aside, where it is waited for, and its later items with it, so that nothing overtakes.
 */
export function createLane(definition: BatchDefinition, options: LaneOptions): Lane {
  const { database, clock, onFault } = options
  const shares = new Map<string, Waiting[]>()
  const held: Waiting[] = []
  const heldKeys = new Map<string, number>()
  const idle: (() => void)[] = []
  let waitingCount = 0
  let isRunning = false
  let beganAt = -BATCH_EVERY_MS
  let isWaiting = false

  const submit: Lane['submit'] = (actorId, input) =>
    new Promise((answer, refuse) => {
      const share = definition.share(input)
      const queue = shares.get(share) ?? []
      if (queue.length >= WAITING_PER_SHARE_MAX || waitingCount >= WAITING_MAX) {
        refuse(new Refusal('server.busy', { retryAfterMs: RETRY_AFTER_MS }))
        return
      }
      queue.push({ actorId, input, key: definition.key(input), share, answer, refuse })
      shares.set(share, queue)
      waitingCount++
      if (!isRunning) void runFast()
    })

  async function runFast() {
    isRunning = true
    await Promise.resolve() // what arrives in the same turn belongs to the same batch
    while (shares.size > 0) {
      const pauseMs = beganAt + BATCH_EVERY_MS - performance.now()
      if (pauseMs > 1 && waitingCount < BATCH_MAX) await delay(pauseMs)
      beganAt = performance.now()
      const batch = takeFairly(shares, BATCH_MAX).filter((item) => !isHeld(item))
      if (batch.length > 0) await runBatch(batch, 'skip')
    }
    isRunning = false
    settle()
  }

  /** Nothing may overtake what waits for the same key. */
  function isHeld(item: Waiting): boolean {
    if (!heldKeys.has(item.key)) return false
    hold(item)
    return true
  }

  function hold(item: Waiting) {
    held.push(item)
    heldKeys.set(item.key, (heldKeys.get(item.key) ?? 0) + 1)
    if (!isWaiting) void runHeld()
  }

  async function runHeld() {
    isWaiting = true
    await Promise.resolve()
    while (held.length > 0) {
      const batch = held.splice(0, BATCH_MAX)
      await runBatch(batch, 'wait')
      for (const { key } of batch) release(key)
    }
    isWaiting = false
    settle()
  }

  function release(key: string) {
    const left = (heldKeys.get(key) ?? 1) - 1
    if (left > 0) heldKeys.set(key, left)
    else heldKeys.delete(key)
  }

  /** On a fault the batch is halved until the poisoned item stands alone. */
  async function runBatch(batch: readonly Waiting[], whenHeld: 'skip' | 'wait'): Promise<void> {
    const began = performance.now()
    try {
      const { done, busy, answers } = await database.transactionAfterReading((tx) =>
        attempt(definition, { tx, batch, whenHeld, now: clock() }),
      )
      const seconds = (performance.now() - began) / 1_000
      options.onBatch?.({ command: definition.name, size: done.length, seconds })
      waitingCount -= done.length
      done.forEach((item, index) => respond(item, answers[index]))
      busy.forEach(hold)
    } catch (error) {
      if (batch.length > 1 && !isUnavailable(error)) {
        const middle = batch.length >> 1
        await runBatch(batch.slice(0, middle), whenHeld)
        await runBatch(batch.slice(middle), whenHeld)
        return
      }
      waitingCount -= batch.length
      const refusal = explain(error)
      if (!(refusal instanceof Refusal)) onFault(error)
      for (const item of batch) item.refuse(refusal)
    }
  }

  function settle() {
    if (waitingCount === 0) for (const resolve of idle.splice(0)) resolve()
  }

  return {
    submit,
    drained: () => (waitingCount === 0 ? Promise.resolve() : new Promise((resolve) => void idle.push(resolve))),
    get waitingCount() {
      return waitingCount
    },
  }
}

type Attempt = { tx: Tx; batch: readonly Waiting[]; whenHeld: 'skip' | 'wait'; now: Date }

async function attempt(definition: BatchDefinition, { tx, batch, whenHeld, now }: Attempt) {
  const locked: Locked = await definition.lockBatch(tx, batch, whenHeld)
  const busy = locked.busy.size === 0 ? [] : batch.filter((item) => locked.busy.has(item.key))
  const done = locked.busy.size === 0 ? batch : batch.filter((item) => !locked.busy.has(item.key))
  if (done.length === 0) return { done, busy, answers: [] }
  const allowed = await definition.allowBatch(tx, done, locked)
  const admitted = done.filter((_, index) => allowed[index] === true)
  const outputs = admitted.length === 0 ? [] : await definition.runBatch(tx, admitted, locked, now)
  let next = 0
  const answers = allowed.map((answer) => {
    if (answer === true) return outputs[next++]
    return answer instanceof Refusal ? answer : new Refusal('access.refused')
  })
  return { done, busy, answers }
}

function respond(item: Waiting, answer: unknown) {
  if (answer instanceof Refusal) item.refuse(answer)
  else item.answer(answer)
}

function explain(error: unknown): unknown {
  if (isUnavailable(error)) return new Refusal('server.unavailable', { retryAfterMs: RETRY_AFTER_MS, cause: error })
  if (isLockTimeout(error)) return new Refusal('server.busy', { retryAfterMs: RETRY_AFTER_MS, cause: error })
  return error
}

/** One item of each organization in turn, until the batch is full. */
function takeFairly(shares: Map<string, Waiting[]>, max: number): Waiting[] {
  if (shares.size === 1) {
    for (const [share, queue] of shares) {
      if (queue.length > max) return queue.splice(0, max)
      shares.delete(share)
      return queue
    }
  }
  const counts = new Map<string, number>()
  let taken = 0
  for (let isFull = false; !isFull;) {
    isFull = true
    for (const [share, queue] of shares) {
      const count = counts.get(share) ?? 0
      if (taken >= max || count >= queue.length) continue
      counts.set(share, count + 1)
      taken++
      isFull = false
    }
  }
  return Array.from(counts).flatMap(([share, count]) => {
    const queue = shares.get(share) ?? []
    if (count >= queue.length) shares.delete(share)
    return queue.splice(0, count)
  })
}
