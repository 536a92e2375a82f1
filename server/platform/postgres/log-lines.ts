import type { PostgresLog } from './contract.ts'
import { diskFull, tellsOfFullDisk } from './problem.ts'

const linesKept = 50
const diskWarningEveryMs = 60_000

export type LogReader = {
  /** Takes a line of PostgreSQL's standard error. */
  read: (line: string) => void
  /** The last lines, to explain with why it ended. */
  recent: () => readonly string[]
}

/** Forwards PostgreSQL's log to ours by level, and says plainly when it tells of a full disk. */
export function readLog(log: PostgresLog, clusterFolder: string): LogReader {
  const lines: string[] = []
  let warnedAt = -Infinity
  return {
    read(line) {
      lines.push(line)
      if (lines.length > linesKept) lines.shift()
      log[logLevel(line)]({ postgres: line }, 'PostgreSQL')
      if (tellsOfFullDisk(line) && Date.now() - warnedAt > diskWarningEveryMs) {
        warnedAt = Date.now()
        log.error({}, diskFull(clusterFolder).message)
      }
    },
    recent: () => lines,
  }
}

export function logLevel(line: string): 'debug' | 'info' | 'warn' | 'error' {
  const level = /^(?:\[\d+\] )?(\w+): {2}/.exec(line)?.[1] ?? ''
  if (level === 'PANIC') return 'error'
  if (level === 'FATAL' || level === 'WARNING') return 'warn'
  // A statement that failed is the business of whoever sent it, and PostgreSQL's "LOG" is its diary.
  if (level === 'ERROR') return 'debug'
  if (level === 'LOG') return /terminated by signal|was not properly shut down/.test(line) ? 'warn' : 'debug'
  return level === '' ? 'warn' : 'debug'
}
