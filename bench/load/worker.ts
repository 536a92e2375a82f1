import { setTimeout as delay } from 'node:timers/promises'
import { plain, shoptalk, socketIo, webSocketSpeech } from './dialects.ts'
import { latencyOf } from './latency.ts'
import { Link, type Turn } from './link.ts'
import type {
  Answer,
  Call,
  Load,
  Loaded,
  Methods,
  Open,
  Opened,
  Received,
  SpeechName,
  Storm,
  Stormed,
} from './messages.ts'
import { pace } from './pace.ts'
import type { Missed } from './sync.ts'
import { Meter, Sender, Talker } from './talker.ts'
import { xmppSpeech } from './xmpp.ts'

/** The process that makes the load. It is told by its parent what to do, and ends with it. */
const [, , speechName = '', portText = ''] = process.argv
const port = Number(portText)
const meter = new Meter()
const links: Link[] = []
const talkers: Talker[] = []
const missed = new Map<Link, Missed>()
const turn: Turn = {
  dirty: new Set(),
  afterRead() {
    meter.heard()
    flushAll()
  },
}
const speeches = {
  shoptalk: webSocketSpeech(shoptalk, (link, what) => missed.set(link, what)),
  'socket.io': webSocketSpeech(socketIo),
  plain: webSocketSpeech(plain),
  xmpp: xmppSpeech,
}
const makeSpeech = speeches[speechName as SpeechName] // the bench starts this process with one of the names

const CONNECT_TRIES_MAX = 20
/** Those who could not come in try again at a random moment in this time, as real clients do. */
const RETRY_SPREAD_MS = 1_000

const methods: Methods = {
  async open({ clients, inParallel }: Open): Promise<Opened> {
    const begin = performance.now()
    let retries = 0
    const waiting = clients.entries()
    const firstIndex = links.length
    for (const [index, client] of clients.entries()) {
      links.push(new Link(client, turn))
      talkers.push(new Talker(firstIndex + index, client.place, meter))
    }
    const openSome = async () => {
      for (const [index] of waiting) retries += await openOne(firstIndex + index)
    }
    await Promise.all(Array.from({ length: inParallel }, openSome))
    return { seconds: (performance.now() - begin) / 1_000, retries }
  },

  async load(load: Load): Promise<Loaded> {
    begin(load)
    const senders = load.senders.map(senderOf)
    const { refused, parsed } = meter
    const paced = await pace(load, senders, meter)
    return {
      ...paced,
      refused: meter.refused - refused,
      parsed: meter.parsed - parsed,
      received: receivedOf(talkers),
      sent: senders.map(({ client, place, first, next, refused: mine, unanswered }) => ({
        client,
        place,
        first,
        count: next - first,
        unacknowledged: [...mine, ...unanswered],
      })),
      faults: meter.faults,
    }
  },

  async drop({ clients }) {
    for (const index of clients) links[index]?.drop()
    return {}
  },

  async storm({ clients }: Storm): Promise<Stormed> {
    missed.clear()
    const beganAt = performance.now()
    const openMs: number[] = []
    const all = clients.map(async (index) => {
      const retries = await openOne(index)
      openMs.push(performance.now() - beganAt)
      return retries
    })
    const retries = (await Promise.all(all)).reduce((sum, one) => sum + one, 0)
    const seconds = (performance.now() - beganAt) / 1_000
    const received = clients.map((client): Received => {
      const link = links[client]
      const read = (link && missed.get(link)) ?? { count: 0, hash: 0 }
      return { client, place: link?.client.place ?? '', ...read }
    })
    return { seconds, retries, received, openMs: latencyOf(openMs), faults: meter.faults }
  },
}

/** Answers with how often it had to be tried again. */
async function openOne(index: number): Promise<number> {
  const link = links[index]
  const talker = talkers[index]
  if (!link || !talker) throw new Error(`there is no client ${index}`)
  for (let tries = 0; ; tries++) {
    try {
      await link.open(port, (opening) => makeSpeech(opening, talker))
      return tries
    } catch (error) {
      if (tries >= CONNECT_TRIES_MAX) throw error
      link.drop()
      await delay(Math.random() * RETRY_SPREAD_MS)
    }
  }
}

function begin({ answeredBy }: Load): void {
  meter.answeredBy = answeredBy
  meter.faults = []
  for (const talker of talkers) {
    talker.count = 0
    talker.hash = 0
  }
}

/** A sender goes on where it was in the last run. */
function senderOf(to: Load['senders'][number]): Sender {
  const link = links[to.client]
  const talker = talkers[to.client]
  const before = meter.senders.get(to.client)
  if (!link?.speech || !talker) throw new Error(`client ${to.client} is not connected`)
  const address = to.partner === undefined ? undefined : links[to.partner]?.address
  const template = link.speech.post({ ...to, place: address ?? to.place })
  const sender = new Sender(to, template, { write: (frame) => link.say(frame), flushAll, meter })
  sender.next = sender.first = before?.next ?? 0
  talker.sender = sender
  meter.senders.set(to.client, sender)
  return sender
}

function receivedOf(all: readonly Talker[]): Received[] {
  return all.map(({ client, place, count, hash }) => ({ client, place, count, hash }))
}

function flushAll(): void {
  for (const link of turn.dirty) link.flush()
  turn.dirty.clear()
}

const answer = (said: Answer) => process.send?.(said)
process.on('message', ({ id, method, input }: Call) => {
  const run = methods[method] as (input: unknown) => Promise<unknown> // the parent calls with what the method takes
  run(input).then(
    (output) => answer({ id, output }),
    (error: unknown) => answer({ id, fault: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  )
})
process.on('disconnect', () => process.exit())
