import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Client, Pool } from 'pg'
import { findEmbeddedBinaries } from '../../server/platform/postgres/binaries.ts'
import { chooseOperatingUser, giveTo } from '../../server/platform/postgres/operating-user.ts'
import { serverSettings } from '../../server/platform/postgres/settings.ts'
import { freePort, startProgram, temporaryFolder, untilAnswers } from '../processes.ts'

export type PeerPostgres = { port: number; url: string; [Symbol.asyncDispose](): Promise<void> }

/** For looking at what is stored. A connection that ends with its server is no fault. */
export function openPool(connectionString: string, max: number): Pool {
  const pool = new Pool({ connectionString, max })
  pool.on('error', () => undefined)
  return pool
}

/** The same PostgreSQL with the same settings as ours, on a TCP port of this machine, for peers. */
export async function startPeerPostgres(): Promise<PeerPostgres> {
  await using stack = new AsyncDisposableStack()
  const { path } = stack.use(temporaryFolder())
  const user = chooseOperatingUser(undefined)
  const home = join(path, 'home')
  const data = join(home, 'data')
  mkdirSync(home)
  giveTo(user, home)
  const { folder } = findEmbeddedBinaries(home, user)
  const env = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' }
  const made = spawnSync(join(folder, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '-k'], {
    cwd: '/',
    env,
    ...user,
  })
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr.toString()}`)
  const port = await freePort()
  const settings = serverSettings(home, { listen_addresses: '127.0.0.1', port: String(port) })
  const command = { command: join(folder, 'postgres'), args: ['-D', data, ...settings] }
  const program = stack.use(startProgram({ ...command, options: { cwd: '/', env, ...user }, signal: 'SIGINT' }))
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  await untilAnswers(program, async () => {
    const client = new Client({ connectionString: url })
    await client.connect()
    await client.end()
    return true
  })
  const closing = stack.move()
  return { port, url, [Symbol.asyncDispose]: () => closing.disposeAsync() }
}
