import type { Logger } from 'pino'
import { digestOf } from '../../../protocol/digest.ts'
import type { AudienceId, DeviceId, PersonId } from '../../../protocol/ids.ts'
import type { Announcement } from '../../platform/events.ts'
import { encodeFrame } from '../../platform/send-buffer.ts'
import { closeCodes, type Connection, type Request } from '../../platform/websocket.ts'
import { catchUp, Hub, sendLasting, sendPassing, type Ear, type Heard, type Listener, type Subscription } from './hub.ts'

/** What delivery asks of those who keep the truth. */
export type Sources = {
  /** What these people hear, all of it. */
  subscriptionsOf(personIds: readonly PersonId[]): Promise<Subscription[]>
  /** Those of these people who are in the audience today, with the version of its membership. */
  membersAmong(audienceId: AudienceId, personIds: readonly PersonId[]): Promise<{ version: number; personIds: PersonId[] }>
  personEventsAfter(personId: PersonId, after: number): Promise<{ events: object[]; lastNumber: number }>
  headsOf(audienceIds: readonly AudienceId[]): Promise<{ audienceId: AudienceId; number: number; version: number }[]>
  personHeadsOf(personIds: readonly PersonId[]): Promise<{ personId: PersonId; number: number }[]>
  /** Those of these devices that may not listen any more. */
  revokedAmong(deviceIds: readonly DeviceId[]): Promise<DeviceId[]>
}
export type DeliveryOptions = { sources: Sources; log: Logger; now?: () => number }

export const BEAT_MS = 25_000
/** Two beats without a sign of life. */
const SILENT_MS = 2 * BEAT_MS + 5_000
const REVOCATION_POLL_MS = 500
const HEADS_POLL_MS = 5_000
const HEADS_PER_POLL = 5_000
/** A reload of a page is not a farewell. */
const OFFLINE_AFTER_MS = 4_000

export type Delivery = {
  /** After a commit: to everybody on this node who may hear it. */
  receive(announcements: readonly Announcement[]): void
  handle(connection: Connection, request: Request, run: () => Promise<unknown>, answer: (output: unknown) => void): Promise<void>
  onClose(connection: Connection): void
  /** Straight to a person's devices, without a commit: progress of their long work. */
  tell(personId: PersonId, state: object): void
  /** Asks everybody to go elsewhere, spread over this time. */
  drain(spreadMs: number): void
  readonly hub: Hub
  /** Resolves when nothing that was received is still on its way into a send buffer. */
  settled(): Promise<void>
  stop(): void
}

