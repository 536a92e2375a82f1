import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { PostgresLog } from './contract.ts'
import { PostgresProblem } from './problem.ts'
import { commandLine } from './process-identity.ts'

const fastShutdownMs = 20_000
const immediateShutdownMs = 5_000
const pollMs = 50

/**
 * Waits until no PostgreSQL runs on a cluster any more. Whoever holds the data folder's lock may call this: what still
 * runs there was left behind by a server that was killed, and its watchdog is stopping it, or was killed as well.
 */
export async function predecessorGone(clusterFolder: string, log: PostgresLog): Promise<void> {
  const pid = runningPostmaster(clusterFolder)
  if (pid === undefined) return
  log.warn({ pid }, 'stopping the PostgreSQL that a killed server left behind')
  for (const [signal, patienceMs] of [
    ['SIGINT', fastShutdownMs],
    ['SIGQUIT', immediateShutdownMs],
    ['SIGKILL', immediateShutdownMs],
  ] as const) {
    sendSignal(pid, signal)
    const deadline = performance.now() + patienceMs
    while (performance.now() < deadline) {
      if (runningPostmaster(clusterFolder) !== pid) return
      await delay(pollMs)
    }
  }
  throw new PostgresProblem(
    'postgres.in_use',
    `A PostgreSQL (process ${pid}) runs on ${clusterFolder} and does not stop.`,
  )
}

/** The database server of a cluster. Process ids are used again, so its command line must name the folder. */
export function runningPostmaster(clusterFolder: string): number | undefined {
  const pid = readPostmasterPid(clusterFolder)
  return pid !== undefined && commandLine(pid)?.includes(clusterFolder) ? pid : undefined
}

/** The process that the cluster's lock file names, whether it still runs or not. */
export function readPostmasterPid(clusterFolder: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(join(clusterFolder, 'postmaster.pid'), 'utf8'), 10)
    return Number.isNaN(pid) ? undefined : pid
  } catch {
    return undefined
  }
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It ended between the look and the signal.
  }
}
