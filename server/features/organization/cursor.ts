import { z } from 'zod'
import { Refusal } from '../../platform/refusal.ts'

/** Where a page ended, as one opaque text. */
export function toCursor(place: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

/** Whatever a client sends in its place is refused, not looked up. */
export function fromCursor<T extends z.ZodType>(cursor: string, place: T, path: string): z.output<T> {
  const read = place.safeParse(parse(Buffer.from(cursor, 'base64url').toString()))
  if (!read.success) throw new Refusal('input.invalid', { message: 'Must come from the page before.', path })
  return read.data
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
