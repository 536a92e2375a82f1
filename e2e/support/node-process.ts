import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readDoor } from '../../server/platform/key-files.ts'
import { existingCluster } from '../../server/platform/postgres/place.ts'
import { findFreePort, familyOf, signalAll } from './processes.ts'
import { untilBack } from './until.ts'

const program = join(import.meta.dirname, '../../server/main.ts')
const OUTPUT_MAX = 100_000

/** One node: a real server in a process of its own, which can be killed and started again at the same place. */
export type NodeProcess = {
  readonly url: string
  readonly dataFolder: string
  /** Of the database it works in. */
  readonly databaseUrl: string
  readonly pid: number
  readonly isRunning: boolean
  readonly operatorToken: string
  /** What it said, for a test that fails. */
  readonly output: string
  start(): Promise<void>
  /** As a power failure of this process alone: its PostgreSQL finds itself an orphan. */
  kill(): Promise<void>
  /** As a power failure of both. */
  killWithDatabase(): Promise<void>
  /** PostgreSQL's own processes, its postmaster first; empty where the database is another's. */
  databasePids(): number[]
  /** Asks for an orderly end; resolves with the exit code. */
  stop(): Promise<number | null>
  [Symbol.asyncDispose](): Promise<void>
}

export type NodeOptions = { environment?: Readonly<Record<string, string>> }

/** Starts a node with a data folder of its own, and waits until it answers. */
export async function startNode({ environment = {} }: NodeOptions = {}): Promise<NodeProcess> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'shoptalk-faults-'))
  chmodSync(dataFolder, 0o755) // PostgreSQL's user passes through
  const port = await findFreePort()
  const url = `http://127.0.0.1:${port}`
  const settings = {
    PORT: String(port),
    SHOPTALK_DATA: dataFolder,
    PUBLIC_URL: url,
    HOST: '127.0.0.1',
    LOG_LEVEL: 'warn',
  }
  let child: ChildProcess | undefined
  let output = ''
  let databaseUrl = environment['DATABASE_URL'] ?? ''
  const isRunning = () => child !== undefined && child.exitCode === null && child.signalCode === null

  async function start() {
    const { PATH = '', TMPDIR = '/tmp', HOME = '/' } = process.env
    const started = spawn(process.execPath, [program], {
      env: { PATH, TMPDIR, HOME, ...settings, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child = started
    for (const stream of [started.stdout, started.stderr])
      stream.on('data', (chunk: Buffer) => void (output = `${output}${chunk.toString()}`.slice(-OUTPUT_MAX)))
    await untilBack(async () => {
      if (!isRunning()) throw new Error(`The server did not start:\n${output}`)
      return isReady(url)
    }, 'the server answers')
    databaseUrl = environment['DATABASE_URL'] ?? embeddedUrl(dataFolder)
  }

  async function end(signals: () => void) {
    if (!child || !isRunning()) return
    const exited = once(child, 'exit')
    signals()
    await exited
  }

  const node: NodeProcess = {
    url,
    dataFolder,
    get databaseUrl() {
      return databaseUrl
    },
    get pid() {
      return child?.pid ?? 0
    },
    get isRunning() {
      return isRunning()
    },
    get operatorToken() {
      return readDoor(dataFolder)?.operatorToken ?? ''
    },
    get output() {
      return output
    },
    start,
    kill: () => end(() => child?.kill('SIGKILL')),
    killWithDatabase: () => end(() => signalAll([node.pid, ...node.databasePids()], 'SIGKILL')),
    databasePids: () => (environment['DATABASE_URL'] ? [] : familyOf(postmasterOf(dataFolder).pid)),
    async stop() {
      await end(() => child?.kill('SIGTERM'))
      return child?.exitCode ?? null
    },
    async [Symbol.asyncDispose]() {
      signalAll(isRunning() ? [node.pid] : [], 'SIGCONT')
      await node.stop()
      rmSync(dataFolder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
    },
  }
  await start()
  return node
}

/** Its postmaster writes where it can be reached. */
function postmasterOf(dataFolder: string): { pid: number; socketFolder: string } {
  const lines = readFileSync(join(existingCluster(dataFolder) ?? '', 'postmaster.pid'), 'utf8').split('\n')
  return { pid: Number(lines[0]), socketFolder: lines[4] ?? '' }
}

function embeddedUrl(dataFolder: string): string {
  const { socketFolder } = postmasterOf(dataFolder)
  return `postgres:///shoptalk?host=${encodeURIComponent(socketFolder)}&port=5432&user=shoptalk&sslmode=disable`
}

const isReady = (url: string) =>
  fetch(`${url}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  )
