import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { sourcesOf } from './features/conversations/index.ts'
import { Delivery } from './features/delivery/index.ts'
import { authenticate } from './features/identity/index.ts'
import { features } from './all-features.ts'
import { createSetupLink } from './operator-commands.ts'
import { addApiPages } from './platform/api-pages.ts'
import { connectBus, natsUrl, noBus } from './platform/bus.ts'
import { createIdentify } from './platform/caller.ts'
import { systemClock } from './platform/clock.ts'
import type { Announcement } from './platform/events.ts'
import { createExecutor, type Executor } from './platform/execute.ts'
import type { Tools } from './platform/feature.ts'
import { createHttp } from './platform/http.ts'
import { startJobs } from './platform/job-runner.ts'
import { noteAddress, openKeyFiles } from './platform/key-files.ts'
import { createMetrics, type Metrics } from './platform/metrics.ts'
import { migrate } from './platform/migrate.ts'
import { checkExternalPostgres, startPostgres } from './platform/postgres/index.ts'
import { addProbes } from './platform/probes.ts'
import { progress } from './platform/progress.ts'
import { startQuietCollector } from './platform/quiet-collector.ts'
import { startReactions } from './platform/reaction-runner.ts'
import { createSeal } from './platform/seal.ts'
import * as declared from './platform/server-settings.ts'
import { readSettings, type Settings } from './platform/settings.ts'
import { openDatabase } from './platform/sql.ts'
import { attachWebSockets, type Sockets } from './platform/websocket.ts'

export type RunningServer = {
  settings: Settings
  executor: Executor
  /** Lets what is in work end, sends everybody elsewhere, and stops the database. */
  stop(): Promise<void>
}

export const version = '0.1.0'
const webFolder = join(import.meta.dirname, '../web/dist')
/** Clients come back spread over this time. */
const DRAIN_SPREAD_MS = 2_000
/** Requests that were under way may take so long before their connections close. */
const FINISH_MAX_MS = 5_000
/** A client that does not close its side in this time is cut off. */
const FAREWELL_MS = 2_000

/** All settings, of the server and of its features. Those that follow from others are filled in. */
export async function readAllSettings(environment: Readonly<Record<string, string | undefined>>): Promise<Settings> {
  const port = environment['PORT'] === '0' ? String(await findFreePort()) : environment['PORT'] || '8080'
  const PUBLIC_URL = environment['PUBLIC_URL'] || `http://localhost:${/^\d+$/.test(port) ? port : '8080'}`
  const HOST = environment['HOST'] || (environment['PUBLIC_URL'] ? '0.0.0.0' : '127.0.0.1')
  const all = [...declared.serverSettings, natsUrl, ...features.flatMap((feature) => feature.settings ?? [])]
  return readSettings(all, { ...environment, PORT: port, PUBLIC_URL, HOST })
}

/** Starts everything, in the order in which one needs the other; stops it in the opposite order. */
export async function startServer(settings: Settings, log: Logger): Promise<RunningServer> {
  await using stack = new AsyncDisposableStack()
  // A port that is taken is told at once, and not after a database was made.
  await holdPort(settings.get(declared.port), settings.get(declared.host))
  const url = await openPostgres(settings, log, stack)
  const { secret, operatorToken } = openKeyFiles(settings.get(declared.dataFolder), settings.get(declared.secret))
  await migrate(url, log)
  const database = openDatabase({
    connectionString: url,
    onError: (error) => log.debug({ err: error }, 'a connection to the database was lost'),
  })
  stack.defer(() => database.end())
  const tools: Tools = { database, clock: systemClock, settings, seal: createSeal(secret), log }
  const delivery = await connectDelivery(settings, tools, stack)
  stack.defer(progress.onReport((personId, now) => delivery.tell(personId, { state: 'progress', ...now })))
  const metrics = createMetrics()
  const executor = createExecutor({
    ...tools,
    definitions: [...features.flatMap((feature) => feature.definitions), createSetupLink],
    onFault: (error) => log.error({ err: error }, 'a batch failed'),
    onBatch: (batch) => metrics.batchEnded(batch),
  })
  const reactions = startReactions(
    features.flatMap((feature) => feature.reactions ?? []),
    tools,
  )
  stack.defer(() => reactions.stop())
  metrics.watchEach('shoptalk_reaction_lag_seconds', 'By how much what follows a change is behind it.', {
    label: 'reaction',
    // Without the database nothing is known of it, and the other figures are needed most.
    read: () => reactions.readLags().catch(() => new Map<string, number>()),
  })
  const jobs = await startJobs(
    url,
    features.flatMap((feature) => feature.jobs ?? []),
    tools,
  )
  stack.defer(() => jobs.stop())
  await openDoors({ tools, executor, delivery, metrics, operatorToken }, stack)
  const closing = stack.move()
  return { settings, executor, stop: () => closing.disposeAsync() }
}

