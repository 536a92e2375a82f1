import { checkRun } from '../check.ts'
import { startGenerator, type Generator } from '../load/generator.ts'
import type { Client, Load, Loaded, SendTo } from '../load/messages.ts'
import { cpuSeconds, descendantsOf } from '../processes.ts'
import { seedOrganization, seedPeople, seedPlaces, settle, type Kind, type Place } from '../seed.ts'
import { headsOf, readLogs } from '../stored.ts'
import type { Shoptalk } from '../targets/shoptalk.ts'

/** One run, as it stands in the results. */
export type LoadRun = Omit<Loaded, 'received' | 'sent'> & {
  /** Messages of the whole run, with those before and after the measured time. */
  sent: number
  /** CPU seconds of the server's process, and of those it has started. */
  serverCpuSeconds: number
  databaseCpuSeconds: number
  /** Faults found by comparing what was sent, stored and delivered. Empty: zero loss, nothing twice, one order. */
  faults: string[]
}
export type Stage = {
  organizationId: string
  places: readonly Place[]
  generator: Generator
  senders: SendTo[]
  copies: number
  [Symbol.asyncDispose](): Promise<void>
}
export type Shape = { kind: Kind; groups: number; members: number; senders: number }

/** People of their own for one kind of load, all connected. */
export async function prepare(server: Shoptalk, { kind, groups, members, senders }: Shape): Promise<Stage> {
  const organizationId = await seedOrganization(server.pool)
  const people = await seedPeople(server.pool, organizationId, { all: groups * members, withDevice: groups * members })
  const split = Array.from({ length: groups }, (_, index) => people.slice(index * members, (index + 1) * members))
  const places = await seedPlaces(server.pool, { organizationId, kind, groups: split })
  await settle(server.pool)
  const generator = startGenerator('shoptalk', server.port)
  const clients = places.flatMap(({ audienceId, people }) =>
    people.map(({ token }): Client => ({ token, place: audienceId })),
  )
  await generator.open({ clients, inParallel: 50 })
  const to = places.flatMap(({ audienceId }, index) =>
    Array.from({ length: senders }, (_, sender) => ({
      client: index * members + sender,
      organizationId,
      place: audienceId,
    })),
  )
  return {
    organizationId,
    places,
    generator,
    senders: to,
    copies: members,
    [Symbol.asyncDispose]: () => generator[Symbol.asyncDispose](),
  }
}

export type Times = Pick<Load, 'window' | 'warmMs' | 'measureMs' | 'perSecond'>

/** One run of messages, checked against what is stored. */
export async function run(server: Shoptalk, stage: Stage, times: Times): Promise<LoadRun> {
  const { generator, senders, copies, places } = stage
  const heads = await headsOf(
    server.pool,
    places.map(({ audienceId }) => audienceId),
  )
  const cpuBefore = cpuOf(server)
  const { received, sent, ...loaded } = await generator.load({ ...times, senders, copies, answeredBy: 'server' })
  const cpuAfter = cpuOf(server)
  const { logs, faults } = await readLogs(server.pool, heads)
  const found = checkRun({ sent, received, logs, placeOf: ({ place }) => place })
  return {
    ...loaded,
    sent: countSent(sent),
    serverCpuSeconds: cpuAfter.server - cpuBefore.server,
    databaseCpuSeconds: cpuAfter.database - cpuBefore.database,
    faults: [...loaded.faults, ...faults, ...found],
  }
}

export const countSent = (sent: Loaded['sent']) => sent.reduce((sum, { count }) => sum + count, 0)

/** CPU seconds so far, of the server's own process and of its PostgreSQL. */
export function cpuOf({ program }: Shoptalk): { server: number; database: number } {
  const database = descendantsOf(program.pid).reduce((sum, pid) => sum + cpuSeconds(pid), 0)
  return { server: cpuSeconds(program.pid), database }
}
