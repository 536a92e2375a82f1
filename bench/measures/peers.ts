import { setTimeout as delay } from 'node:timers/promises'
import { checkAmong } from '../check.ts'
import { startGenerator, type Generator } from '../load/generator.ts'
import type { Client, SendTo } from '../load/messages.ts'
import { cpuSeconds, residentBytes } from '../processes.ts'
import type { Peer } from '../targets/peer.ts'
import type { IdleRun } from './crowd.ts'
import { countSent, type LoadRun, type Shape, type Times } from './messages.ts'

export type PeerRun = Omit<LoadRun, 'databaseCpuSeconds'> & {
  /** Rows that were added where the peer keeps its messages. */
  storedRows?: number
}
export type PeerStage = {
  generator: Generator
  senders: SendTo[]
  copies: number
  isDirect: boolean
  [Symbol.asyncDispose](): Promise<void>
}

const IN_PARALLEL = 25
/** What is archived after it was delivered has so long to arrive. */
const ARCHIVE_MS = 2_000

/** The same people in the same places as with our server. */
export async function preparePeer(peer: Peer, { kind, groups, members, senders }: Shape): Promise<PeerStage> {
  const isDirect = kind === 'direct'
  const isAlone = isDirect && peer.answeredBy.direct === 'receipt'
  const clients = Array.from({ length: groups * members }, (_, index): Client => {
    const group = Math.floor(index / members)
    const room = isAlone ? 'none' : index % members === 0 ? 'made' : 'entered'
    return { token: `u${index}`, place: peer.room(group), room }
  })
  const generator = startGenerator(peer.speech, peer.port)
  await openInOrder(generator, clients)
  const to = Array.from({ length: groups * senders }, (_, index): SendTo => {
    const group = Math.floor(index / senders)
    const client = group * members + (index % senders)
    return { client, organizationId: '', place: peer.room(group), ...(isAlone ? { partner: client + 1 } : {}) }
  })
  const copies = isAlone ? 1 : members
  return { generator, senders: to, copies, isDirect, [Symbol.asyncDispose]: () => generator[Symbol.asyncDispose]() }
}

/**
 * A generator counts its clients in the order in which they were opened, so those who make rooms are waited for where
 * they stand.
 */
async function openInOrder(generator: Generator, clients: readonly Client[]): Promise<void> {
  let waiting: Client[] = []
  const openWaiting = async () => {
    await generator.open({ clients: waiting, inParallel: IN_PARALLEL })
    waiting = []
  }
  const isOneRoom = clients.filter(({ room }) => room === 'made').length === 1
  for (const client of clients) {
    waiting.push(client)
    if (isOneRoom && client.room === 'made') await openWaiting()
  }
  await openWaiting()
}

export async function runPeer(peer: Peer, stage: PeerStage, times: Times): Promise<PeerRun> {
  const { generator, senders, copies, isDirect } = stage
  const way = isDirect ? 'direct' : 'group'
  const before = await peer.stored?.count()
  const cpuBefore = cpuSeconds(peer.program.pid)
  const { received, sent, ...loaded } = await generator.load({
    ...times,
    senders,
    copies,
    answeredBy: peer.answeredBy[way],
  })
  const serverCpuSeconds = cpuSeconds(peer.program.pid) - cpuBefore
  const writers = new Set(senders.map(({ client }) => client))
  const readers = copies === 1 ? received.filter(({ client }) => !writers.has(client)) : received
  const faults = [...loaded.faults, ...checkAmong({ sent, received: readers })]
  if (!peer.stored || before === undefined) return { ...loaded, sent: countSent(sent), serverCpuSeconds, faults }
  const accepted = sent.reduce((sum, { count, unacknowledged }) => sum + count - unacknowledged.length, 0)
  const wanted = accepted * peer.stored.rows[way]
  const storedRows = (await settled(peer.stored.count, before + wanted)) - before
  if (storedRows !== wanted) faults.push(`${storedRows} rows are stored of ${wanted}`)
  return { ...loaded, sent: countSent(sent), serverCpuSeconds, storedRows, faults }
}

async function settled(count: () => Promise<number>, wanted: number): Promise<number> {
  const begin = performance.now()
  let found = await count()
  while (found < wanted && performance.now() - begin < ARCHIVE_MS) {
    await delay(100)
    found = await count()
  }
  return found
}

export async function measurePeerIdle(peer: Peer, connections: number, restMs: number): Promise<IdleRun> {
  const { pid } = peer.program
  await using generator = startGenerator(peer.speech, peer.port)
  await delay(restMs)
  const bytesBefore = residentBytes(pid)
  const clients = Array.from({ length: connections }, (_, index): Client => ({
    token: `i${index}`,
    place: peer.room(index),
    room: 'none',
  }))
  const opened = await generator.open({ clients, inParallel: IN_PARALLEL })
  await delay(restMs)
  const bytesAfter = residentBytes(pid)
  return {
    ...opened,
    connections,
    bytesBefore,
    bytesAfter,
    bytesPerConnection: Math.round((bytesAfter - bytesBefore) / connections),
  }
}
