import { mkdirSync } from 'node:fs'
import { join, resolve as resolvePath } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Binaries, findEmbeddedBinaries } from './binaries.ts'
import { createCluster } from './cluster.ts'
import type { RunningPostgres, StartPostgresOptions } from './contract.ts'
import { lockDataFolder } from './data-folder-lock.ts'
import { connectionUrl, createDatabase } from './database.ts'
import { readLog } from './log-lines.ts'
import { type OperatingUser, chooseOperatingUser } from './operating-user.ts'
import { type Place, existingCluster, preparePlace, prepareSocketFolder, removeSocketFolder } from './place.ts'
import { predecessorGone, readPostmasterPid } from './predecessor.ts'
import { explainError, explainOutput } from './problem.ts'
import { serverSettings } from './settings.ts'
import { type WatchedProcess, runWatched } from './watchdog.ts'

/** What only tests choose. */
export type ClusterOptions = StartPostgresOptions & {
  binaries?: Binaries
  settings?: Record<string, string>
  /** Does not keep this process alive, and leaves nothing behind when the process ends. */
  temporary?: boolean
}

type Cluster = Place & {
  binaries: Binaries
  user: OperatingUser | undefined
  socketFolder: string
  options: ClusterOptions
}

const firstBackoffMs = 100
const backoffMaxMs = 10_000
/** After so long without a fault, the next one counts as the first again. */
const calmMs = 60_000
/** Backends whose postmaster was killed notice it within moments; until then nothing can start on their cluster. */
const orphansRetriesMax = 50
const orphansRetryMs = 200

/** Starts the database of a data folder, and keeps it running until it is stopped. */
export async function startPostgres(options: StartPostgresOptions): Promise<RunningPostgres> {
  return startCluster(options)
}

export async function startCluster(options: ClusterOptions): Promise<RunningPostgres> {
  const dataFolder = resolvePath(options.dataFolder)
  let lock: { release(): void } | undefined
  try {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
    lock = await lockDataFolder(dataFolder)
    const user = chooseOperatingUser(existingCluster(dataFolder))
    const place = preparePlace(dataFolder, user)
    const binaries = options.binaries ?? findEmbeddedBinaries(place.home, user)
    await predecessorGone(place.clusterFolder, options.log)
    const temporary = options.temporary ? { temporaryFolder: dataFolder } : {}
    await createCluster({ place, binaries, user, log: options.log, ...temporary })
    const socketFolder = prepareSocketFolder(place.home, user)
    return await supervise({ ...place, binaries, user, socketFolder, options }, lock)
  } catch (error) {
    lock?.release()
    throw explainError(error, dataFolder)
  }
}

async function supervise(cluster: Cluster, lock: { release(): void }): Promise<RunningPostgres> {
  const { options, clusterFolder, socketFolder } = cluster
  const stopping = new AbortController()
  let running = await launch(cluster, stopping.signal)

  const keepRunning = async (): Promise<void> => {
    let failures = 0
    while (!stopping.signal.aborted) {
      const upSince = performance.now()
      const code = await running.exited
      if (stopping.signal.aborted) return
      if (performance.now() - upSince > calmMs) failures = 0
      const reason = `PostgreSQL ended unexpectedly (${code > 128 ? `signal ${code - 128}` : `exit code ${code}`})`
      options.log.error({ code }, `${reason}; starting it again`)
      options.onDown?.(reason)
      const next = await relaunch(cluster, stopping.signal, failures)
      if (next === undefined) return
      running = next
      failures += 1
      options.log.info({}, 'PostgreSQL runs again')
      options.onUp?.()
    }
  }
  const kept = keepRunning()

  const stop = async (): Promise<void> => {
    stopping.abort()
    running.end()
    await kept
    await running.exited
    removeSocketFolder(cluster.home, socketFolder)
    lock.release()
  }
  return {
    url: connectionUrl(socketFolder),
    socketFolder,
    clusterFolder,
    pid: () => running.pid(),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

/** Starts it again, each time a little later, until it runs; undefined when it is to stop instead. */
async function relaunch(
  cluster: Cluster,
  stopping: AbortSignal,
  failures: number,
): Promise<WatchedProcess | undefined> {
  for (let attempt = failures; !stopping.aborted; attempt += 1) {
    await delay(Math.min(firstBackoffMs * 2 ** attempt, backoffMaxMs), undefined, { signal: stopping }).catch(() => {})
    if (stopping.aborted) return undefined
    try {
      return await launch(cluster, stopping)
    } catch (error) {
      if (!stopping.aborted) cluster.options.log.error({ err: error }, 'PostgreSQL cannot be started again yet')
    }
  }
  return undefined
}

/** Starts PostgreSQL and waits until it answers, after a crash also until it has recovered. */
async function launch(cluster: Cluster, stopping: AbortSignal): Promise<WatchedProcess> {
  const { options, clusterFolder, socketFolder } = cluster
  for (let attempt = 1; ; attempt += 1) {
    await predecessorGone(clusterFolder, options.log)
    const { child, ready, recent } = spawnPostgres(cluster)
    const end = (): void => child.end()
    stopping.addEventListener('abort', end, { once: true })
    try {
      const exitCode = await Promise.race([ready, child.exited])
      if (exitCode === undefined) {
        await createDatabase(socketFolder)
        if (options.temporary) child.unref()
        return child
      }
    } catch (error) {
      child.end()
      await child.exited
      throw explainOutput([...recent(), `error: ${String(error)}`], clusterFolder)
    } finally {
      stopping.removeEventListener('abort', end)
    }
    const orphans = recent().some((line) => line.includes('pre-existing shared memory block'))
    if (!orphans || attempt > orphansRetriesMax || stopping.aborted) throw explainOutput(recent(), clusterFolder)
    await delay(orphansRetryMs)
  }
}

function spawnPostgres(cluster: Cluster): {
  child: WatchedProcess
  ready: Promise<undefined>
  recent: () => readonly string[]
} {
  const { options, binaries, user, clusterFolder, socketFolder } = cluster
  const { promise: ready, resolve } = Promise.withResolvers<undefined>()
  const reader = readLog(options.log, clusterFolder)
  // A lock file of the dead names a process that is not reaped yet, or another program by now. PostgreSQL disregards
  // the process it is told here, and still looks itself whether anything is attached to the old server's memory.
  const stalePid = readPostmasterPid(clusterFolder)
  const child = runWatched({
    command: join(binaries.folder, 'postgres'),
    args: ['-D', clusterFolder, ...serverSettings(socketFolder, options.settings ?? {})],
    user,
    env: stalePid === undefined ? {} : { PG_GRANDPARENT_PID: String(stalePid) },
    endSignal: options.temporary ? 'QUIT' : 'INT',
    onLine(line) {
      reader.read(line)
      if (line.includes('database system is ready to accept connections')) resolve(undefined)
    },
    ...(options.temporary ? { temporaryFolder: resolvePath(options.dataFolder) } : {}),
  })
  return { child, ready, recent: reader.recent }
}
