import { execFileSync } from 'node:child_process'
import { closeSync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { temporaryFolder } from './processes.ts'

export type Machine = {
  processor: string
  cores: number
  memoryBytes: number
  node: string
  /** Of the last minute, before the first run. */
  loadBefore: number
  /** How much of the processors others were using, in a second before the first run: 0 to 1. */
  busyBefore: number
  /** Writes of 8 KB a second that the disk confirms one by one. */
  syncsPerSecond: number
}

export async function describeMachine(): Promise<Machine> {
  const [processor] = cpus()
  const loadBefore = Math.round((loadavg()[0] ?? 0) * 100) / 100
  return {
    processor: processor?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryBytes: totalmem(),
    node: process.version,
    loadBefore,
    busyBefore: await busyShare(),
    syncsPerSecond: measureSyncs(),
  }
}

async function busyShare(): Promise<number> {
  const before = processorTimes()
  await delay(1_000)
  const after = processorTimes()
  const all = after.all - before.all
  return all === 0 ? 0 : Math.round((1 - (after.idle - before.idle) / all) * 100) / 100
}

function processorTimes(): { idle: number; all: number } {
  const times = cpus().map(({ times }) => times)
  const idle = times.reduce((sum, one) => sum + one.idle, 0)
  return { idle, all: times.reduce((sum, one) => sum + one.idle + one.user + one.sys + one.nice + one.irq, 0) }
}

const SYNCS = 200
function measureSyncs(): number {
  using folder = temporaryFolder()
  const file = openSync(join(folder.path, 'sync'), 'w')
  const block = Buffer.alloc(8_192, 1)
  const begin = performance.now()
  for (let nth = 0; nth < SYNCS; nth++) {
    writeSync(file, block, 0, block.length, 0)
    fdatasyncSync(file)
  }
  const seconds = (performance.now() - begin) / 1_000
  closeSync(file)
  return Math.round(SYNCS / seconds)
}

/** Which version was measured, and whether the server's files are those of that version. */
export function describeCommit(): { commit: string; isChanged: boolean } {
  const git = (...words: string[]) =>
    execFileSync('git', words, { cwd: join(import.meta.dirname, '..'), encoding: 'utf8', stdio: 'pipe' }).trim()
  try {
    return {
      commit: git('rev-parse', 'HEAD'),
      isChanged: git('status', '--porcelain', '--', 'server', 'protocol') !== '',
    }
  } catch {
    return { commit: 'unknown', isChanged: true }
  }
}

/** Open files that this process and its children may have. */
export function filesMax(): number {
  try {
    return Number(
      /^Max open files\s+\d+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? Number.POSITIVE_INFINITY,
    )
  } catch {
    return Number.POSITIVE_INFINITY
  }
}
