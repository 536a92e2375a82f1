import { EditMessage, PostMessage } from '../../protocol/conversations.ts'
import { digestOf } from '../../protocol/digest.ts'
import type { AudienceId, ConversationId, PersonId } from '../../protocol/ids.ts'
import type { SocketLike } from '../api.ts'
import type { CommandName, InputOf } from '../commands.ts'
import { placeOf } from '../reduce-events.ts'
import type { Faults } from './faults.ts'
import * as commands from './model-commands.ts'
import { ModelRefusal, type Model, type Pushed } from './model-commands.ts'
import { copyOf, isMember, type Store } from './model-store.ts'
import { difference, historyPage, openSync, personDifference } from './model-sync.ts'
import { viewOf } from './model-views.ts'
import type { Random } from './random.ts'
import { createWire, type Wire } from './socket.ts'
import type { Timeline } from './timeline.ts'

/** A model of the server: what it promises about logs, ids and differences, and all the ways in which it may fail. */
export type ModelServer = {
  readonly model: Model
  /** The names of all requests that have arrived. */
  readonly asked: string[]
  connect(session: Session): SocketLike
  /** Over HTTP; throws where there is nobody to answer. */
  ask(session: Session, name: CommandName, input: object): Promise<object>
  /** Ends a session; its connection may be told so, or just be gone. */
  revoke(session: Session): void
  /** Something happens that nobody at a client has asked for. */
  happen(change: (model: Model) => void): void
  cut(personId: PersonId | null, code?: number): void
  drain(): void
  crash(): void
  backUp(): void
  restore(): void
}

/** Somebody who has signed in somewhere. */
export type Session = { personId: PersonId; isRevoked: boolean }

type Listening = {
  session: Session
  wire: Wire
  isListening: boolean
  known: Map<AudienceId, number>
  /** Of what was not sent because the connection was slow; null: it is not. */
  missed: Map<AudienceId, number> | null
}
type Options = { timeline: Timeline; random: Random; faults: Faults; store: Store }
type Asked = { id: number; do: CommandName; with: never }

const BEAT_MS = 25_000
const DOWN_MS = 3_000
const SLOW_MS = 8_000
const LATE_MS = 2_000
const SESSION_ENDED = 4101

export function createModelServer({ timeline, random, faults, store }: Options): ModelServer {
  const model: Model = { store, random, nowMs: timeline.now(), announced: [], refused: new Set() }
  const connections = new Set<Listening>()
  const asked: string[] = []
  let backup = copyOf(store)
  let downUntilMs = 0
  let crashes = 0

  function connect(session: Session): SocketLike {
    const connection: Listening = {
      session,
      isListening: false,
      known: new Map(),
      missed: null,
      wire: createWire({
        timeline,
        random,
        onFrame: (text) => arrive(connection, JSON.parse(text)),
        onClose: () => void connections.delete(connection),
      }),
    }
    const { wire } = connection
    connections.add(connection)
    const isLucky = timeline.now() >= downUntilMs && !session.isRevoked && !random.chance(faults.connectFails)
    timeline.after(5 + random.below(60), () => (isLucky ? wire.open() : wire.close(1006)))
    return wire.socket
  }

  function arrive(connection: Listening, frame: Asked) {
    if (random.chance(faults.requestLost)) return
    if (random.chance(faults.requestLate)) beforeCrash(random.below(LATE_MS), () => receive(connection, frame))
    else receive(connection, frame)
  }

  /** Later, if the server still lives. */
  function beforeCrash(delayMs: number, run: () => void) {
    const life = crashes
    timeline.after(delayMs, () => void (life === crashes && run()))
  }

  function receive(connection: Listening, frame: Asked) {
    const { session } = connection
    if (session.isRevoked) return
    asked.push(frame.do)
    if (random.chance(faults.crashBeforeCommit)) return crash()
    const answer = carryOut(session.personId, frame.do, frame.with)
    if ('ok' in answer && random.chance(faults.requestTwice)) repeatLater(session, frame)
    if (random.chance(faults.crashAfterCommit)) return crash()
    if (!random.chance(faults.answerLost)) connection.wire.send({ id: frame.id, ...answer })
    if (frame.do === 'sync.open' && 'ok' in answer && !connection.isListening) {
      connection.isListening = true
      beatLater(connection)
    }
    if (model.announced.length > 0 && random.chance(faults.crashBeforePublish)) return crash()
    publish()
  }

  /** Nobody waits for this answer. */
  function repeatLater({ personId }: Session, frame: Asked) {
    beforeCrash(random.below(LATE_MS), () => {
      carryOut(personId, frame.do, frame.with)
      publish()
    })
  }

  function carryOut(personId: PersonId, name: CommandName, input: never): { ok: unknown } | { error: object } {
    model.nowMs = timeline.now()
    if (random.chance(faults.busy)) return refusal('server.busy')
    try {
      return { ok: execute(model, personId, { name, input }) }
    } catch (error) {
      if (!(error instanceof ModelRefusal)) throw error
      return refusal(error.code)
    }
  }

  function refusal(code: string) {
    return { error: { code, message: code, retryAfterMs: random.below(2_000) } }
  }

  function publish() {
    for (const { personId, frame } of model.announced.splice(0)) {
      for (const connection of connections) {
        if (connection.session.personId === personId && connection.isListening) push(connection, frame)
      }
    }
  }

  /** A slow connection gets a hint later instead of an audience's event, and nothing instead of a passing fact. */
  function push(connection: Listening, frame: Pushed) {
    const { wire } = connection
    if (!connection.missed && random.chance(faults.slow)) beSlow(connection)
    if (connection.missed && !('personId' in frame && 'name' in frame)) return miss(connection.missed, frame)
    if (random.chance(faults.pushLost)) return
    if (random.chance(faults.pushLate)) wire.sendLate(frame, random.below(2_000))
    else wire.send(frame)
    if (random.chance(faults.pushTwice)) wire.sendLate(frame, random.below(3_000))
  }

  function beSlow(connection: Listening) {
    connection.missed = new Map()
    timeline.after(random.below(SLOW_MS), () => {
      const heads = Array.from(connection.missed ?? [], ([audienceId, number]) => ({ audienceId, number }))
      connection.missed = null
      if (heads.length > 0) connection.wire.send({ state: 'heads', heads })
    })
  }

  function beatLater(connection: Listening) {
    timeline.after(BEAT_MS, () => {
      if (!connection.wire.isOpen) return
      if (!connection.missed) connection.wire.send(beatFor(connection))
      beatLater(connection)
    })
  }

  function beatFor({ session: { personId }, known }: Listening): object {
    const audiences = Array.from(store.audiences.values()).filter((audience) => isMember(audience, personId))
    const heads = audiences.map(({ id, events }) => ({ audienceId: id, number: events.length }))
    const moved = heads.filter(({ audienceId, number }) => known.get(audienceId) !== number)
    for (const { audienceId, number } of moved) known.set(audienceId, number)
    const personNumber = store.persons.get(personId)?.events.length ?? 0
    return { state: 'beat', personNumber, heads: moved, digest: digestOf(heads) }
  }

  function crash() {
    crashes++
    downUntilMs = timeline.now() + random.below(DOWN_MS)
    model.announced.length = 0
    cut(null)
  }

  function cut(personId: PersonId | null, code = 1006) {
    for (const connection of Array.from(connections)) {
      if (personId === null || connection.session.personId === personId) connection.wire.close(code)
    }
  }

  return {
    model,
    asked,
    connect,
    cut,
    crash,
    revoke(session) {
      session.isRevoked = true
      const code = random.chance(0.5) ? SESSION_ENDED : 1006
      for (const connection of Array.from(connections)) if (connection.session === session) connection.wire.close(code)
    },
    async ask(session, name, input) {
      await new Promise<void>((resolve) => void timeline.after(5 + random.below(100), resolve))
      if (timeline.now() < downUntilMs) throw new TypeError('fetch failed')
      asked.push(name)
      if (session.isRevoked) return refusal('session.required')
      const life = crashes
      const answer = carryOut(session.personId, name, input as never)
      if (random.chance(faults.crashAfterCommit)) crash()
      else publish()
      await new Promise<void>((resolve) => void timeline.after(5 + random.below(100), resolve))
      if (life !== crashes) throw new TypeError('fetch failed')
      return answer
    },
    happen(change) {
      model.nowMs = timeline.now()
      change(model)
      publish()
    },
    drain() {
      for (const { wire } of Array.from(connections)) {
        wire.send({ state: 'drain', reconnectAfterMs: random.below(5_000) })
        timeline.after(100, () => wire.close(4003))
      }
    },
    backUp() {
      backup = copyOf(store)
    },
    restore() {
      crash()
      Object.assign(store, copyOf(backup), { epoch: random.id() })
    },
  }
}

