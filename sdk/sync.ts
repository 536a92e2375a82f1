import type { AudienceEvent, PersonEvent } from '../protocol/delivery.ts'
import type { Clock } from './clock.ts'
import type { Ask, InputOf } from './commands.ts'
import type { Frame } from './connection.ts'
import { createGaps } from './gaps.ts'
import { createMender } from './mender.ts'
import type { Store } from './store.ts'
import type { Input, State } from './state.ts'

/** Keeps the state in step with the server's logs. */
export type Sync = {
  /** Says where this client stands and takes in what has happened since. */
  greet(): Promise<void>
  onFrame(frame: Frame): void
  /** Applies an input of the client's own, and mends what it shows to be missing. */
  take(input: Input): void
  onLost(): void
}

type LogEvent = AudienceEvent | PersonEvent
type SyncOptions = {
  store: Store
  clock: Clock
  ask: Ask
  onOpened(): void
  onArrived(event: LogEvent): void
  onFault(error: unknown): void
}

/** Frames that may come while the answer to the greeting is awaited; later ones are found missing afterwards. */
const EARLY_MAX = 10_000
/** A position has about 130 bytes, a frame `limits.frameBytes`. */
const POSITIONS_PER_FRAME = 400

export function createSync({ store, clock, ask, onOpened, onArrived, onFault }: SyncOptions): Sync {
  const gaps = createGaps()
  const early: Frame[] = []
  let greetings = 0

  async function greet(from: 'here' | 'nothing') {
    greetings++
    try {
      for (const position of from === 'here' ? positionsOf(store.state) : [{}]) {
        const opened = await ask('sync.open', position)
        take({ kind: 'opened', opened })
        if (opened.isReset) break
      }
      onOpened()
    } finally {
      greetings--
      if (greetings === 0) early.splice(0).forEach(apply)
    }
  }

  const mender = createMender({ store, clock, ask, take, greet, onFault })

  function apply(frame: Frame) {
    if ('state' in frame) take({ kind: 'state', frame, nowMs: clock.now() })
    else takeEvent(frame)
  }

  function takeEvent(event: LogEvent) {
    const before = store.state
    const needs = store.apply({ kind: 'event', event })
    mender.mend(needs)
    if (store.state !== before) {
      onArrived(event)
      takeHeld(event)
    } else if (needs.length > 0) gaps.hold(event)
  }

  /** Those that have waited for an event which is applied now. */
  function takeHeld(event: LogEvent) {
    const next = gaps.next(event, store.state)
    if (next) takeEvent(next)
  }

  function take(input: Input) {
    if (input.kind === 'event') return takeEvent(input.event)
    mender.mend(store.apply(input))
    if (input.kind === 'acknowledged') takeHeld({ name: 'message.posted', message: input.message })
  }

  return {
    greet: () => greet('here'),
    take,
    onFrame(frame) {
      if (greetings === 0) apply(frame)
      else if (early.length < EARLY_MAX) early.push(frame)
    },
    onLost() {
      early.length = 0
      gaps.clear()
      mender.stop()
    },
  }
}

/** In portions that a frame can hold; of logs that it does not name, an answer says nothing. */
function positionsOf({ epoch, personId, personNumber, personLastId, audiences }: State): InputOf<'sync.open'>[] {
  if (personId === null) return [{}]
  const person = { number: personNumber, id: personLastId }
  const positions = Array.from(audiences.values(), ({ id, lastNumber, lastId }) => ({
    audienceId: id,
    number: lastNumber,
    id: lastId,
  }))
  const portions: InputOf<'sync.open'>[] = []
  for (let first = 0; first < Math.max(1, positions.length); first += POSITIONS_PER_FRAME) {
    portions.push({ epoch, person, positions: positions.slice(first, first + POSITIONS_PER_FRAME) })
  }
  return portions
}
