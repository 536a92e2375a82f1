import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, readdirSync, realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Client, type QueryResultRow } from 'pg'
import { z } from 'zod'
import { hasCode } from '../problem.ts'
import { commandLine, startStamp } from '../process-identity.ts'

const Message = z.object({
  event: z.string(),
  url: z.string().default(''),
  pid: z.int().default(0),
  clusterFolder: z.string().default(''),
  code: z.string().default(''),
})
type Message = z.infer<typeof Message>

export type ServerProcess = {
  child: ChildProcess
  pid: number
  next(): Promise<Message>
  /** Ends it as a power failure would end it, and waits for its end alone, not for its database's. */
  kill(): Promise<void>
  stop(): Promise<void>
}

const program = fileURLToPath(new URL('supervised-server.ts', import.meta.url))
const patienceMs = 20_000
const pollMs = 10

/** Starts the server of supervised-server.ts as a process group of its own, as a shell with a terminal does. */
export function spawnServer(dataFolder: string): ServerProcess {
  const child = spawn(process.execPath, [program, dataFolder], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] })
  assert.ok(child.pid)
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const exited = once(child, 'exit')
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal)
    // One that was refused has ended already.
    await exited
  }
  return {
    child,
    pid: child.pid,
    async next() {
      const line = await lines.next()
      assert.ok(!line.done, 'the server ended without a word')
      return Message.parse(JSON.parse(line.value))
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  }
}

/** A folder that PostgreSQL's user may pass through too, so that what a test makes stays below it. */
export function makeTestFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'shoptalk-postgres-')))
  chmodSync(folder, 0o755)
  return folder
}

export async function query<Row extends QueryResultRow>(url: string, text: string): Promise<Row[]> {
  const client = new Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query<Row>(text)).rows
  } finally {
    await client.end()
  }
}

export function isAlive(pid: number): boolean {
  return startStamp(pid) !== undefined
}

export function parentOf(pid: number): number {
  // The name in parentheses may hold anything; the parent is the second field after it.
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
}

export function childrenOf(pid: number): number[] {
  return allProcesses().filter((each) => isAlive(each) && parentOf(each) === pid)
}

/** Kills processes at once; of those that belong together some may end before it is their turn. */
export function killAll(pids: number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch (error) {
      if (!hasCode(error, 'ESRCH')) throw error
    }
  }
}

export function processesNaming(text: string): number[] {
  return allProcesses().filter((pid) => pid !== process.pid && commandLine(pid)?.includes(text))
}

function allProcesses(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
}

export async function until(condition: () => boolean, words: string): Promise<void> {
  const deadline = performance.now() + patienceMs
  while (!condition()) {
    assert.ok(performance.now() < deadline, `in ${patienceMs / 1000} s it did not come about that ${words}`)
    await delay(pollMs)
  }
}
