import type { Socket } from 'node:net'

/**
 * Above it a client is slow: what passes is dropped, and hints stand in for bodies. Bytes not yet taken by its socket.
 */
export const SOFT_LIMIT_BYTES = 256 * 1024
/** Above it, or this long above the soft limit, it is closed, and resumes when it can. */
export const HARD_LIMIT_BYTES = 1024 * 1024
export const SLOW_MAX_MS = 30_000
/** Sockets that are written in one turn of the event loop. */
const SLICE = 512
/** The last of a message, which is text. */
const FINAL_TEXT = 0x81

/** One frame for all who get it: encoded once, into one piece of memory. */
export const encodeFrame = (body: object): Buffer => encodeText(JSON.stringify(body))

/** Never masked, as servers send; the length takes one, three or nine bytes (RFC 6455, 5.2). */
export function encodeText(text: string): Buffer {
  const length = Buffer.byteLength(text)
  const header = length < 126 ? 2 : length < 2 ** 16 ? 4 : 10
  const frame = Buffer.allocUnsafe(header + length)
  frame[0] = FINAL_TEXT
  if (header === 2) frame[1] = length
  else if (header === 4) frame.writeUInt16BE(length, frame.writeUInt8(126, 1))
  else frame.writeBigUInt64BE(BigInt(length), frame.writeUInt8(127, 1))
  frame.write(text, header)
  return frame
}

/**
 * Holds what goes to one socket until the loop writes it, everything in one write: load makes the writes larger, not
 * more. This module and no other writes frames to sockets.
 */
export class SendBuffer {
  readonly #socket: Socket
  readonly #loop: WriteLoop
  #chunks: Buffer[] = []
  #bytes = 0

  constructor(socket: Socket, loop: WriteLoop) {
    this.#socket = socket
    this.#loop = loop
  }

  /** Bytes on their way: here, and in the socket's own queue. */
  get backlog(): number {
    return this.#bytes + this.#socket.writableLength
  }

  push(chunk: Buffer): void {
    if (this.#chunks.length === 0) this.#loop.add(this)
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
  }

  write(): void {
    const chunks = this.#chunks
    const [first] = chunks
    this.#chunks = []
    this.#bytes = 0
    if (!first || this.#socket.destroyed || this.#socket.writableEnded) return
    this.#socket.write(chunks.length === 1 ? first : Buffer.concat(chunks))
  }
}

/** Writes every socket that has something to send, once, a slice of them in each turn. */
export class WriteLoop {
  #dirty: SendBuffer[] = []
  #isScheduled = false

  add(buffer: SendBuffer): void {
    this.#dirty.push(buffer)
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => this.#run())
  }

  #run(): void {
    const slice = this.#dirty.length <= SLICE ? this.#dirty : this.#dirty.slice(0, SLICE)
    this.#dirty = this.#dirty.length <= SLICE ? [] : this.#dirty.slice(SLICE)
    this.#isScheduled = this.#dirty.length > 0
    if (this.#isScheduled) setImmediate(() => this.#run())
    for (const buffer of slice) buffer.write()
  }

  /** At once, before the process ends. */
  flush(): void {
    for (const buffer of this.#dirty.splice(0)) buffer.write()
  }
}