function miss(missed: Map<AudienceId, number>, frame: Pushed) {
  if (!('name' in frame)) return
  const { audienceId, number } = placeOf(frame)
  if (audienceId !== null) missed.set(audienceId, number)
}

type Request = { name: CommandName; input: never }

function execute(model: Model, personId: PersonId, { name, input }: Request): unknown {
  switch (name) {
    case 'sync.open':
      return openSync(model, personId, input)
    case 'sync.person-difference':
      return personDifference(model, personId, (input as InputOf<typeof name>).after)
    case 'session.get':
      return {}
    case 'direct.post':
      return commands.postDirect(model, personId, input)
    case 'audience.mark':
      return commands.mark(model, personId, input)
    case 'typing.start':
      return {}
    case 'conversation.get': {
      const { conversationId } = input as InputOf<typeof name>
      const conversation = model.store.conversations.get(conversationId as ConversationId)
      const view = conversation && viewOf(model.store, conversation, personId)
      if (!view) throw new ModelRefusal('access.refused')
      return view
    }
    default:
      return inAudience(model, personId, { name, input })
  }
}

function inAudience(model: Model, personId: PersonId, { name, input }: Request): unknown {
  const audience = commands.audienceOf(model, (input as InputOf<'sync.difference'>).audienceId)
  switch (name) {
    case 'message.post':
      return commands.post(model, personId, { ...PostMessage.parse(input), audience })
    case 'message.history':
      return historyPage(audience, personId, input)
    case 'sync.difference':
      return difference(audience, personId, input)
    case 'message.edit': {
      const { number, parts } = EditMessage.parse(input)
      const change = { parts, editedAt: new Date(model.nowMs).toISOString() }
      return commands.changeMessage(model, personId, { audience, number, name: 'message.edited', change })
    }
    case 'message.delete': {
      const { number } = input as InputOf<typeof name>
      const change = { parts: [], deletedAt: new Date(model.nowMs).toISOString() }
      return commands.changeMessage(model, personId, { audience, number, name: 'message.deleted', change })
    }
    case 'message.react': {
      const { number, emoji } = input as InputOf<typeof name>
      const change = { reactions: [{ emoji, personIds: [personId] }] }
      return commands.changeMessage(model, personId, { audience, number, name: 'message.reacted', change })
    }
    default:
      throw new Error(`The model does not know ${name}.`)
  }
}
