import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { NatsConnection, Subscription } from '@nats-io/transport-node'
import type { Logger } from 'pino'
import type { Announcement } from './events.ts'
import { setting } from './settings.ts'

/** Above it only a hint travels; whoever wants the body reads it from the database. */
const BODY_MAX_BYTES = 200_000
const RECONNECT_WAIT_MS = 500
/** So long an end waits for NATS, and a start. */
const FAREWELL_MAX_MS = 500
const FIRST_CONNECT_WAIT_MS = 2_000
/** As revoked devices are asked for: a removal holds within a second also while the bus is away. */
const AWAY_POLL_MS = 500

export const natsUrl = setting({
  name: 'NATS_URL',
  meaning:
    'the NATS server that connects several nodes, as in nats://user:secret@10.0.0.5:4222; without it there is one node',
  schema: z
    .string()
    .refine((text) => /^(nats|tls):\/\/\S+$/.test(text), { error: 'Must begin with nats:// or tls://.' })
    .optional(),
})

/**
 * Carries what one node has committed to the others, as a hint: it may lose, repeat and reorder. The truth is in the
 * database, and every node compares itself with it.
 */
export type Bus = {
  publish(announcements: readonly Announcement[]): void
  /** Hear this topic from now on, or not any more. */
  watch(topic: string): void
  unwatch(topic: string): void
  close(): Promise<void>
}

/** The only node tells nobody. */
export const noBus: Bus = { publish() {}, watch() {}, unwatch() {}, close: () => Promise.resolve() }

export type BusOptions = {
  url: string
  log: Logger
  receive(announcements: readonly Announcement[]): void
  /** Something may have been lost: compare with the database at once. */
  onDoubt(): void
}

type Parcel = { from: string; announcements: readonly Announcement[] }

/** Waits a little for NATS; where it is away the node starts without it, and hears it as soon as it is there. */
export async function connectBus({ url, log, receive, onDoubt }: BusOptions): Promise<Bus> {
  const { connect } = await import('@nats-io/transport-node')
  const absence = doubtWhileAway(log, onDoubt)
  const self = randomBytes(9).toString('base64url')
  const watched = new Map<string, Subscription | undefined>()
  let nats: NatsConnection | undefined
  let isClosed = false
  const hear = (error: Error | null, message: { string(): string }) => {
    const parcel = error ? undefined : read(message.string())
    if (!parcel) onDoubt()
    else if (parcel.from !== self) receive(parcel.announcements)
  }
  const subscribe = (topic: string) => nats?.subscribe(subjectOf(topic), { callback: hear })

  async function join(): Promise<void> {
    const connection = await connect(connectOptions(url)).catch(retryLater)
    if (!connection) return isClosed ? undefined : join()
    if (isClosed) return connection.close()
    nats = connection
    for (const topic of watched.keys()) watched.set(topic, subscribe(topic))
    absence.end()
    void follow(connection.status(), absence, onDoubt)
  }
  const joining = join()
  joining.catch((error: unknown) => log.error({ err: error }, 'the bus does not take this node'))
  await Promise.race([joining, later(FIRST_CONNECT_WAIT_MS)])
  if (!nats) absence.begin()
  return {
    publish(announcements) {
      if (!nats || nats.isClosed()) return
      for (const [topic, group] of Map.groupBy(announcements, (announcement) => announcement.topic))
        nats.publish(subjectOf(topic), encode({ from: self, announcements: group }))
    },
    watch(topic) {
      if (!watched.has(topic)) watched.set(topic, subscribe(topic))
    },
    unwatch(topic) {
      watched.get(topic)?.unsubscribe()
      watched.delete(topic)
    },
    async close() {
      isClosed = true
      absence.end()
      if (!nats || nats.isClosed()) return
      // What was said last still goes out, where NATS is there to take it.
      await Promise.race([nats.flush().catch(() => undefined), later(FAREWELL_MAX_MS)])
      await nats.close()
    },
  }
}

function connectOptions(url: string) {
  const { username, password, host, protocol } = new URL(url)
  return {
    servers: host,
    ...(username ? { user: decodeURIComponent(username), pass: decodeURIComponent(password) } : {}),
    ...(protocol === 'tls:' ? { tls: {} } : {}),
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_WAIT_MS,
    name: 'shoptalk',
  }
}

/** Wrong names and passwords do not become right by waiting. */
async function retryLater(error: unknown): Promise<undefined> {
  if (error instanceof Error && error.name === 'AuthorizationError') throw error
  await later(RECONNECT_WAIT_MS)
}

type Absence = { begin(): void; end(): void }
/** While nothing is heard of the others, the database is asked often. */
function doubtWhileAway(log: Logger, onDoubt: () => void): Absence {
  let timer: NodeJS.Timeout | undefined
  return {
    begin() {
      if (timer) return
      log.warn('the bus is away; until it is back, what other nodes commit is read from the database')
      timer = setInterval(onDoubt, AWAY_POLL_MS).unref()
    },
    end() {
      if (timer) log.info('the bus is back')
      clearInterval(timer)
      timer = undefined
    },
  }
}

const later = (milliseconds: number) => new Promise<void>((resolve) => void setTimeout(resolve, milliseconds).unref())

/** Other programs may write under our names. */
function read(text: string): Parcel | undefined {
  try {
    const parcel: unknown = JSON.parse(text)
    return isParcel(parcel) ? parcel : undefined
  } catch {
    return undefined
  }
}

function isParcel(value: unknown): value is Parcel {
  const { from, announcements } = Object(value)
  return typeof from === 'string' && Array.isArray(announcements) && announcements.every(isAnnouncement)
}

function isAnnouncement(value: unknown): boolean {
  const { topic, body, version = 0 } = Object(value)
  return typeof topic === 'string' && typeof body === 'object' && body !== null && typeof version === 'number'
}

/** `audience:<id>` becomes `shoptalk.audience.<id>`. */
const subjectOf = (topic: string) => `shoptalk.${topic.replace(':', '.')}`

function encode(parcel: Parcel): string {
  const text = JSON.stringify(parcel)
  if (text.length <= BODY_MAX_BYTES) return text
  const hints = parcel.announcements.map(({ topic, version, body }) => ({
    topic,
    ...(version === undefined ? {} : { version }),
    body: hintOf(topic, body),
  }))
  return JSON.stringify({ from: parcel.from, announcements: hints })
}

/** Of an audience its head; the log of a person is read in any case. */
function hintOf(topic: string, body: object): object {
  const [kind, id] = topic.split(':')
  if (kind !== 'audience' || 'state' in body) return kind === 'person' ? {} : body
  const place = 'message' in body ? Object(body.message) : body
  return { state: 'heads', heads: [{ audienceId: id, number: Object(place).number ?? 0 }] }
}

async function follow(status: AsyncIterable<{ type: string }>, absence: Absence, onDoubt: () => void): Promise<void> {
  for await (const { type } of status) {
    if (type === 'disconnect') absence.begin()
    if (type === 'reconnect') absence.end()
    if (type === 'reconnect' || type === 'slowConsumer' || type === 'error') onDoubt()
  }
}
