import { setTimeout as delay } from 'node:timers/promises'
import { checkRun } from '../check.ts'
import { startGenerator, type Generator } from '../load/generator.ts'
import type { Client, Latency, Opened } from '../load/messages.ts'
import { residentBytes } from '../processes.ts'
import { seedNarrowed, seedOrganization, seedPeople, seedPlaces, settle, type Person, type Place } from '../seed.ts'
import { countRows, headsOf, markTransaction, readLogs, type TableRows } from '../stored.ts'
import type { Shoptalk } from '../targets/shoptalk.ts'
import { cpuOf } from './messages.ts'

/** A large organization: one broadcast to all of it, and groups of ten of those who are connected. */
export type Crowd = {
  organizationId: string
  broadcast: Place
  /** The same broadcast, narrowed by three people, who are connected. */
  narrowed: Place
  excluded: ReadonlySet<number>
  groups: Place[]
  connected: Person[]
}
export type CrowdSize = {
  members: number
  connected: number
  /** Until memory has come to rest, before and after the connections. */
  restMs: number
}

const GROUP_SIZE = 10
const EXCLUDED = 3
const UNREAD = 20
const IN_PARALLEL = 100

export async function prepareCrowd(
  { pool }: Shoptalk,
  { members, connected: count }: Pick<CrowdSize, 'members' | 'connected'>,
): Promise<Crowd> {
  const organizationId = await seedOrganization(pool)
  const groupCount = Math.ceil(count / GROUP_SIZE)
  // The first of each group posts while the others are away; posters are not counted among the connected.
  const people = await seedPeople(pool, organizationId, { all: members, withDevice: count + groupCount })
  const connected = people.slice(0, count)
  const posters = people.slice(count, count + groupCount)
  const [broadcast] = await seedPlaces(pool, { organizationId, kind: 'broadcast', groups: [people] })
  if (!broadcast) throw new Error('there is no broadcast')
  const excluded = [1, 2, 3].slice(0, EXCLUDED).map((part) => Math.floor((count * part) / (EXCLUDED + 1)))
  const narrowed = await seedNarrowed(
    pool,
    organizationId,
    broadcast,
    excluded.flatMap((index) => connected[index] ?? []),
  )
  const groups = await seedPlaces(pool, {
    organizationId,
    kind: 'group',
    groups: posters.map((poster, index) => [poster, ...connected.slice(index * GROUP_SIZE, (index + 1) * GROUP_SIZE)]),
  })
  await settle(pool)
  return { organizationId, broadcast, narrowed, excluded: new Set(excluded), groups, connected }
}

export type IdleRun = {
  connections: number
  bytesBefore: number
  bytesAfter: number
  bytesPerConnection: number
} & Opened

/** The memory of the server's process before and after, of a server that has done nothing else yet. */
export async function measureIdle(
  server: Shoptalk,
  crowd: Crowd,
  generator: Generator,
  restMs: number,
): Promise<IdleRun> {
  const { pid } = server.program
  await delay(restMs)
  const bytesBefore = residentBytes(pid)
  const clients = crowd.connected.map(({ token }): Client => ({ token, place: '' }))
  const opened = await generator.open({ clients, inParallel: IN_PARALLEL })
  await delay(restMs)
  const bytesAfter = residentBytes(pid)
  const connections = clients.length
  return {
    ...opened,
    connections,
    bytesBefore,
    bytesAfter,
    bytesPerConnection: Math.round((bytesAfter - bytesBefore) / connections),
  }
}

export type BroadcastRun = {
  isNarrowed: boolean
  members: number
  connected: number
  /** From sending to the last socket. */
  milliseconds: number
  acknowledgedMs: number
  rowsInserted: number
  rowsUpdated: number
  tables: TableRows[]
  faults: string[]
}

