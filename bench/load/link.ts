import { connect, type Socket } from 'node:net'
import type { Client, Position, SendTo } from './messages.ts'
import type { Talker } from './talker.ts'

/** A server that has not greeted a client in this time does not want it. */
const ANSWER_MAX_MS = 120_000

/** All sockets read into the same memory, one after the other: nothing is allocated for what arrives. */
const shared = Buffer.allocUnsafeSlow(256 * 1024)

/** What a client knows of the server, to say it when it comes back. */
export type Known = { epoch: string; person: { number: number; id: string | null }; positions: Position[] }

/** How a client speaks: the protocol above TCP. */
export type Speech = {
  /** What to say when the connection stands. */
  begin(): void
  read(bytes: Buffer, length: number): void
  /** A whole message as bytes, with room for its id and number. */
  post(to: SendTo): Buffer
}
export type MakeSpeech = (link: Link, talker: Talker) => Speech

/** Who has something to say after a read, and what is done then. */
export type Turn = { dirty: Set<Link>; afterRead(): void }

/** One connection. */
export class Link {
  readonly client: Client
  readonly #turn: Turn
  #socket: Socket | undefined
  #outgoing: Buffer[] = []
  /** Its speech, once it has one. */
  speech: Speech | undefined
  #settle: { resolve: () => void; reject: (error: Error) => void } | undefined
  known: Known | undefined
  /** The address a partner writes to; XMPP servers give it. */
  address = ''

  constructor(client: Client, turn: Turn) {
    this.client = client
    this.#turn = turn
  }

  /** Resolves when the client has been greeted and would hear what is said. */
  open(port: number, makeSpeech: (link: Link) => Speech): Promise<void> {
    return new Promise((resolve, reject) => {
      const speech = makeSpeech(this)
      this.speech = speech
      const socket = connect({
        host: '127.0.0.1',
        port,
        noDelay: true,
        onread: {
          buffer: shared,
          callback: (length) => {
            speech.read(shared, length)
            this.#turn.afterRead()
            return true
          },
        },
      })
      this.#socket = socket
      const timer = setTimeout(() => this.fail(new Error('nobody answered')), ANSWER_MAX_MS)
      socket.on('close', () => clearTimeout(timer))
      this.#settle = {
        resolve: () => {
          clearTimeout(timer)
          resolve()
        },
        reject,
      }
      socket.on('connect', () => {
        speech.begin()
        this.flush()
      })
      socket.on('error', (error) => this.fail(error))
      socket.on('close', () => this.fail(new Error('the server closed the connection')))
    })
  }

  greeted(): void {
    this.#settle?.resolve()
    this.#settle = undefined
  }

  /** Before the greeting it is tried again; afterwards it shows as messages that never came. */
  fail(error: Error): void {
    this.#settle?.reject(error)
    this.#settle = undefined
    this.#socket?.destroy()
  }

  /** Everything that is said in one turn goes out in one write. */
  say(frame: Buffer): void {
    this.#outgoing.push(frame)
    this.#turn.dirty.add(this)
  }

  flush(): void {
    const [first] = this.#outgoing
    if (!first || !this.#socket || this.#socket.destroyed) return
    this.#socket.write(this.#outgoing.length === 1 ? first : Buffer.concat(this.#outgoing))
    this.#outgoing = []
  }

  /** At once, as when a network is gone. It also leaves no port waiting. */
  drop(): void {
    this.#settle = undefined
    this.#socket?.resetAndDestroy()
    this.#socket = undefined
    this.#outgoing = []
  }
}
