import { randomBytes } from 'node:crypto'
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { Socket } from 'node:net'
import type { Logger } from 'pino'
import { WebSocketServer, type WebSocket } from 'ws'
import { z } from 'zod'
import { limits } from '../../protocol/limits.ts'
import type { Identify } from './caller.ts'
import type { Actor } from './command.ts'
import type { Executor } from './execute.ts'
import { parseJson } from './json-input.ts'
import type { Metrics, Outcome } from './metrics.ts'
import { Refusal } from './refusal.ts'
import { encodeFrame, HARD_LIMIT_BYTES, SendBuffer, WriteLoop } from './send-buffer.ts'

/** 4000–4099: connect again; 4100–4199: do not. */
export const closeCodes = {
  slow: 4001,
  silent: 4002,
  draining: 4003,
  badFrame: 4100,
  sessionEnded: 4101,
  replaced: 4102,
} as const
/** Requests of one connection that wait for their answers. */
const IN_FLIGHT_MAX = 256
const SOCKET_PATH = '/v1/socket'

export type Connection = {
  readonly actor: Actor
  /** Bytes that have not left yet. */
  readonly backlog: number
  /** When the client was last heard of, in milliseconds. */
  readonly heardAt: number
  /** One or more whole frames. */
  send(frames: Buffer): void
  ping(): void
  close(code: number, reason: string): void
  terminate(): void
}

export type Request = { name: string; input: unknown }
export type SocketOptions = {
  executor: Executor
  identify: Identify
  log: Logger
  metrics: Metrics
  isDraining(): boolean
  /** Carries out a request; `answer` sends the result, so that what must follow it can follow it. */
  handle(
    connection: Connection,
    request: Request,
    run: () => Promise<unknown>,
    answer: (output: unknown) => void,
  ): Promise<void>
  onOpen(connection: Connection): void
  onClose(connection: Connection): void
}
export type Sockets = { readonly count: number; all(): Iterable<Connection>; flush(): void; close(): void }

/** Opens WebSockets on the HTTP server, and carries out the commands that come over them. */
export function attachWebSockets(server: Server, options: SocketOptions): Sockets {
  const acceptor = new WebSocketServer({
    noServer: true,
    maxPayload: limits.frameBytes,
    perMessageDeflate: false,
    clientTracking: false,
  })
  const loop = new WriteLoop()
  const connections = new Set<Connection>()
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    admit(request, options).then(
      ({ actor, source, userAgent }) =>
        acceptor.handleUpgrade(request, socket, head, (webSocket) => {
          if (!(socket instanceof Socket)) return webSocket.terminate()
          const connection = serve({ webSocket, socket, loop, actor, source, userAgent }, options)
          connections.add(connection)
          options.onOpen(connection)
          webSocket.once('close', () => {
            connections.delete(connection)
            options.onClose(connection)
          })
        }),
      (error: unknown) => refuseUpgrade(socket, error, options.log),
    )
  })
  return {
    get count() {
      return connections.size
    },
    all: () => connections,
    flush: () => loop.flush(),
    close: () => acceptor.close(),
  }
}

async function admit(request: IncomingMessage, { identify, isDraining }: SocketOptions) {
  if (request.url?.split('?', 1)[0] !== SOCKET_PATH) throw new Refusal('command.unknown')
  if (isDraining()) throw new Refusal('server.draining')
  return identify(request)
}

function refuseUpgrade(socket: Duplex, error: unknown, log: Logger) {
  const refusal = error instanceof Refusal ? error : new Refusal('server.fault')
  if (!(error instanceof Refusal)) log.error({ error }, 'a WebSocket could not be opened')
  const body = JSON.stringify(refusal.toBody())
  socket.end(
    `HTTP/1.1 ${refusal.status} Refused\r\nconnection: close\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}

type Accepted = {
  webSocket: WebSocket
  socket: Socket
  loop: WriteLoop
  actor: Actor
  source: string
  userAgent: string
}

function serve({ webSocket, socket, loop, actor, source, userAgent }: Accepted, options: SocketOptions): Connection {
  const buffer = new SendBuffer(socket, loop)
  let heardAt = Date.now()
  let inFlight = 0
  let isClosing = false
  const connection: Connection = {
    actor,
    get backlog() {
      return buffer.backlog
    },
    get heardAt() {
      return heardAt
    },
    send: (frames) => {
      if (!isClosing) buffer.push(frames)
    },
    ping: () => webSocket.ping(),
    // From here on it is sent nothing and asks nothing, whether or not the client answers the close.
    close: (code, reason) => {
      if (isClosing) return
      isClosing = true
      buffer.write()
      webSocket.close(code, reason)
    },
    terminate: () => webSocket.terminate(),
  }
  const hear = () => void (heardAt = Date.now())
  webSocket.on('pong', hear)
  webSocket.on('ping', hear)
  webSocket.on('error', () => webSocket.terminate())
  webSocket.on('message', (data, isBinary) => {
    if (isClosing) return
    hear()
    if (isBinary || !Buffer.isBuffer(data)) return connection.close(closeCodes.badFrame, 'text frames only')
    if (buffer.backlog > HARD_LIMIT_BYTES) return connection.close(closeCodes.slow, 'read the answers first')
    if (inFlight >= IN_FLIGHT_MAX) return connection.send(encodeFrame(busyAnswer(data)))
    inFlight++
    void answerFrame({ data, connection, source, userAgent }, options).finally(() => inFlight--)
  })
  return connection
}

const Frame = z.strictObject({
  id: z.union([z.int(), z.string().max(64)]),
  do: z.string().max(100),
  with: z.unknown().optional(),
})
type Arrived = { data: Buffer; connection: Connection; source: string; userAgent: string }

async function answerFrame(arrived: Arrived, options: SocketOptions): Promise<void> {
  const { data, connection, source, userAgent } = arrived
  const begin = performance.now()
  let id: string | number | null = null
  let command = 'unknown'
  let outcome: Outcome = 'ok'
  try {
    const frame = readFrame(data)
    id = frame.id
    if (options.executor.find(frame.do)) command = frame.do
    const request = { name: frame.do, input: frame.with ?? {} }
    const caller = { actor: connection.actor, source, userAgent, transport: 'websocket' } as const
    const run = () => options.executor.execute(request.name, request.input, caller)
    await options.handle(connection, request, run, (output) => connection.send(encodeFrame({ id, ok: output })))
  } catch (error) {
    const requestId = error instanceof Refusal ? undefined : randomBytes(9).toString('base64url')
    if (requestId) options.log.error({ error, command, requestId }, 'a command failed')
    const refusal = error instanceof Refusal ? error : new Refusal('server.fault')
    outcome = error instanceof Refusal ? 'refused' : 'fault'
    connection.send(encodeFrame({ id: id ?? idIn(data), error: refusal.toBody(requestId) }))
  }
  options.metrics.requestEnded({
    transport: 'websocket',
    command,
    outcome,
    seconds: (performance.now() - begin) / 1_000,
  })
}

function readFrame(data: Buffer) {
  const result = Frame.safeParse(parseJson(data))
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new Refusal('input.invalid', { path: issue?.path.join('.') ?? '', message: 'A frame is {"id", "do", "with"}.' })
}

/** Even a client that asks too much, or what nobody can read, learns which question it was. */
const busyAnswer = (data: Buffer) => ({
  id: idIn(data),
  error: new Refusal('server.busy', { retryAfterMs: 1_000 }).toBody(),
})

function idIn(data: Buffer): string | number | null {
  try {
    return Frame.shape.id.safeParse(Object(JSON.parse(data.toString('utf8'))).id).data ?? null
  } catch {
    return null
  }
}
