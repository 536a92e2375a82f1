import type { AudienceId, DeviceId, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import { closeCodes, type Connection } from '../../platform/websocket.ts'
import { encodeFrame, HARD_LIMIT_BYTES, SLOW_MAX_MS, SOFT_LIMIT_BYTES } from '../../platform/send-buffer.ts'

/** An audience that somebody on this node hears. */
export type Heard = {
  id: AudienceId
  /** Of the membership that `people` was read with. */
  version: number
  /** Few people who talk both ways: presence shows. */
  isSocial: boolean
  lastNumber: number
  /** When the last number moved, in milliseconds. */
  movedAt: number
  people: Set<Listener>
}
/** A person with at least one open connection that listens. */
export type Listener = {
  id: PersonId
  /** The head of their own log, as far as it was sent to them. */
  number: number
  audiences: Set<Heard>
  organizationIds: Set<OrganizationId>
  ears: Set<Ear>
}
/** One listening connection. */
export type Ear = {
  connection: Connection
  deviceId: DeviceId
  /** What was said before its first answer went out. */
  held: Buffer[] | null
  /** Audiences of which only a hint can be sent, because the client is slow. */
  missed: Set<AudienceId>
  slowSince: number | null
  beatBefore: number
}

export type Subscription = {
  personId: PersonId
  /** Whose directory they hear of; null for those from outside. */
  organizationId: OrganizationId | null
  /** Null: hears of the organization, and is in no conversation there. */
  audience: Pick<Heard, 'id' | 'version' | 'isSocial' | 'lastNumber'> | null
}

type Replacement = { asked: ReadonlySet<PersonId>; present: ReadonlySet<PersonId> }

/** Which topics this node has listeners for. */
export type Watcher = { watch(topic: string): void; unwatch(topic: string): void }

/** Who on this node hears what. Knows nothing of the database; what it is told comes from `sources`. */
export class Hub {
  readonly #watcher: Watcher
  readonly listeners = new Map<PersonId, Listener>()
  readonly audiences = new Map<AudienceId, Heard>()
  readonly ears = new Map<Connection, { ear: Ear; listener: Listener }>()
  /** Narrowed audiences by the first one of their conversation; those that nobody here hears are kept as well. */
  readonly #branches = new Map<AudienceId, Set<AudienceId>>()
  /** All connections, listening or not, with the time of their next heartbeat. */
  readonly connections = new Map<Connection, { beatAt: number }>()

  constructor(watcher: Watcher) {
    this.#watcher = watcher
  }

  /** The person's first listening connection makes the listener. */
  open(connection: Connection, { personId, deviceId }: { personId: PersonId; deviceId: DeviceId }): Listener {
    const listener = this.listeners.get(personId) ?? {
      id: personId,
      number: 0,
      audiences: new Set(),
      organizationIds: new Set(),
      ears: new Set(),
    }
    if (!this.listeners.has(personId)) this.#watcher.watch(`person:${personId}`)
    this.listeners.set(personId, listener)
    const known = this.ears.get(connection)
    if (known) known.ear.held = []
    else {
      const ear: Ear = {
        connection,
        deviceId,
        held: [],
        missed: new Set(),
        slowSince: null,
        beatBefore: 0,
      }
      listener.ears.add(ear)
      this.ears.set(connection, { ear, listener })
    }
    return listener
  }

  /** Sends what was said meanwhile. */
  release(connection: Connection): void {
    const ear = this.ears.get(connection)?.ear
    const held = ear?.held ?? []
    if (ear) ear.held = null
    for (const frames of held) connection.send(frames)
  }

  /** Answers with the listener when this was their last connection. */
  close(connection: Connection): Listener | undefined {
    this.connections.delete(connection)
    const known = this.ears.get(connection)
    if (!known) return undefined
    this.ears.delete(connection)
    known.listener.ears.delete(known.ear)
    return known.listener.ears.size === 0 ? known.listener : undefined
  }

  forget(listener: Listener): void {
    this.listeners.delete(listener.id)
    this.#watcher.unwatch(`person:${listener.id}`)
    for (const audience of listener.audiences) this.#leave(listener, audience)
  }

  /** Read before a change of the members that is known here already. */
  isBehind(subscriptions: readonly Subscription[]): boolean {
    return subscriptions.some(({ audience }) => audience && audience.version < this.#versionOf(audience.id))
  }

  #versionOf(audienceId: AudienceId): number {
    return this.audiences.get(audienceId)?.version ?? 0
  }

  /** What this listener hears from now on. */
  subscribe(listener: Listener, subscriptions: readonly Subscription[], now: number): void {
    const wanted = new Set(subscriptions.map(({ audience }) => audience?.id))
    for (const audience of listener.audiences) if (!wanted.has(audience.id)) this.#leave(listener, audience)
    listener.organizationIds = new Set(subscriptions.flatMap(({ organizationId }) => organizationId ?? []))
    for (const id of listener.organizationIds) this.#watcher.watch(`organization:${id}`)
    for (const { audience: told } of subscriptions) {
      if (!told) continue
      const audience = this.audiences.get(told.id) ?? { ...told, movedAt: now, people: new Set() }
      this.#add(audience)
      audience.isSocial = told.isSocial
      audience.people.add(listener)
      listener.audiences.add(audience)
    }
  }

  /**
   * Those who hear an audience, of those who were asked about, as they are at this version of its membership. Who began
   * to listen after the question stays: their subscription was read later.
   */
  replacePeople(audience: Heard, version: number, { asked, present }: Replacement): void {
    for (const listener of audience.people)
      if (asked.has(listener.id) && !present.has(listener.id)) this.#leave(listener, audience)
    for (const personId of present) {
      const listener = this.listeners.get(personId)
      if (!listener) continue
      audience.people.add(listener)
      listener.audiences.add(audience)
    }
    audience.version = version
    if (audience.people.size > 0) this.#add(audience)
  }

  /** A narrowed audience that has just become known here; who hears it is to be read. */
  branch(firstId: AudienceId, id: AudienceId, now: number): Heard {
    const audience: Heard = { id, version: 0, isSocial: false, lastNumber: 0, movedAt: now, people: new Set() }
    this.#add(audience)
    const branches = this.#branches.get(firstId) ?? new Set()
    this.#branches.set(firstId, branches.add(id))
    return audience
  }

  #add(audience: Heard): void {
    if (!this.audiences.has(audience.id)) this.#watcher.watch(`audience:${audience.id}`)
    this.audiences.set(audience.id, audience)
  }

  #leave(listener: Listener, audience: Heard): void {
    listener.audiences.delete(audience)
    audience.people.delete(listener)
    if (audience.people.size > 0) return
    this.#drop(audience)
    for (const id of this.#branches.get(audience.id) ?? []) {
      const branch = this.audiences.get(id)
      if (branch?.people.size === 0) this.#drop(branch)
    }
    this.#branches.delete(audience.id)
  }

  #drop({ id }: Heard): void {
    this.audiences.delete(id)
    this.#watcher.unwatch(`audience:${id}`)
  }
}