/** One message to everybody; then every row of every table is looked at. */
export async function runBroadcast(
  server: Shoptalk,
  crowd: Crowd,
  generator: Generator,
  isNarrowed: boolean,
): Promise<BroadcastRun> {
  const { pool } = server
  const place = isNarrowed ? crowd.narrowed : crowd.broadcast
  const excluded = isNarrowed ? crowd.excluded : new Set<number>()
  const copies = crowd.connected.length - excluded.size
  const heads = await headsOf(pool, [place.audienceId])
  const mark = await markTransaction(pool)
  const before = await countRows(pool, mark)
  const { received, sent, ...loaded } = await generator.load({
    senders: [{ client: 0, organizationId: crowd.organizationId, place: place.audienceId }],
    answeredBy: 'server',
    copies,
    window: 1,
    count: 1,
    warmMs: 0,
    measureMs: 0,
  })
  const tables = difference(before, await countRows(pool, mark))
  const { logs, faults } = await readLogs(pool, heads)
  const placeOf = ({ client }: { client: number }) =>
    client < crowd.connected.length && !excluded.has(client) ? place.audienceId : undefined
  const inserted = tables.reduce((sum, { rows }) => sum + rows, 0)
  return {
    isNarrowed,
    members: place.people.length - excluded.size,
    connected: copies,
    milliseconds: loaded.lastCopyMs,
    acknowledgedMs: loaded.answerMs.max,
    rowsInserted: inserted,
    rowsUpdated: tables.reduce((sum, { written }) => sum + written, 0) - inserted,
    tables,
    faults: [...loaded.faults, ...faults, ...checkRun({ sent, received, logs, placeOf })],
  }
}

/** The tables that something was written to: rows more than before, and rows with a new version. */
function difference(before: readonly TableRows[], after: readonly TableRows[]): TableRows[] {
  const known = new Map(before.map(({ table, rows }) => [table, rows]))
  return after
    .map(({ table, rows, written }) => ({ table, rows: rows - (known.get(table) ?? 0), written }))
    .filter(({ rows, written }) => rows !== 0 || written !== 0)
}

export type StormRun = {
  clients: number
  unreadEach: number
  /** From the moment all begin to come back until the last has read what it missed. */
  seconds: number
  retries: number
  openMs: Latency
  serverCpuSeconds: number
  databaseCpuSeconds: number
  faults: string[]
}

/** While all are away their groups go on talking; then all come back at once. */
export async function runStorm(server: Shoptalk, crowd: Crowd, generator: Generator): Promise<StormRun> {
  const { pool, port } = server
  const everybody = crowd.connected.map((_, index) => index)
  await generator.drop({ clients: everybody })
  const heads = await headsOf(
    pool,
    crowd.groups.map(({ audienceId }) => audienceId),
  )
  const posted = await postUnread(port, crowd)
  const cpuBefore = cpuOf(server)
  const stormed = await generator.storm({ clients: everybody })
  const cpuAfter = cpuOf(server)
  const { logs, faults } = await readLogs(pool, heads)
  const placeOf = ({ client }: { client: number }) => crowd.groups[Math.floor(client / GROUP_SIZE)]?.audienceId
  const { seconds, retries, openMs, received } = stormed
  const found = checkRun({ sent: posted.sent, received, logs, placeOf })
  return {
    clients: everybody.length,
    unreadEach: UNREAD,
    seconds,
    retries,
    openMs,
    serverCpuSeconds: cpuAfter.server - cpuBefore.server,
    databaseCpuSeconds: cpuAfter.database - cpuBefore.database,
    faults: [...stormed.faults, ...posted.faults, ...faults, ...found],
  }
}

async function postUnread(port: number, crowd: Crowd) {
  await using posters = startGenerator('shoptalk', port)
  const { organizationId, groups } = crowd
  const clients = groups.map(({ people, audienceId }): Client => ({ token: people[0]?.token ?? '', place: audienceId }))
  await posters.open({ clients, inParallel: IN_PARALLEL })
  const senders = groups.map(({ audienceId }, client) => ({ client, organizationId, place: audienceId }))
  // Awaited here, while the posters are still connected.
  return await posters.load({
    senders,
    answeredBy: 'server',
    copies: 1,
    window: 1,
    count: UNREAD,
    warmMs: 0,
    measureMs: 0,
  })
}
