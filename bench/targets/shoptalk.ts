import { join } from 'node:path'
import type { Pool } from 'pg'
import { connectionUrl } from '../../server/platform/postgres/database.ts'
import { freePort, startProgram, temporaryFolder, untilAnswers, type Program } from '../processes.ts'
import { openPool } from './postgres.ts'

export type Shoptalk = {
  port: number
  program: Program
  /** For seeding and for looking at what is stored. */
  pool: Pool
  /** Ends the server and starts it again on the same data. */
  restart(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** Options of Node, as `--cpu-prof`. */
export type StartOptions = { nodeOptions?: readonly string[]; logLevel?: string }

const root = join(import.meta.dirname, '../..')

/** The server as it is started by everybody: its own process, its own PostgreSQL, everything on. */
export async function startShoptalk({ nodeOptions = [], logLevel = 'error' }: StartOptions = {}): Promise<Shoptalk> {
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(temporaryFolder())
  const dataFolder = join(folder.path, 'data')
  const port = await freePort()
  const start = async () => {
    const program = startProgram({
      command: process.execPath,
      args: [...nodeOptions, 'server/main.ts'],
      options: {
        cwd: root,
        env: {
          PATH: process.env['PATH'],
          PORT: String(port),
          SHOPTALK_DATA: dataFolder,
          LOG_LEVEL: logLevel,
          NODE_ENV: 'production',
        },
      },
    })
    await untilAnswers(program, async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok)
    return program
  }
  let program = await start()
  stack.defer(() => program[Symbol.asyncDispose]())
  const pool = openPool(connectionUrl(join(dataFolder, 'postgres', 'socket')), 2)
  stack.defer(() => pool.end())
  const closing = stack.move()
  return {
    port,
    pool,
    get program() {
      return program
    },
    async restart() {
      await program[Symbol.asyncDispose]()
      program = await start()
    },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}
