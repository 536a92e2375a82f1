import { limits } from '../protocol/limits.ts'
import type { Client } from './api.ts'
import {
  beginsSession,
  isOverHttp,
  isQuery,
  type Ask,
  type CommandName,
  type InputOf,
  type OutputOf,
} from './commands.ts'
import type { Connection } from './connection.ts'
import type { Http } from './http.ts'
import { isSignedOut, RequestError } from './request-error.ts'

type RequestsOptions = {
  http: Http
  connection: Connection
  isClosed(): boolean
  onSessionBegun(answer: unknown): void
  onSessionEnded(reason: 'asked' | 'found' | 'replaced'): void
}

/** Asks over the WebSocket alone. */
export function overSocket(connection: Connection): Ask {
  // The answer's shape is the server's promise, kept by its own schemas.
  return <N extends CommandName>(name: N, input: InputOf<N>) => connection.request(name, input) as Promise<OutputOf<N>>
}

/** Asks over whichever way is open, and notices when a session begins or ends. */
export function createRequests(options: RequestsOptions): Client['do'] {
  const { http, connection, isClosed, onSessionBegun, onSessionEnded } = options
  let sessions = 0

  async function send(name: CommandName, input: object): Promise<unknown> {
    if (isOverHttp(name) || !connection.isOpen || isLarge(input)) return http.request(name, input)
    try {
      return await connection.request(name, input)
    } catch (error) {
      // Reading twice does no harm.
      const isWorthwhile = error instanceof RequestError && error.code === 'connection.lost' && isQuery(name)
      if (!isWorthwhile) throw error
      return http.request(name, input)
    }
  }

  return async <N extends CommandName>(name: N, input: InputOf<N>) => {
    if (isClosed()) throw new RequestError('client.closed')
    const session = sessions
    try {
      const answer = await send(name, input)
      if (beginsSession(name, answer)) {
        sessions++
        onSessionBegun(answer)
      } else if (name === 'session.end') onSessionEnded('asked')
      return answer as OutputOf<N>
    } catch (error) {
      if (isSignedOut(error) && session === sessions)
        onSessionEnded(error.code === 'session.replaced' ? 'replaced' : 'found')
      throw error
    }
  }
}

/** Whether a frame could not hold it. One UTF-16 code unit is three bytes at most. */
function isLarge(input: object): boolean {
  const text = JSON.stringify(input)
  const roomBytes = limits.frameBytes - FRAME_OVERHEAD_BYTES
  return text.length * 3 > roomBytes && new TextEncoder().encode(text).length > roomBytes
}
const FRAME_OVERHEAD_BYTES = 200
