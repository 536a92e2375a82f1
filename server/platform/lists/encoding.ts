import { Refusal } from '../refusal.ts'

export type Encoding = 'UTF-8' | 'UTF-16LE' | 'UTF-16BE' | 'GB18030' | 'Windows-1252'
export type Decoded = { text: string; encoding: Encoding }

/** Stands where bytes made no sense. The rows that hold it are named as faulty; the others can be read. */
export const LOST = '\uFFFD'

/**
 * Reads text whose encoding nobody has named. A byte order mark decides; else the first of UTF-8, GB18030 and
 * Windows-1252 that fits. GB18030 fits nearly all Western text too, so it has to look like Chinese besides.
 */
export function decode(bytes: Uint8Array): Decoded {
  refuseOtherFiles(bytes)
  const decoded = decodeMarked(bytes) ?? decodeUnmarked(bytes)
  if (!decoded || isBinary(decoded.text))
    throw unreadable('This is not a text file in UTF-8, UTF-16, GB18030 or Windows-1252. Save it as CSV in UTF-8.')
  if (decoded.text.trim() === '') throw unreadable('This file is empty.')
  return decoded
}

export const unreadable = (message: string) => new Refusal('import.unreadable', { message, path: 'content' })

function refuseOtherFiles(bytes: Uint8Array) {
  const begins = (...start: readonly number[]) => start.every((byte, index) => bytes[index] === byte)
  if (begins(0x50, 0x4b, 0x03, 0x04) || begins(0xd0, 0xcf, 0x11, 0xe0))
    throw unreadable('This is a spreadsheet or an archive. Open it and save the list as CSV in UTF-8.')
}

function decodeMarked(bytes: Uint8Array): Decoded | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return decodeAs('UTF-8', bytes, 'leniently')
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return decodeAs('UTF-16LE', bytes, 'leniently')
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return decodeAs('UTF-16BE', bytes, 'leniently')
  return undefined
}

function decodeUnmarked(bytes: Uint8Array): Decoded | undefined {
  return (
    decodeAs('UTF-8', bytes, 'strictly') ??
    (isMostlyUtf8(bytes) ? decodeAs('UTF-8', bytes, 'leniently') : undefined) ??
    (isMostlyPairs(bytes) ? decodeAs('GB18030', bytes, 'strictly') : undefined) ??
    (hasUndefinedByte(bytes) ? undefined : decodeAs('Windows-1252', bytes, 'strictly'))
  )
}

function decodeAs(encoding: Encoding, bytes: Uint8Array, how: 'strictly' | 'leniently'): Decoded | undefined {
  try {
    return { text: new TextDecoder(encoding, { fatal: how === 'strictly' }).decode(bytes), encoding }
  } catch (error) {
    if (error instanceof TypeError) return undefined // how TextDecoder says that the bytes are not of this encoding
    throw error
  }
}

/** UTF-8 with some damaged places: what is beyond ASCII is far more often sound than lost. */
function isMostlyUtf8(bytes: Uint8Array): boolean {
  const text = new TextDecoder('UTF-8').decode(bytes)
  const beyondAscii = text.match(/[^\0-\x7f]/gu)?.length ?? 0
  const lost = text.split(LOST).length - 1
  return lost * 2 < beyondAscii
}

/** Chinese letters are two high bytes, seldom a high and a low one; Western letters beyond ASCII mostly stand alone. */
function isMostlyPairs(bytes: Uint8Array): boolean {
  let high = 0
  let inPairs = 0
  for (let index = 0; index < bytes.length; index++) {
    if (!isHigh(bytes[index])) continue
    const isPair = isHigh(bytes[index + 1])
    high += isPair ? 2 : 1
    if (isPair) inPairs += 2
    if (isPair) index++
  }
  return inPairs * 3 >= high * 2
}

const isHigh = (byte: number | undefined) => byte !== undefined && byte >= 0x80

/** Five bytes mean nothing in Windows-1252, though decoders pass them through. */
const hasUndefinedByte = (bytes: Uint8Array) => [0x81, 0x8d, 0x8f, 0x90, 0x9d].some((byte) => bytes.includes(byte))

/** More than one in twenty is a control character or lost. A single one is named with its row instead. */
function isBinary(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  const strange = text.match(/[\0-\x08\x0b\x0e-\x1f\x7f\uFFFD]/g)?.length ?? 0
  return strange * 20 > text.length
}