/** Frames of an audience's log. A slow client gets a hint later instead. */
export function sendLasting(
  ear: Ear,
  frames: Buffer,
  { audienceId, now }: { audienceId: AudienceId | null; now: number },
): void {
  if (ear.held) return void ear.held.push(frames)
  if (audienceId !== null && isSlow(ear, now)) return void ear.missed.add(audienceId)
  ear.connection.send(frames)
}

/** What a slow client can do without. */
export function sendPassing(ear: Ear, frames: Buffer, now: number): void {
  if (ear.held) return void ear.held.push(frames)
  if (!isSlow(ear, now)) ear.connection.send(frames)
}

function isSlow(ear: Ear, now: number): boolean {
  const { backlog } = ear.connection
  if (backlog <= SOFT_LIMIT_BYTES) {
    ear.slowSince = null
    return false
  }
  ear.slowSince ??= now
  if (backlog > HARD_LIMIT_BYTES || now - ear.slowSince > SLOW_MAX_MS) ear.connection.close(closeCodes.slow, 'too slow')
  return true
}

/** A client that has caught up learns what it missed. */
export function catchUp(ear: Ear, { headOf, now }: { headOf(audienceId: AudienceId): number; now: number }): void {
  if (ear.missed.size === 0 || isSlow(ear, now)) return
  ear.slowSince = null
  const heads = Array.from(ear.missed, (audienceId) => ({ audienceId, number: headOf(audienceId) }))
  ear.missed.clear()
  if (heads.length > 0) ear.connection.send(encodeFrame({ state: 'heads', heads }))
}

export const headOf = ({ id, lastNumber }: Heard) => ({ audienceId: id, number: lastNumber })

/** The device of a person's connection; undefined where nobody has signed in on it. */
export const deviceOf = ({ actor }: Connection) => (actor.kind === 'person' ? actor.deviceId : undefined)
