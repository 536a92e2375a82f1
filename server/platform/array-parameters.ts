/**
 * Arrays go to PostgreSQL in its binary format: batches send thousands of ids, and reading them from text would cost it
 * more than finding them. What an encoder does not know is left to the driver.
 */
export type ArrayEncoder = (value: unknown) => Buffer | undefined

type Element<T> = {
  oid: number
  is(value: unknown): value is T
  /** In bytes, without the four that hold it. */
  lengthOf(value: T): number
  write(value: T, target: Buffer, offset: number): void
}

const isText = (value: unknown): value is string => typeof value === 'string'
const isInteger = (value: unknown): value is number => Number.isSafeInteger(value)

const uuid: Element<string> = { oid: 2950, is: isText, lengthOf: () => 16, write: writeUuid }
const text: Element<string> = {
  oid: 25,
  is: isText,
  lengthOf: (value) => Buffer.byteLength(value),
  write: (value, target, offset) => void target.write(value, offset),
}
const int: Element<number> = {
  oid: 23,
  is: isInteger,
  lengthOf: () => 4,
  write: (value, target, offset) => void target.writeInt32BE(value, offset),
}
const boolean: Element<boolean> = {
  oid: 16,
  is: (value) => typeof value === 'boolean',
  lengthOf: () => 1,
  write: (value, target, offset) => void target.writeUInt8(value ? 1 : 0, offset),
}
const bigint: Element<number> = {
  oid: 20,
  is: isInteger,
  lengthOf: () => 8,
  write(value, target, offset) {
    target.writeInt32BE(Math.floor(value / 2 ** 32), offset)
    target.writeUInt32BE(value >>> 0, offset + 4)
  },
}

const encoders = new Map<string, ArrayEncoder>([
  ['uuid', (value) => encodeArray(uuid, value)],
  ['text', (value) => encodeArray(text, value)],
  ['bigint', (value) => encodeArray(bigint, value)],
  ['int', (value) => encodeArray(int, value)],
  ['boolean', (value) => encodeArray(boolean, value)],
])

/** `after` is what follows the parameter in its statement: a cast that names the array's type. */
export function encoderFor(after: string): ArrayEncoder | undefined {
  return encoders.get(/^::([a-z]+)\[\]/.exec(after)?.[1] ?? '')
}

const HEADER_BYTES = 20

/** Dimensions, whether there are nulls, the type; length and first index of the dimension; each with its length. */
function encodeArray<T>(element: Element<T>, values: unknown): Buffer | undefined {
  if (!Array.isArray(values)) return undefined
  let size = values.length === 0 ? 12 : HEADER_BYTES
  let hasNull = false
  for (const value of values) {
    if (value === null || value === undefined) hasNull = true
    else if (!element.is(value)) return undefined
    else size += element.lengthOf(value)
    size += 4
  }
  const target = Buffer.allocUnsafe(size)
  target.writeInt32BE(values.length === 0 ? 0 : 1, 0)
  target.writeInt32BE(hasNull ? 1 : 0, 4)
  target.writeInt32BE(element.oid, 8)
  if (values.length === 0) return target
  target.writeInt32BE(values.length, 12)
  target.writeInt32BE(1, 16)
  let offset = HEADER_BYTES
  for (const value of values) {
    const length = element.is(value) ? element.lengthOf(value) : -1
    target.writeInt32BE(length, offset)
    offset += 4
    if (!element.is(value)) continue
    element.write(value, target, offset)
    offset += length
  }
  return target
}

const DASH = 45

function writeUuid(value: string, target: Buffer, offset: number): void {
  let at = offset
  for (let index = 0; index < value.length; index += 2) {
    if (value.charCodeAt(index) === DASH) index++
    target[at++] = (nibble(value, index) << 4) | nibble(value, index + 1)
  }
  if (at !== offset + 16) throw new Error(`${value} is no UUID.`)
}

function nibble(value: string, index: number): number {
  const code = value.charCodeAt(index) | 0x20 // one case
  const digit = code >= 97 && code <= 102 ? code - 87 : code >= 48 && code <= 57 ? code - 48 : -1
  if (digit < 0) throw new Error(`${value} is no UUID.`)
  return digit
}
