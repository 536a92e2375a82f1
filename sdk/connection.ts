import type { AudienceEvent, PersonEvent, State as StateFrame } from '../protocol/delivery.ts'
import type { SocketLike, Status } from './api.ts'
import { delayMs } from './backoff.ts'
import { createCalls, type Answer } from './calls.ts'
import type { Clock } from './clock.ts'
import { isSignedOut, RequestError } from './request-error.ts'

/** What the server sends without being asked. */
export type Frame = AudienceEvent | PersonEvent | StateFrame

/** A WebSocket that is made again whenever it is lost. */
export type Connection = {
  /** Between the greeting's success and the loss of the connection. */
  readonly isOpen: boolean
  start(): void
  /** Ends it, until `start`. */
  stop(status: 'signed-out' | 'stopped'): void
  /** Connects at once instead of waiting. */
  hurry(): void
  request(name: string, input: unknown): Promise<unknown>
}

export type ConnectionOptions = {
  clock: Clock
  random(): number
  createSocket(): SocketLike
  /** The first thing on a new connection; when it has succeeded, the connection is open. */
  greet(): Promise<void>
  /** Asked after an attempt that failed for no known reason: browsers do not tell that the server refused it. */
  hasSession(): Promise<boolean>
  onFrame(frame: Frame): void
  /** Another device has taken the place of this one. */
  onReplaced(): void
  onLost(): void
  onStatus(status: Status, nextAttemptAtMs?: number): void
  onFault(error: unknown): void
}

/** Two beats of the server, 25 seconds each, and some time for the second to arrive. */
const SILENCE_MS = 55_000
const CONNECT_MS = 15_000
/** A connection that has lasted this long was a good one: the next failure is a first one. */
const LASTING_MS = 10_000
const nothing = () => {}
const CODES = { lost: 1006, lastToReconnect: 4099, sessionEnded: 4101, replaced: 4102, lastNotToReconnect: 4199 }

export function createConnection(options: ConnectionOptions): Connection {
  const { clock, random, onStatus, onFault } = options
  let socket: SocketLike | null = null
  let isOpen = false
  let isStopped = true
  let failures = 0
  let openedAtMs = 0
  let heardAtMs = 0
  /** When a server that is being stopped wants this client back. */
  let plannedAtMs: number | null = null
  let cancelTimer = nothing
  const calls = createCalls({
    clock,
    send: (text) => socket?.send(text),
    onSilence: (ms) => void (heardAtMs < ms && abandon()),
  })

  function setTimer(afterMs: number, run: () => void) {
    cancelTimer()
    cancelTimer = clock.after(afterMs, run)
  }

  function connect() {
    onStatus('connecting')
    plannedAtMs = null
    setTimer(CONNECT_MS, abandon)
    try {
      listen(options.createSocket())
    } catch (error) {
      onFault(error)
      closed(CODES.lost)
    }
  }

  function listen(next: SocketLike) {
    socket = next
    const isCurrent = () => socket === next
    next.addEventListener('open', () => void (isCurrent() && greet(next)))
    next.addEventListener('message', (event: { data: unknown }) => void (isCurrent() && heard(event.data)))
    next.addEventListener('close', (event: { code: number }) => void (isCurrent() && closed(event.code)))
    next.addEventListener('error', nothing) // a close follows, which says more
  }

  async function greet(greeted: SocketLike) {
    heardAtMs = clock.now()
    watch()
    try {
      await options.greet()
      if (socket === greeted) opened()
    } catch (error) {
      if (socket === greeted) refused(error)
    }
  }

  function opened() {
    isOpen = true
    openedAtMs = clock.now()
    onStatus('open')
  }

  function refused(error: unknown) {
    if (!(error instanceof RequestError)) onFault(error)
    if (!isSignedOut(error)) return abandon()
    if (error.code === 'session.replaced') options.onReplaced()
    stop('signed-out')
  }

  function watch() {
    setTimer(Math.max(0, heardAtMs + SILENCE_MS - clock.now()), () => {
      if (clock.now() - heardAtMs >= SILENCE_MS) abandon()
      else watch()
    })
  }

  function heard(data: unknown) {
    heardAtMs = clock.now()
    try {
      const frame: Answer | Frame = JSON.parse(String(data))
      if ('ok' in frame || 'error' in frame) calls.answer(frame)
      else if ('state' in frame && frame.state === 'drain') drain(frame.reconnectAfterMs)
      else options.onFrame(frame)
    } catch (error) {
      onFault(error)
      abandon()
    }
  }

  /** The server is being stopped: it answers what has been asked, and gives every client its own time to come back. */
  function drain(afterMs: number) {
    plannedAtMs = clock.now() + afterMs
    setTimer(afterMs, abandon)
  }

  /** Gives up a connection without waiting for the other side, which may be gone. */
  function abandon() {
    const abandoned = socket
    socket = null
    try {
      abandoned?.close()
    } catch {
      // It was not open yet.
    }
    if (!isStopped) closed(CODES.lost)
  }

  function closed(code: number) {
    const wasOpen = isOpen
    forget()
    if (code > CODES.lastToReconnect && code <= CODES.lastNotToReconnect) {
      if (code === CODES.replaced) options.onReplaced()
      return stop(code === CODES.sessionEnded || code === CODES.replaced ? 'signed-out' : 'stopped')
    }
    if (wasOpen && clock.now() - openedAtMs >= LASTING_MS) failures = 0
    wait(plannedAtMs === null ? delayMs(failures++, random) : Math.max(0, plannedAtMs - clock.now()))
    if (!wasOpen) askForSession().catch(onFault)
  }

  function wait(afterMs: number) {
    setTimer(afterMs, connect)
    onStatus('waiting', clock.now() + afterMs)
  }

  async function askForSession() {
    const hasSession = await options.hasSession()
    if (!hasSession && !isStopped && !isOpen) stop('signed-out')
  }

  function forget() {
    socket = null
    isOpen = false
    cancelTimer()
    calls.lose()
    options.onLost()
  }

  function stop(status: 'signed-out' | 'stopped') {
    isStopped = true
    abandon()
    forget()
    onStatus(status)
  }

  return {
    get isOpen() {
      return isOpen
    },
    start() {
      if (!isStopped) return
      isStopped = false
      failures = 0
      connect()
    },
    stop,
    hurry: () => void (!isStopped && socket === null && connect()),
    request: (name, input) => (socket ? calls.call(name, input) : Promise.reject(new RequestError('connection.lost'))),
  }
}
