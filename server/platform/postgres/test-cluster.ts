import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Binaries, findInstalledBinaries } from './binaries.ts'
import type { PostgresLog, RunningPostgres } from './contract.ts'
import { canEnter, chooseOperatingUser, giveTo } from './operating-user.ts'
import { testSettings } from './settings.ts'
import { startCluster } from './supervisor.ts'

export type TestCluster = {
  /** A role that may create databases, in a database of its own; not a superuser, as in production. */
  url: string
  /** Ends a cluster that was started for this process, and leaves the one of SHOPTALK_TEST_DATABASE alone. */
  stop: () => Promise<void>
}

/** Where Debian's package postgresql-15 puts its programs. */
const debianFolder = '/usr/lib/postgresql/15/bin'
/** Leaves room for the socket's name in the longest path a socket may have. */
const folderPathMax = 60

/**
 * The cluster of a whole test run, which `npm test` names in SHOPTALK_TEST_DATABASE; or a temporary one when a test
 * file runs alone. The temporary one ends with this process, however it ends, and leaves nothing behind.
 */
export async function openTestCluster(): Promise<TestCluster> {
  const url = process.env['SHOPTALK_TEST_DATABASE']
  return url ? { url, stop: async () => {} } : startTemporaryCluster()
}

/** A temporary cluster of Debian's PostgreSQL 15, the oldest version that DATABASE_URL may name. */
export async function startDebianPostgres(): Promise<RunningPostgres> {
  return startTemporaryCluster(findInstalledBinaries(debianFolder))
}

export async function startTemporaryCluster(binaries?: Binaries): Promise<RunningPostgres> {
  const user = chooseOperatingUser(undefined)
  const parent = tmpdir().length <= folderPathMax && canEnter(tmpdir(), user) ? tmpdir() : '/tmp'
  const dataFolder = mkdtempSync(join(parent, 'shoptalk-test-'))
  giveTo(user, dataFolder)
  const settings = testSettings()
  return startCluster({ dataFolder, log: quiet, settings, temporary: true, ...(binaries ? { binaries } : {}) })
}

const nothing = (): void => {}
/** A test shows what it asserts; what PostgreSQL says of a start that fails is in the error. */
const quiet: PostgresLog = { debug: nothing, info: nothing, warn: nothing, error: nothing }
