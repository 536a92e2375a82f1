import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { Socket } from 'node:net'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { OperatingUser } from './operating-user.ts'

export type WatchedCommand = {
  command: string
  args: string[]
  user: OperatingUser | undefined
  /** How the command is asked to end: `INT` is PostgreSQL's fast shutdown, `QUIT` its immediate one. */
  endSignal: 'INT' | 'QUIT'
  onLine: (line: string) => void
  env?: Record<string, string>
  /** A folder to remove when the command has ended. */
  temporaryFolder?: string
}

export type WatchedProcess = {
  /** The command's process id; undefined before it runs and after it has ended. */
  pid: () => number | undefined
  /** Resolves when the command has ended, with its exit code (128 + n after signal n). Never rejects. */
  exited: Promise<number>
  /** Asks the command to end, as the death of this process would. */
  end: () => void
  /** Lets this process end, and the command with it, when nothing else is left to do. */
  unref: () => void
}

const script = readFileSync(new URL('watchdog.sh', import.meta.url), 'utf8')

/** How long PostgreSQL may take for its last checkpoint before it is shut down without one. */
const patienceSeconds = 20
/** How long the last lines of a command that has ended may take to arrive. */
const lastLinesMs = 300

/** Runs a command that ends when this process does, also by `kill -9`. See watchdog.sh. */
export function runWatched(options: WatchedCommand): WatchedProcess {
  const { command, args, user, endSignal, temporaryFolder = '' } = options
  const child = spawn(
    '/bin/sh',
    ['-c', script, 'watchdog', endSignal, String(patienceSeconds), temporaryFolder, command, ...args],
    { cwd: '/', env: environment(options.env), detached: true, stdio: ['pipe', 'pipe', 'pipe'], ...user },
  )
  let pid: number | undefined
  createInterface(child.stdout).once('line', (line) => (pid = Number(line)))
  const lines = createInterface(child.stderr).on('line', options.onLine)
  const linesEnd = once(lines, 'close')
  // Writing is never tried, but the other side may vanish first.
  child.stdin.on('error', () => {})

  const { promise: exited, resolve } = Promise.withResolvers<number>()
  const settle = async (code: number): Promise<void> => {
    pid = undefined
    // When the watchdog itself was killed, this makes its second half end the command.
    child.stdin.destroy()
    await Promise.race([linesEnd, delay(lastLinesMs)])
    resolve(code)
  }
  child.once('error', (error) => {
    options.onLine(`${command}: ${error.message}`)
    void settle(127)
  })
  child.once('exit', (code) => void settle(code ?? 137))
  return {
    pid: () => pid,
    exited,
    end() {
      // Whoever asks for the end waits for it.
      child.ref()
      child.stdin.destroy()
    },
    unref() {
      child.unref()
      for (const stream of [child.stdin, child.stdout, child.stderr]) if (stream instanceof Socket) stream.unref()
    },
  }
}

/** PostgreSQL speaks English, so that its messages can be recognized, and sees none of the server's PG* variables. */
function environment(more: Record<string, string> = {}): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC', ...more }
}