export function createDelivery({ sources, log, now = Date.now }: DeliveryOptions): Delivery {
  const hub = new Hub()
  /** Audiences whose people are being read anew, with what waits for them. */
  const reloading = new Map<AudienceId, Announcement[]>()
  const pulling = new Map<PersonId, Promise<void>>()
  const leaving = new Map<PersonId, NodeJS.Timeout>()
  const working = new Set<Promise<void>>()
  /** Nothing is fired and forgotten: what fails is reported, and can be waited for. */
  const work = (task: Promise<void>, fault: string) => {
    const watched = task
      .catch((error: unknown) => log.warn({ error }, fault))
      .finally(() => working.delete(watched))
    working.add(watched)
  }

  function receive(announcements: readonly Announcement[]) {
    for (const [topic, group] of Map.groupBy(announcements, ({ topic }) => topic)) {
      const [kind = '', id = ''] = topic.split(':')
      if (kind === 'audience') toAudience(id as AudienceId, group)
      else if (kind === 'person') toPerson(id as PersonId, group)
      else if (kind === 'device') endSessions(new Set([id]))
      else if (kind === 'organization') toOrganization(id, group)
    }
  }

  function toAudience(id: AudienceId, group: readonly Announcement[]) {
    const audience = hub.audiences.get(id)
    if (!audience) return
    const waiting = reloading.get(id)
    if (waiting) return void waiting.push(...group)
    const newest = group.reduce((version, announcement) => Math.max(version, announcement.version ?? 0), 0)
    if (newest <= audience.version) return deliver(audience, group)
    reloading.set(id, [...group])
    work(reload(audience, newest), 'the people of an audience could not be read')
  }

  /** Nobody gets a message by a membership that has changed since. */
  async function reload(audience: Heard, version: number) {
    try {
      const present = await sources.membersAmong(audience.id, Array.from(hub.listeners.keys()))
      hub.replacePeople(audience, Math.max(present.version, version), present.personIds)
    } finally {
      const waiting = reloading.get(audience.id) ?? []
      reloading.delete(audience.id)
      if (audience.version >= version) deliver(audience, waiting)
    }
  }

  function deliver(audience: Heard, group: readonly Announcement[]) {
    const at = now()
    const lasting: Buffer[] = []
    for (const { body, version } of group) {
      if ('state' in body) {
        const frame = encodeFrame(body)
        for (const listener of audience.people) for (const ear of listener.ears) sendPassing(ear, frame, at)
        continue
      }
      audience.lastNumber = Math.max(audience.lastNumber, numberOf(body))
      audience.movedAt = at
      // Said under an older membership: everybody asks for it, and is told what they may know.
      const isOld = version !== undefined && version < audience.version
      lasting.push(encodeFrame(isOld ? { state: 'heads', heads: [headOf(audience)] } : body))
    }
    if (lasting.length === 0) return
    const frames = lasting.length === 1 && lasting[0] ? lasting[0] : Buffer.concat(lasting)
    for (const listener of audience.people) for (const ear of listener.ears) sendLasting(ear, frames, audience.id, at)
  }

  function toPerson(personId: PersonId, group: readonly Announcement[]) {
    const listener = hub.listeners.get(personId)
    if (!listener) return
    const states = group.filter(({ body }) => 'state' in body)
    for (const { body } of states) tell(personId, body)
    if (states.length < group.length) pull(listener)
  }

  /** A person's log is read, not announced: what it says depends on what they may see. */
  function pull(listener: Listener) {
    const running = pulling.get(listener.id)
    const next = (running ?? Promise.resolve()).then(() => readPerson(listener))
    const done = next.finally(() => {
      if (pulling.get(listener.id) === next) pulling.delete(listener.id)
    })
    pulling.set(listener.id, next)
    work(done, 'a person’s log could not be read')
  }

  async function readPerson(listener: Listener) {
    hub.subscribe(listener, await sources.subscriptionsOf([listener.id]), now())
    const { events, lastNumber } = await sources.personEventsAfter(listener.id, listener.number)
    listener.number = Math.max(listener.number, lastNumber)
    if (events.length === 0) return
    const frames = Buffer.concat(events.map(encodeFrame))
    for (const ear of listener.ears) sendLasting(ear, frames, null, now())
  }

  function toOrganization(id: string, group: readonly Announcement[]) {
    const last = group.at(-1)
    if (!last) return
    const frame = encodeFrame(last.body)
    for (const listener of hub.listeners.values()) {
      if (!Array.from(listener.organizationIds).some((organizationId) => organizationId === id)) continue
      for (const ear of listener.ears) sendPassing(ear, frame, now())
    }
  }

  function tell(personId: PersonId, state: object) {
    const listener = hub.listeners.get(personId)
    const frame = listener && encodeFrame(state)
    if (frame) for (const ear of listener.ears) sendPassing(ear, frame, now())
  }

  const handle: Delivery['handle'] = async (connection, { name }, run, answer) => {
    const { actor } = connection
    if (name !== 'sync.open' || actor.kind !== 'person') return answer(await run())
    const before = hub.listeners.get(actor.personId)
    const listener = hub.open(connection, actor.personId, actor.deviceId, now() + Math.random() * BEAT_MS)
    clearTimeout(leaving.get(actor.personId))
    const isBack = leaving.delete(actor.personId)
    hub.subscribe(listener, await sources.subscriptionsOf([actor.personId]), now())
    const opened = await run()
    const [head] = await sources.personHeadsOf([actor.personId])
    if (!before) listener.number = Math.max(listener.number, personNumberIn(opened) ?? head?.number ?? 0)
    answer({ ...Object(opened), onlineIds: onlineAround(listener) })
    hub.release(connection)
    if (head && head.number > listener.number) pull(listener)
    if (!before && !isBack) tellPresence(listener, true)
  }

  function onClose(connection: Connection) {
    const gone = hub.close(connection)
    if (!gone) return
    const timer = setTimeout(() => {
      leaving.delete(gone.id)
      if (gone.ears.size > 0) return
      tellPresence(gone, false)
      hub.forget(gone)
    }, OFFLINE_AFTER_MS)
    timer.unref()
    leaving.set(gone.id, timer)
  }

  function tellPresence(listener: Listener, isOnline: boolean) {
    const frame = encodeFrame({ state: 'presence', personId: listener.id, isOnline })
    for (const other of around(listener)) for (const ear of other.ears) sendPassing(ear, frame, now())
  }

  const onlineAround = (listener: Listener) =>
    Array.from(around(listener)).flatMap(({ id, ears }) => (ears.size > 0 ? [id] : []))

  function endSessions(deviceIds: ReadonlySet<string>) {
    for (const { ear } of hub.ears.values()) {
      if (deviceIds.has(ear.deviceId)) ear.connection.close(closeCodes.sessionEnded, 'signed out')
    }
  }

  function beat() {
    const at = now()
    for (const { ear, listener } of hub.ears.values()) {
      catchUp(ear, (id) => hub.audiences.get(id)?.lastNumber ?? 0, at)
      if (at - ear.connection.heardAt > SILENT_MS) ear.connection.terminate()
      else if (at >= ear.beatAt) sendBeat(ear, listener, at)
    }
  }

  async function pollRevoked() {
    const deviceIds = Array.from(hub.ears.values(), ({ ear }) => ear.deviceId)
    if (deviceIds.length > 0) endSessions(new Set(await sources.revokedAmong(deviceIds)))
  }

  /** Finds what was never announced here: the last event of a log shows no gap. */
  let turn = 0
  async function compareHeads() {
    const ids = Array.from(hub.audiences.keys())
    const begin = ids.length > 0 ? (turn * HEADS_PER_POLL) % ids.length : 0
    turn = begin + HEADS_PER_POLL >= ids.length ? 0 : turn + 1
    const known = new Map(ids.map((id) => [id, hub.audiences.get(id)?.lastNumber ?? 0]))
    for (const { audienceId, number, version } of await sources.headsOf(ids.slice(begin, begin + HEADS_PER_POLL))) {
      const audience = hub.audiences.get(audienceId)
      if (!audience || (number <= (known.get(audienceId) ?? 0) && version <= audience.version)) continue
      if (number <= audience.lastNumber && version <= audience.version) continue
      const hint = { state: 'heads', heads: [{ audienceId, number }] }
      audience.lastNumber = Math.max(audience.lastNumber, number)
      toAudience(audienceId, [{ topic: `audience:${audienceId}`, version, body: hint }])
    }
    const people = Array.from(hub.listeners.keys())
    for (const { personId, number } of await sources.personHeadsOf(people)) {
      const listener = hub.listeners.get(personId)
      if (listener && number > listener.number) pull(listener)
    }
  }

  const timers = [
    setInterval(beat, 1_000),
    setInterval(() => work(pollRevoked(), 'revoked devices could not be read'), REVOCATION_POLL_MS),
    setInterval(() => work(compareHeads(), 'heads could not be compared'), HEADS_POLL_MS),
  ]
  for (const timer of timers) timer.unref()

  return {
    receive,
    handle,
    onClose,
    tell,
    hub,
    async settled() {
      while (working.size > 0) await Promise.all(working)
    },
    drain(spreadMs) {
      for (const { ear } of hub.ears.values()) {
        ear.connection.send(encodeFrame({ state: 'drain', reconnectAfterMs: Math.round(Math.random() * spreadMs) }))
        ear.connection.close(closeCodes.draining, 'this server is being stopped')
      }
    },
    stop() {
      for (const timer of [...timers, ...leaving.values()]) clearTimeout(timer)
    },
  }
}

function sendBeat(ear: Ear, listener: Listener, at: number) {
  const all = Array.from(listener.audiences, headOf)
  const heads = Array.from(listener.audiences)
    .filter(({ movedAt }) => movedAt >= ear.beatBefore)
    .map(headOf)
  ear.beatBefore = at
  ear.beatAt = at + BEAT_MS
  ear.connection.ping()
  sendPassing(ear, encodeFrame({ state: 'beat', personNumber: listener.number, heads, digest: digestOf(all) }), at)
}

/** Everybody who shares a small two-way audience with this person. */
function around(listener: Listener): Set<Listener> {
  const others = new Set<Listener>()
  for (const audience of listener.audiences) if (audience.isSocial) for (const other of audience.people) others.add(other)
  others.delete(listener)
  return others
}

const headOf = ({ id, lastNumber }: Heard) => ({ audienceId: id, number: lastNumber })

function numberOf(body: object): number {
  if ('number' in body && typeof body.number === 'number') return body.number
  return 'message' in body && typeof body.message === 'object' && body.message ? numberOf(body.message) : 0
}

function personNumberIn(opened: unknown): number | undefined {
  const { person } = Object(opened)
  return typeof person?.number === 'number' ? person.number : undefined
}
