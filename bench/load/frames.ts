/** Called with the whole frame's payload, which lies in `bytes` from `start` up to, not including, `end`. */
export type OnFrame = (opcode: number, bytes: Buffer, start: number, end: number) => void

const SHORT_MAX = 125
const MEDIUM = 126
const HEADER_MAX = 10
export const opcodes = { text: 1, close: 8, ping: 9, pong: 10 } as const

/** Finds WebSocket frames in what arrives, by their headers alone: nothing is copied but what a read has cut in two. */
export class FrameScanner {
  readonly #onFrame: OnFrame
  #kept = Buffer.alloc(0)
  #keptBytes = 0

  constructor(onFrame: OnFrame) {
    this.#onFrame = onFrame
  }

  read(bytes: Buffer, from: number, to: number): void {
    let at = this.#keptBytes === 0 ? from : this.#complete(bytes, from, to)
    while (at < to) {
      const header = headerBytes(bytes, at, to)
      if (header === 0) break
      const end = at + header + payloadBytes(bytes, at, header)
      if (end > to) break
      this.#onFrame((bytes[at] ?? 0) & 15, bytes, at + header, end)
      at = end
    }
    if (at < to) this.#keep(bytes, at, to)
  }

  /** Finishes the frame that the last read has cut, and answers where the next one begins. */
  #complete(bytes: Buffer, from: number, to: number): number {
    let at = from
    while (at < to) {
      const header = headerBytes(this.#kept, 0, this.#keptBytes)
      const whole = header === 0 ? this.#keptBytes + 1 : header + payloadBytes(this.#kept, 0, header)
      const taken = Math.min(whole - this.#keptBytes, to - at)
      this.#keep(bytes, at, at + taken)
      at += taken
      if (header === 0 || this.#keptBytes < whole) continue
      this.#keptBytes = 0
      this.#onFrame((this.#kept[0] ?? 0) & 15, this.#kept, header, whole)
      return at
    }
    return at
  }

  #keep(bytes: Buffer, from: number, to: number): void {
    const needed = this.#keptBytes + to - from
    if (needed > this.#kept.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed * 2, 1_024))
      this.#kept.copy(larger, 0, 0, this.#keptBytes)
      this.#kept = larger
    }
    bytes.copy(this.#kept, this.#keptBytes, from, to)
    this.#keptBytes = needed
  }
}

/** 0: the header itself is not whole yet. */
function headerBytes(bytes: Buffer, at: number, to: number): number {
  if (to - at < 2) return 0
  const short = (bytes[at + 1] ?? 0) & 127
  const header = short <= SHORT_MAX ? 2 : short === MEDIUM ? 4 : HEADER_MAX
  return to - at < header ? 0 : header
}

function payloadBytes(bytes: Buffer, at: number, header: number): number {
  if (header === 2) return (bytes[at + 1] ?? 0) & 127
  if (header === 4) return ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)
  return bytes.readUInt32BE(at + 6)
}

/** A client's frame. Its mask is all zeros, which the protocol allows, so the payload stands in it as it is. */
export function clientFrame(opcode: number, payload: Buffer | string): Buffer {
  const body = Buffer.from(payload)
  const long = body.length > 65_535
  const header = Buffer.alloc(body.length <= SHORT_MAX ? 6 : long ? 14 : 8)
  header[0] = 0x80 | opcode
  header[1] = 0x80 | (body.length <= SHORT_MAX ? body.length : long ? 127 : MEDIUM)
  if (long) header.writeUInt32BE(body.length, 6)
  else if (body.length > SHORT_MAX) header.writeUInt16BE(body.length, 2)
  return Buffer.concat([header, body])
}
