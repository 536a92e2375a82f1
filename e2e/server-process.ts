import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const START_MAX_MS = 60_000
const STOP_MAX_MS = 20_000
const main = join(import.meta.dirname, '../server/main.ts')

type Start = { environment: Record<string, string>; words: readonly string[]; hostname: string }

/** By a name: browsers have no passkeys under a number. */
export const byName = 'localhost'

/** The real server, as its own process on a free port with a folder of its own. */
export class ServerProcess {
  readonly url: string
  readonly folder: string
  readonly #environment: Record<string, string>
  readonly #words: readonly string[]
  #process: ChildProcess | undefined
  /** What it printed. */
  output = ''

  private constructor(folder: string, port: number, { environment, words, hostname }: Start) {
    this.folder = folder
    this.#words = words
    this.url = `http://${hostname}:${port}`
    this.#environment = {
      PORT: String(port),
      PUBLIC_URL: this.url,
      HOST: '127.0.0.1',
      SHOPTALK_DATA: folder,
      ...environment,
    }
  }

  static async start(
    environment: Record<string, string> = {},
    words: readonly string[] = [],
    hostname = '127.0.0.1',
  ): Promise<ServerProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'shoptalk-e2e-'))
    const server = new ServerProcess(folder, await freePort(), { environment, words, hostname })
    await server.start()
    return server
  }

  async start(): Promise<void> {
    const child = spawn(process.execPath, [main, ...this.#words], {
      env: { ...process.env, ...this.#environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const keep = (chunk: Buffer) => void (this.output += chunk.toString())
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    this.#process = child
    const deadline = Date.now() + START_MAX_MS
    while (!(await isReady(this.url))) {
      if (child.exitCode !== null || Date.now() > deadline) throw new Error(`The server did not start:\n${this.output}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  /** As if the machine had cut it off. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end('SIGTERM')
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 })
  }

  /** What it printed that matches, as soon as it has. */
  async printed(pattern: RegExp): Promise<string> {
    const deadline = Date.now() + START_MAX_MS
    while (Date.now() < deadline) {
      const [found] = pattern.exec(this.output) ?? []
      if (found) return found
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error(`${pattern} was not printed:\n${this.output}`)
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MAX_MS)
    await ended
    clearTimeout(timer)
  }
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  )
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo // it listens on TCP
  probe.close()
  await once(probe, 'close')
  return port
}
