import type { Logger } from 'pino'
import type { OpenedSync } from '../../../protocol/delivery.ts'
import type { AudienceId, ConversationId, DeviceId, PersonId } from '../../../protocol/ids.ts'
import type { Announcement } from '../../platform/events.ts'
import { encodeFrame } from '../../platform/send-buffer.ts'
import { closeCodes, type Connection, type Request } from '../../platform/websocket.ts'
import { deviceOf, headOf, Hub, sendLasting, sendPassing, type Heard, type Listener, type Watcher } from './hub.ts'
import { BEAT_MS, Pulse } from './pulse.ts'
import type { Branch, EndedDevice, PersonalEvent, Sources } from './sources.ts'

export type DeliveryOptions = { sources: Sources; log: Logger; watcher?: Watcher; now?: () => number }

/** The only node has nobody to hear from. */
const deaf: Watcher = { watch() {}, unwatch() {} }
/** A reload of a page is not a farewell. */
const OFFLINE_AFTER_MS = 4_000

/** Carries what was committed to every connection of this node that may hear it. Lives as long as the server. */
export class Delivery {
  readonly hub: Hub
  readonly #sources: Sources
  readonly #log: Logger
  readonly #now: () => number
  readonly #pulse: Pulse
  /** Audiences whose people are being read anew, with what waits for them. */
  readonly #reloading = new Map<AudienceId, Announcement[]>()
  readonly #pulling = new Map<PersonId, Promise<void>>()
  readonly #leaving = new Map<PersonId, NodeJS.Timeout>()
  readonly #working = new Set<Promise<void>>()

