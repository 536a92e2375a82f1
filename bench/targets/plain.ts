import { join } from 'node:path'
import { freePort, startProgram, untilAnswers } from '../processes.ts'
import type { Peer } from './peer.ts'

/** Bare WebSockets, with one write for each message or with all that waits in one. */
export async function startPlain(way: 'each' | 'coalescing'): Promise<Peer> {
  const port = await freePort()
  const script = join(import.meta.dirname, 'plain-server.ts')
  const options = { env: { PATH: process.env['PATH'], NODE_ENV: 'production' } }
  const program = startProgram({ command: process.execPath, args: [script, String(port), way], options })
  await untilAnswers(program, async () => (await fetch(`http://127.0.0.1:${port}/`)).ok)
  return {
    name: way === 'each' ? 'ws' : 'ws coalescing',
    port,
    program,
    speech: 'plain',
    answeredBy: { direct: 'echo', group: 'echo' },
    room: (index) => `room-${index}`,
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  }
}
