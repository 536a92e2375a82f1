import { setTimeout as delay } from 'node:timers/promises'
import { digestOf } from '../../../protocol/digest.ts'
import type { AudienceId } from '../../../protocol/ids.ts'
import { encodeFrame } from '../../platform/send-buffer.ts'
import { catchUp, deviceOf, headOf, sendPassing, type Ear, type Heard, type Hub, type Listener } from './hub.ts'
import type { Branch, EndedDevice, Sources } from './sources.ts'

export const BEAT_MS = 25_000
/** Two beats without a sign of life. */
const SILENT_MS = 2 * BEAT_MS + 5_000
const REVOCATION_POLL_MS = 500
/** A transaction may commit so long after it has noted its time, and clocks of nodes differ. */
const REVOKED_LATE_MS = 120_000
const HEADS_POLL_MS = 5_000
const HEADS_PER_POLL = 5_000
/** What was committed a moment ago is on its way here: only what has not come by then was lost. */
const ON_ITS_WAY_MS = 300
/** So long without a word from the database, and nobody knows who may still hear what. */
const BLIND_AFTER_MS = 1_000

export type PulseOptions = {
  hub: Hub
  sources: Sources
  now(): number
  work(task: Promise<void>, fault: string): void
  endSessions(ended: readonly EndedDevice[]): void
  suspect(audienceId: AudienceId, number: number, version: number): void
  open(branch: Branch): void
  pull(listener: Listener): void
}

/** What happens by time: heartbeats, and the comparison of this node with the database. */
export class Pulse {
  readonly #options: PulseOptions
  readonly #timers: NodeJS.Timeout[]
  #heardFromDatabaseAt: number
  #isPolling = false
  #isComparing = false
  #turn = 0

  constructor(options: PulseOptions) {
    this.#options = options
    this.#heardFromDatabaseAt = options.now()
    this.#timers = [
      setInterval(() => this.#beat(), 1_000),
      setInterval(() => this.#poll(), REVOCATION_POLL_MS),
      setInterval(() => this.compare(), HEADS_POLL_MS),
    ]
    for (const timer of this.#timers) timer.unref()
  }

  /** Can't know of revocations: delivers nothing until the database answers. */
  get isBlind(): boolean {
    return this.#options.now() - this.#heardFromDatabaseAt > REVOCATION_POLL_MS + BLIND_AFTER_MS
  }

  /** Finds what was never announced here: the last event of a log shows no gap. */
  compare(): void {
    if (this.#isComparing) return
    this.#isComparing = true
    const task = this.#compareHeads().finally(() => (this.#isComparing = false))
    this.#options.work(task, 'heads could not be compared')
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer)
  }

  #beat(): void {
    const { hub } = this.#options
    const now = this.#options.now()
    for (const [connection, pace] of hub.connections) {
      const known = hub.ears.get(connection)
      if (known && !this.isBlind) catchUp(known.ear, { headOf: (id) => hub.audiences.get(id)?.lastNumber ?? 0, now })
      if (now - connection.heardAt > SILENT_MS) connection.terminate()
      if (now < pace.beatAt) continue
      pace.beatAt = now + BEAT_MS
      connection.ping()
      if (known) sendBeat(known.ear, known.listener, now)
    }
  }

  #poll(): void {
    if (this.#isPolling) return
    this.#isPolling = true
    const task = this.#pollRevoked().finally(() => (this.#isPolling = false))
    this.#options.work(task, 'revoked devices could not be read')
  }

  async #pollRevoked(): Promise<void> {
    const { hub, sources, endSessions } = this.#options
    const askedAt = this.#options.now()
    const since = new Date(askedAt - REVOKED_LATE_MS)
    if (hub.connections.size > 0) endSessions(await sources.revokedSince(since))
    this.#heardFromDatabaseAt = askedAt
  }

  /** Seldom, and of all: what was revoked unseen, or is gone. */
  async #compareDevices(): Promise<void> {
    const { hub, sources, endSessions } = this.#options
    const deviceIds = new Set(Array.from(hub.connections.keys(), deviceOf).filter((id) => id !== undefined))
    if (deviceIds.size > 0) endSessions(await sources.revokedAmong(Array.from(deviceIds)))
  }

  async #compareHeads(): Promise<void> {
    const { hub, sources, suspect, open, pull } = this.#options
    await this.#compareDevices()
    const ids = Array.from(hub.audiences.keys())
    const begin = this.#turn * HEADS_PER_POLL
    this.#turn = begin + HEADS_PER_POLL >= ids.length ? 0 : this.#turn + 1
    const compared = ids.slice(begin, begin + HEADS_PER_POLL)
    const heads = compared.length === 0 ? [] : await sources.headsOf(compared)
    const isAhead = heads.some((head) => isAheadOf(hub.audiences.get(head.audienceId), head))
    if (isAhead) await delay(ON_ITS_WAY_MS, undefined, { ref: false })
    for (const { audienceId, number, version } of heads) suspect(audienceId, number, version)
    for (const branch of compared.length === 0 ? [] : await sources.branchesOf(compared)) open(branch)
    const people = Array.from(hub.listeners.keys())
    for (const { personId, number } of people.length === 0 ? [] : await sources.personHeadsOf(people)) {
      const listener = hub.listeners.get(personId)
      if (listener && number > listener.number) pull(listener)
    }
  }
}

const isAheadOf = (known: Heard | undefined, { number, version }: { number: number; version: number }) =>
  known !== undefined && (number > known.lastNumber || version > known.version)

function sendBeat(ear: Ear, listener: Listener, now: number): void {
  const audiences = Array.from(listener.audiences)
  const heads = audiences.filter(({ movedAt }) => movedAt >= ear.beatBefore).map(headOf)
  ear.beatBefore = now
  const digest = digestOf(audiences.map(headOf))
  sendPassing(ear, encodeFrame({ state: 'beat', personNumber: listener.number, heads, digest }), now)
}
