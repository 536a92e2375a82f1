import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Logger } from 'pino'
import type { Announcement } from './events.ts'
import { setting } from './settings.ts'

/** Above it only a hint travels; whoever wants the body reads it from the database. */
const BODY_MAX_BYTES = 200_000
const RECONNECT_WAIT_MS = 500

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

type Parcel = { from: string; announcements: Announcement[] }

export async function connectBus({ url, log, receive, onDoubt }: BusOptions): Promise<Bus> {
  const { connect } = await import('@nats-io/transport-node')
  const { username, password, host, protocol } = new URL(url)
  const nats = await connect({
    servers: host,
    ...(username ? { user: decodeURIComponent(username), pass: decodeURIComponent(password) } : {}),
    ...(protocol === 'tls:' ? { tls: {} } : {}),
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_WAIT_MS,
    waitOnFirstConnect: true,
    name: 'shoptalk',
  })
  const self = randomBytes(9).toString('base64url')
  const watched = new Map<string, { unsubscribe(): void }>()
  void follow(nats.status(), log, onDoubt)
  const hear = (error: Error | null, message: { string(): string }) => {
    if (error) return onDoubt()
    const parcel: Parcel = JSON.parse(message.string())
    if (parcel.from !== self) receive(parcel.announcements)
  }
  return {
    publish(announcements) {
      for (const [topic, group] of Map.groupBy(announcements, (announcement) => announcement.topic)) {
        const parcel = encode({ from: self, announcements: group })
        if (!nats.isClosed()) nats.publish(subjectOf(topic), parcel)
      }
    },
    watch(topic) {
      if (watched.has(topic)) return
      watched.set(topic, nats.subscribe(subjectOf(topic), { callback: hear }))
    },
    unwatch(topic) {
      watched.get(topic)?.unsubscribe()
      watched.delete(topic)
    },
    close: () => nats.drain(),
  }
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

function hintOf(topic: string, body: object): object {
  const place = 'message' in body ? Object(body.message) : body
  return { state: 'heads', heads: [{ audienceId: topic.split(':')[1], number: Object(place).number ?? 0 }] }
}

async function follow(status: AsyncIterable<{ type: string }>, log: Logger, onDoubt: () => void): Promise<void> {
  for await (const { type } of status) {
    if (type === 'disconnect') log.warn('the bus is away; other nodes are heard with a delay until it is back')
    if (type === 'reconnect') log.info('the bus is back')
    if (type === 'reconnect' || type === 'slowConsumer' || type === 'error') onDoubt()
  }
}
