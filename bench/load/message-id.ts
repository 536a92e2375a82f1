/**
 * Message ids of a load run are UUIDv7 that carry their sender and a running number, so that whoever sees one knows
 * whose it is, and can tell from the last twelve digits alone whether the order is right.
 *
 *     018f3b2c-4d5e-7000-8000-SSSSNNNNNNNN
 */
export const ID_LENGTH = 36
const TIME_DIGITS = 12
const TAIL_AT = 24

export type Origin = { sender: number; sequence: number }

/** Writes the time digits of an id into a frame; the hyphen stands after the eighth. */
export function writeTime(frame: Buffer, at: number, now: number): void {
  const digits = now.toString(16).padStart(TIME_DIGITS, '0')
  frame.write(`${digits.slice(0, 8)}-${digits.slice(8)}`, at, 'latin1')
}

/** Writes sender and running number. */
export function writeOrigin(frame: Buffer, at: number, { sender, sequence }: Origin): void {
  writeHex(frame, at + TAIL_AT, sender, 4)
  writeHex(frame, at + TAIL_AT + 4, sequence, 8)
}

function writeHex(frame: Buffer, at: number, value: number, digits: number): void {
  let rest = value
  for (let place = digits - 1; place >= 0; place--) {
    const digit = rest & 15
    frame[at + place] = digit + (digit < 10 ? 48 : 87)
    rest >>>= 4
  }
}

export function originOf(id: string): Origin {
  return { sender: Number.parseInt(id.slice(TAIL_AT, TAIL_AT + 4), 16), sequence: Number.parseInt(id.slice(-8), 16) }
}

export function originIn(frame: Buffer, at: number): Origin {
  return originOf(frame.toString('latin1', at, at + ID_LENGTH))
}

/** What stands in a frame before sender and number are written into it. */
export const blankId = '00000000-0000-7000-8000-000000000000'

/**
 * A rolling hash over the ids that were seen, in their order. Two logs with the same number of messages and the same
 * hash hold the same messages in the same order.
 */
export function roll(hash: number, frame: Buffer, at: number): number {
  const tail = at + TAIL_AT
  return mix(mix(mix(hash, wordAt(frame, tail)), wordAt(frame, tail + 4)), wordAt(frame, tail + 8))
}

export function rollText(hash: number, id: string): number {
  return roll(hash, Buffer.from(id, 'latin1'), 0)
}

const wordAt = (bytes: Buffer, at: number) =>
  ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)) >>> 0

function mix(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, 0x9e3779b1)
  return (mixed ^ (mixed >>> 15)) >>> 0
}