/** The server's own PostgreSQL, or the one that the operator names. */
async function openPostgres(settings: Settings, log: Logger, stack: AsyncDisposableStack): Promise<string> {
  const given = settings.get(declared.databaseUrl)
  if (given !== undefined) {
    await checkExternalPostgres(given)
    return given
  }
  return stack.use(await startPostgres({ dataFolder: settings.get(declared.dataFolder), log })).url
}

/** What is committed goes to those who listen here, and over the bus to the other nodes. */
async function connectDelivery(settings: Settings, tools: Tools, stack: AsyncDisposableStack): Promise<Delivery> {
  const { database, log } = tools
  const hearing: { delivery?: Delivery } = {}
  const url = settings.get(natsUrl)
  const receive = (announcements: readonly Announcement[]) => hearing.delivery?.receive(announcements)
  const onDoubt = () => hearing.delivery?.doubt()
  const bus = url === undefined ? noBus : await connectBus({ url, log, receive, onDoubt })
  stack.defer(() => bus.close())
  const delivery = new Delivery({ sources: sourcesOf(database), log, watcher: bus })
  stack.defer(() => delivery.stop())
  stack.defer(startQuietCollector(() => delivery.hub.connections.size))
  hearing.delivery = delivery
  database.onCommitted((announcements) => {
    delivery.receive(announcements)
    bus.publish(announcements)
  })
  return delivery
}

type Doors = {
  tools: Tools
  executor: Executor
  delivery: Delivery
  metrics: Metrics
  operatorToken: string
}

/** HTTP and WebSockets. From here on people come in. */
async function openDoors(doors: Doors, stack: AsyncDisposableStack): Promise<void> {
  const { tools, executor, delivery, metrics, operatorToken } = doors
  const { settings, log, database } = tools
  let draining = false
  const isDraining = () => draining
  const publicUrl = settings.get(declared.publicUrl)
  const identify = createIdentify({
    authenticate: (token, source) => authenticate(database, token, { source, now: systemClock() }),
    operatorToken,
    publicUrl,
    trustedProxies: settings.get(declared.trustProxy),
  })
  const http = await createHttp({
    executor,
    identify,
    log,
    metrics,
    publicUrl,
    webFolder,
    isDraining,
    addRoutes: async (server) => {
      for (const feature of features) await feature.addRoutes?.(server, { ...tools, identify, metrics })
    },
  })
  addProbes(http, { database, metrics, operatorToken, isDraining })
  await addApiPages(http, executor.definitions, version)
  const sockets = attachWebSockets(http.server, {
    executor,
    identify,
    log,
    metrics,
    isDraining,
    handle: (connection, request, run, answer) => delivery.handle(connection, request, run, answer),
    onOpen: (connection) => delivery.onOpen(connection),
    onClose: (connection) => delivery.onClose(connection),
  })
  watch(doors, sockets)
  stack.defer(async () => {
    draining = true
    await leave(http, sockets, doors)
  })
  const listening = await http.listen({ port: settings.get(declared.port), host: settings.get(declared.host) })
  stack.defer(noteAddress(settings.get(declared.dataFolder), listening))
}

/** What was begun is ended and answered; then everybody is asked to connect elsewhere. */
async function leave(http: FastifyInstance, sockets: Sockets, { executor, delivery }: Doors): Promise<void> {
  const closed = http.close()
  await Promise.race([executor.drained(), later(FINISH_MAX_MS)])
  await Promise.race([delivery.settled(), later(FINISH_MAX_MS)])
  delivery.drain(DRAIN_SPREAD_MS)
  sockets.flush()
  sockets.close()
  const cutOff = setTimeout(() => {
    for (const connection of sockets.all()) connection.terminate()
    http.server.closeAllConnections()
  }, FAREWELL_MS)
  await closed
  clearTimeout(cutOff)
  await executor.drained()
}

const later = (milliseconds: number) => new Promise<void>((resolve) => void setTimeout(resolve, milliseconds).unref())

function watch({ metrics, executor, tools, delivery }: Doors, sockets: Sockets) {
  const { pool } = tools.database
  metrics.watch('shoptalk_sockets', 'WebSocket connections.', () => sockets.count)
  metrics.watch('shoptalk_listeners', 'People who listen on this node.', () => delivery.hub.listeners.size)
  metrics.watch('shoptalk_batch_waiting', 'Items that wait for a group commit.', () => executor.waitingCount)
  metrics.watch('shoptalk_database_connections', 'Connections to the database.', () => pool.totalCount)
  metrics.watch('shoptalk_database_idle', 'Connections to the database without work.', () => pool.idleCount)
  metrics.watch('shoptalk_database_waiting', 'Requests that wait for a connection.', () => pool.waitingCount)
}

const findFreePort = () => holdPort(0, '127.0.0.1')

/** Takes the port, and gives it back. */
async function holdPort(port: number, host: string): Promise<number> {
  const probe = createServer().listen(port, host)
  await once(probe, 'listening')
  const address = probe.address() as AddressInfo // it listens on TCP
  probe.close()
  await once(probe, 'close')
  return address.port
}
