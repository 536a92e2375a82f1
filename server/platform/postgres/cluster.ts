import { closeSync, existsSync, fsyncSync, openSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Binaries } from './binaries.ts'
import type { PostgresLog } from './contract.ts'
import type { OperatingUser } from './operating-user.ts'
import type { Place } from './place.ts'
import { PostgresProblem, explainOutput } from './problem.ts'
import { runWatched } from './watchdog.ts'

export type NewCluster = {
  place: Place
  binaries: Binaries
  user: OperatingUser | undefined
  log: PostgresLog
  /** Gone with this process, so neither kept alive for nor written through to the disk. */
  temporaryFolder?: string
}

const unfinishedPrefix = 'unfinished-'
/** The first version with a locale of its own, which no update of the operating system changes under the indexes. */
const builtinLocaleMajor = 17

/** Makes the cluster's files unless they are there. A start that is killed leaves no half-made cluster behind. */
export async function createCluster(options: NewCluster): Promise<void> {
  const { place, binaries, log } = options
  for (const name of readdirSync(place.home)) {
    if (name.startsWith(unfinishedPrefix))
      rmSync(join(place.home, name), { recursive: true, force: true, maxRetries: 5 })
  }
  if (existsSync(place.clusterFolder)) {
    checkVersion(place.clusterFolder, binaries.major)
    return
  }
  log.info({ folder: place.clusterFolder }, 'creating the database')
  const unfinished = join(place.home, `${unfinishedPrefix}${process.pid}-${Date.now()}`)
  await runInitdb(unfinished, options)
  renameSync(unfinished, place.clusterFolder)
  syncFolder(place.home)
}

function checkVersion(clusterFolder: string, major: number): void {
  const file = join(clusterFolder, 'PG_VERSION')
  const found = existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined
  if (found === String(major)) return
  if (found === undefined) {
    throw new PostgresProblem('postgres.data_missing', `${clusterFolder} holds no database (PG_VERSION is missing).`)
  }
  throw new PostgresProblem(
    'postgres.other_version',
    `The database in ${clusterFolder} belongs to PostgreSQL ${found}, and this version of Shoptalk comes with ` +
      `PostgreSQL ${major}. Start the version of Shoptalk that made it and export the data there, or run a ` +
      `PostgreSQL ${found} on that folder and set DATABASE_URL to it.`,
  )
}

async function runInitdb(folder: string, options: NewCluster): Promise<void> {
  const { binaries, user, temporaryFolder } = options
  const locale =
    binaries.major >= builtinLocaleMajor
      ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']
      : ['--locale=C.UTF-8']
  const lines: string[] = []
  const initdb = runWatched({
    command: join(binaries.folder, 'initdb'),
    args: [
      `--pgdata=${folder}`,
      '--username=postgres',
      '--auth-local=trust',
      '--auth-host=reject',
      '--encoding=UTF8',
      '--data-checksums',
      '--no-instructions',
      ...locale,
      ...(temporaryFolder === undefined ? [] : ['--no-sync']),
    ],
    user,
    endSignal: 'INT',
    onLine: (line) => lines.push(line),
  })
  const code = await initdb.exited
  if (code === 0) return
  rmSync(folder, { recursive: true, force: true })
  throw explainOutput(lines, options.place.clusterFolder)
}

/** A renamed folder survives a power failure once the folder above it is on the disk. */
function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r')
  fsyncSync(descriptor)
  closeSync(descriptor)
}