  constructor({ sources, log, watcher = deaf, now = Date.now }: DeliveryOptions) {
    this.hub = new Hub(watcher)
    this.#sources = sources
    this.#log = log
    this.#now = now
    this.#pulse = new Pulse({
      hub: this.hub,
      sources,
      now,
      work: (task, fault) => this.#work(task, fault),
      endSessions: (ended) => this.#endSessions(ended),
      suspect: (audienceId, number, version) => this.#suspect(audienceId, number, version),
      open: (branch) => this.#open(branch),
      pull: (listener) => this.#pull(listener),
    })
  }

  /** After a commit: to everybody on this node who may hear it. */
  receive(announcements: readonly Announcement[]): void {
    for (const [topic, group] of Map.groupBy(announcements, (announcement) => announcement.topic)) {
      const [kind = '', id = ''] = topic.split(':')
      if (kind === 'audience') this.#toAudience(id as AudienceId, group) // topics are made of ids
      else if (kind === 'person') this.#toPerson(id as PersonId, group)
      else if (kind === 'device') this.#endSessions([{ deviceId: id as DeviceId, isReplaced: isReplacement(group) }])
      else if (kind === 'organization') this.#toOrganization(id, group)
    }
  }

  /** Every connection has a heartbeat, and ends with its session, whether it listens or not. */
  onOpen(connection: Connection): void {
    this.hub.connections.set(connection, { beatAt: this.#now() + Math.random() * BEAT_MS })
  }

  /** Carries out a request of a connection. With `sync.open` it begins to listen, before what it missed is read. */
  async handle(
    connection: Connection,
    { name }: Request,
    run: () => Promise<unknown>,
    answer: (output: unknown) => void,
  ): Promise<void> {
    const { actor } = connection
    if (name !== 'sync.open' || actor.kind !== 'person') return answer(await run())
    const isFirst = !this.hub.listeners.has(actor.personId)
    const listener = this.hub.open(connection, actor)
    clearTimeout(this.#leaving.get(actor.personId))
    this.#leaving.delete(actor.personId)
    await this.#inTurn(listener, () => this.#subscribe(listener))
    const heard = new Set(Array.from(listener.audiences, ({ id }) => id))
    const opened = Object(await run())
    const isMore = audiencesIn(opened).some((id) => !heard.has(id))
    if (isMore) await this.#inTurn(listener, () => this.#subscribe(listener))
    if (isFirst) listener.number = Math.max(listener.number, opened.person?.number ?? 0)
    answer({ ...opened, onlineIds: Array.from(around(listener), ({ id }) => id) })
    this.hub.release(connection)
    // What began meanwhile is in the answer, and may have gone on before it was heard here.
    const heads = Array.from(listener.audiences)
      .filter(({ id }) => !heard.has(id))
      .map(headOf)
    if (heads.length > 0) connection.send(encodeFrame({ state: 'heads', heads }))
    if (isFirst) this.#tellPresence(listener, true)
  }

  onClose(connection: Connection): void {
    const gone = this.hub.close(connection)
    if (!gone) return
    const timer = setTimeout(() => {
      this.#leaving.delete(gone.id)
      if (gone.ears.size > 0) return
      this.#tellPresence(gone, false)
      this.hub.forget(gone)
    }, OFFLINE_AFTER_MS)
    timer.unref()
    this.#leaving.set(gone.id, timer)
  }

  /** Straight to a person's devices, without a commit: progress of their long work. */
  tell(personId: PersonId, state: object): void {
    const listener = this.hub.listeners.get(personId)
    if (listener) this.#pass(listener, encodeFrame(state))
  }

  /** Compares everything with the database now: something may have been lost on the way here. */
  doubt(): void {
    this.#pulse.compare()
  }

  /** Asks everybody to go elsewhere, spread over this time. */
  drain(spreadMs: number): void {
    for (const connection of this.hub.connections.keys()) {
      connection.send(encodeFrame({ state: 'drain', reconnectAfterMs: Math.round(Math.random() * spreadMs) }))
      connection.close(closeCodes.draining, 'this server is being stopped')
    }
  }

  /** Resolves when nothing that was received is still on its way into a send buffer. */
  async settled(): Promise<void> {
    while (this.#working.size > 0) await Promise.all(this.#working)
  }

  stop(): void {
    this.#pulse.stop()
    for (const timer of this.#leaving.values()) clearTimeout(timer)
  }

  /** Nothing is fired and forgotten: what fails is reported, and can be waited for. */
  #work(task: Promise<void>, fault: string): void {
    const watched = task
      .catch((error: unknown) => this.#log.warn({ error }, fault))
      .finally(() => this.#working.delete(watched))
    this.#working.add(watched)
  }

  #toAudience(id: AudienceId, group: readonly Announcement[]): void {
    const audience = this.hub.audiences.get(id)
    if (!audience) return
    for (const { body, version = 0 } of group) {
      if (isOpening(body)) this.#open({ ...body, audienceId: body.opens, firstId: id, version })
    }
    this.#toHeard(
      audience,
      group.filter(({ body }) => !isOpening(body)),
    )
  }

  #toHeard(audience: Heard, group: readonly Announcement[]): void {
    if (group.length === 0) return
    const { id } = audience
    const waiting = this.#reloading.get(id)
    if (waiting) return void waiting.push(...group)
    const newest = group.reduce((version, announcement) => Math.max(version, announcement.version ?? 0), 0)
    if (newest <= audience.version) return this.#deliverInOrder(audience, group)
    this.#reloading.set(id, [...group])
    this.#work(this.#reload(audience, newest), 'the people of an audience could not be read')
  }

  /** Some who hear a conversation begin to hear a narrowed audience of it, without an event for each of them. */
  #open({ audienceId, conversationId, firstId, version }: Branch): void {
    if (this.hub.audiences.has(audienceId)) return
    const audience = this.hub.branch(firstId, audienceId, this.#now())
    const body = { state: 'narrowed', conversationId, audienceId }
    this.#reloading.set(audienceId, [{ topic: `audience:${audienceId}`, version, body }])
    this.#work(this.#begin(audience, version), 'the people of a narrowed audience could not be read')
  }

  /** What was said before this node listened was not heard here. */
  async #begin(audience: Heard, version: number): Promise<void> {
    await this.#reload(audience, version)
    const [head] = await this.#sources.headsOf([audience.id])
    if (head) this.#suspect(audience.id, head.number, head.version)
  }

  /** Nobody gets a message by a membership that has changed since. Where it can't be read, nobody gets anything. */
  async #reload(audience: Heard, version: number): Promise<void> {
    try {
      const asked = new Set(this.hub.listeners.keys())
      const read = await this.#sources.membersAmong(audience.id, Array.from(asked))
      const present = new Set(read.personIds)
      this.hub.replacePeople(audience, Math.max(read.version, version), { asked, present })
    } finally {
      const waiting = this.#reloading.get(audience.id) ?? []
      this.#reloading.delete(audience.id)
      // What was said meanwhile may be of a still newer membership.
      if (audience.version >= version) this.#toHeard(audience, waiting)
    }
  }

  /** What follows an event that is read for each listener waits for it. */
  #deliverInOrder(audience: Heard, group: readonly Announcement[]): void {
    const at = group.findIndex(({ body }) => isPersonal(body))
    if (at < 0) return this.#deliver(audience, group)
    this.#deliver(audience, group.slice(0, at))
    const body = group[at]?.body
    if (!body || !isPersonal(body)) return
    this.#reloading.set(audience.id, group.slice(at + 1))
    this.#work(this.#deliverPersonal(audience, body, group[at]?.version), 'what each listener gets could not be read')
  }

  /** Each listener gets a frame of their own. Where it can't be read, they are told to ask. */
  async #deliverPersonal(audience: Heard, body: PersonalEvent, version: number | undefined): Promise<void> {
    audience.lastNumber = Math.max(audience.lastNumber, body.number)
    audience.movedAt = this.#now()
    const asked = Array.from(audience.people, ({ id }) => id)
    let events: ReadonlyMap<PersonId, object> = new Map()
    try {
      const isOld = version !== undefined && version < audience.version
      if (!isOld && asked.length > 0) events = await this.#sources.personalEventOf(body, asked)
    } finally {
      const hint = encodeFrame({ state: 'heads', heads: [headOf(audience)] })
      for (const listener of audience.people) {
        const event = events.get(listener.id)
        this.#sendLasting(audience, listener, event ? encodeFrame(event) : hint)
      }
      const waiting = this.#reloading.get(audience.id) ?? []
      this.#reloading.delete(audience.id)
      this.#toHeard(audience, waiting)
    }
  }

  #sendLasting(audience: Heard, listener: Listener, frames: Buffer): void {
    for (const ear of listener.ears) {
      if (this.#pulse.isBlind) ear.missed.add(audience.id)
      else sendLasting(ear, frames, { audienceId: audience.id, now: this.#now() })
    }
  }

  #deliver(audience: Heard, group: readonly Announcement[]): void {
    const at = this.#now()
    const lasting: Buffer[] = []
    for (const { body, version } of group) {
      if ('state' in body) {
        if (!this.#pulse.isBlind) this.#passTo(audience.people, encodeFrame(body))
        continue
      }
      audience.lastNumber = Math.max(audience.lastNumber, numberOf(body))
      audience.movedAt = at
      // Said under an older membership: everybody asks for it, and is told what they may know.
      const isOld = version !== undefined && version < audience.version
      lasting.push(encodeFrame(isOld ? { state: 'heads', heads: [headOf(audience)] } : body))
    }
    const [first] = lasting
    if (!first) return
    const frames = lasting.length === 1 ? first : Buffer.concat(lasting)
    const isBlind = this.#pulse.isBlind
    for (const listener of audience.people)
      for (const ear of listener.ears) {
        if (isBlind) ear.missed.add(audience.id)
        else sendLasting(ear, frames, { audienceId: audience.id, now: at })
      }
  }

  /** A head that this node was not told of. */
  #suspect(audienceId: AudienceId, number: number, version: number): void {
    const audience = this.hub.audiences.get(audienceId)
    if (!audience || (number <= audience.lastNumber && version <= audience.version)) return
    audience.lastNumber = Math.max(audience.lastNumber, number)
    audience.movedAt = this.#now()
    const body = { state: 'heads', heads: [{ audienceId, number }] }
    this.#toAudience(audienceId, [{ topic: `audience:${audienceId}`, version, body }])
  }

  #toPerson(personId: PersonId, group: readonly Announcement[]): void {
    const listener = this.hub.listeners.get(personId)
    if (!listener) return
    const states = group.filter(({ body }) => 'state' in body)
    for (const { body } of states) this.#pass(listener, encodeFrame(body))
    for (const announcement of group) {
      if ('state' in announcement.body) continue
      if (!this.#passNext(listener, announcement)) return this.#pull(listener)
    }
  }

  /** What says all there is to say goes out as it is, where it is the next in its log and nobody reads that log now. */
  #passNext(listener: Listener, { body, isWhole }: Announcement): boolean {
    const number = 'number' in body ? body.number : undefined
    if (!isWhole || number !== listener.number + 1 || this.#pulling.has(listener.id)) return false
    listener.number = number
    const frame = encodeFrame(body)
    for (const ear of listener.ears) sendLasting(ear, frame, { audienceId: null, now: this.#now() })
    return true
  }

  /** A person's log is read, not announced: what it says depends on what they may see. */
  #pull(listener: Listener): void {
    const reading = this.#inTurn(listener, () => this.#readPerson(listener))
    this.#work(reading, 'a person’s log could not be read')
  }

  /** One after the other for each person, so that what was read earlier never replaces what was read later. */
  #inTurn(listener: Listener, run: () => Promise<void>): Promise<void> {
    const before = this.#pulling.get(listener.id) ?? Promise.resolve()
    const next = before
      .catch(() => undefined) // was reported where it failed
      .then(run)
      .finally(() => {
        if (this.#pulling.get(listener.id) === next) this.#pulling.delete(listener.id)
      })
    this.#pulling.set(listener.id, next)
    return next
  }

  async #subscribe(listener: Listener): Promise<void> {
    const read = () => this.#sources.subscriptionsOf([listener.id])
    let subscriptions = await read()
    while (this.hub.isBehind(subscriptions)) subscriptions = await read()
    this.hub.subscribe(listener, subscriptions, this.#now())
  }

  /**
   * Only what had happened before the subscriptions were read: in a conversation that began later somebody may speak
   * before it is heard here. What is left is announced, and read in the next turn.
   */
  async #readPerson(listener: Listener): Promise<void> {
    const [{ number: until } = listener] = await this.#sources.personHeadsOf([listener.id])
    await this.#subscribe(listener)
    const read = await this.#sources.personEventsAfter(listener.id, listener.number)
    listener.number = Math.max(listener.number, Math.min(read.lastNumber, until))
    const events = read.events.filter((event) => numberOf(event) <= until)
    if (events.length === 0) return
    const frames = Buffer.concat(events.map(encodeFrame))
    for (const ear of listener.ears) sendLasting(ear, frames, { audienceId: null, now: this.#now() })
  }

  #toOrganization(id: string, group: readonly Announcement[]): void {
    const last = group.at(-1)
    if (!last) return
    const hearing = Array.from(this.hub.listeners.values()).filter(({ organizationIds }) =>
      organizationIds.values().some((organizationId) => organizationId === id),
    )
    this.#passTo(hearing, encodeFrame(last.body))
  }

  #tellPresence(listener: Listener, isOnline: boolean): void {
    this.#passTo(around(listener), encodeFrame({ state: 'presence', personId: listener.id, isOnline }))
  }

  #passTo(listeners: Iterable<Listener>, frame: Buffer): void {
    for (const listener of listeners) this.#pass(listener, frame)
  }

  #pass(listener: Listener, frame: Buffer): void {
    for (const ear of listener.ears) sendPassing(ear, frame, this.#now())
  }

  #endSessions(ended: readonly EndedDevice[]): void {
    if (ended.length === 0) return
    const byId = new Map(ended.map((one) => [one.deviceId, one]))
    for (const connection of this.hub.connections.keys()) {
      const deviceId = deviceOf(connection)
      const end = deviceId && byId.get(deviceId)
      if (!end) continue
      if (end.isReplaced) connection.close(closeCodes.replaced, 'another device has taken the place of this one')
      else connection.close(closeCodes.sessionEnded, 'signed out')
    }
  }
}

/** Everybody online who shares a small two-way audience with this person. */
function around(listener: Listener): Set<Listener> {
  const others = new Set<Listener>()
  for (const audience of listener.audiences) {
    if (audience.isSocial) for (const other of audience.people) if (other.ears.size > 0) others.add(other)
  }
  others.delete(listener)
  return others
}

function audiencesIn({ conversations = [] }: Partial<OpenedSync>): AudienceId[] {
  return conversations.flatMap(({ audiences }) => audiences.map(({ id }) => id))
}

type Opening = { opens: AudienceId; conversationId: ConversationId }
function isOpening(body: object): body is Opening {
  return 'opens' in body
}

const isPersonal = (body: object): body is PersonalEvent => 'isPersonal' in body

const isReplacement = (group: readonly Announcement[]) =>
  group.some(({ body }) => 'isReplaced' in body && body.isReplaced === true)

function numberOf(body: object): number {
  if ('number' in body && typeof body.number === 'number') return body.number
  return 'message' in body && typeof body.message === 'object' && body.message ? numberOf(body.message) : 0
}
