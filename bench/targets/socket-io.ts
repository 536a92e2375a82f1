import { join } from 'node:path'
import { freePort, startProgram, untilAnswers } from '../processes.ts'
import type { Peer } from './peer.ts'
import { openPool, startPeerPostgres } from './postgres.ts'

export async function startSocketIo(): Promise<Peer> {
  await using stack = new AsyncDisposableStack()
  const postgres = stack.use(await startPeerPostgres())
  const port = await freePort()
  const script = join(import.meta.dirname, 'socket-io-server.ts')
  const program = stack.use(
    startProgram({
      command: process.execPath,
      args: [script, String(port), postgres.url],
      options: { env: { PATH: process.env['PATH'], NODE_ENV: 'production' } },
    }),
  )
  await untilAnswers(program, async () => (await fetch(`http://127.0.0.1:${port}/`)).ok)
  const pool = openPool(postgres.url, 1)
  stack.defer(() => pool.end())
  const closing = stack.move()
  return {
    name: 'socket.io',
    port,
    program,
    speech: 'socket.io',
    answeredBy: { direct: 'server', group: 'server' },
    stored: {
      count: async () => (await pool.query<{ count: number }>('select count(*)::int from message')).rows[0]?.count ?? 0,
      rows: { direct: 1, group: 1 },
    },
    room: (index) => `room-${index}`,
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}
