import { Refusal } from './refusal.ts'

/** Nothing in the contract comes near; what is nested deeper was made to hurt. */
const DEPTH_MAX = 40

/**
 * Reads what a client sent, over HTTP or a WebSocket: UTF-8, JSON, not too deep, no key that means something to
 * JavaScript.
 */
export function parseJson(input: string | Uint8Array): unknown {
  const value = parse(input)
  refuseTraps(value, [])
  return value
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function parse(input: string | Uint8Array): unknown {
  try {
    return JSON.parse(typeof input === 'string' ? input : utf8.decode(input))
  } catch (cause) {
    throw new Refusal('input.not-json', { cause })
  }
}

function refuseTraps(value: unknown, path: readonly string[]): void {
  if (typeof value !== 'object' || value === null) return
  const shown = path.slice(0, 8).join('.')
  if (path.length > DEPTH_MAX) throw new Refusal('input.invalid', { message: 'Nested too deep.', path: shown })
  if (Object.hasOwn(value, '__proto__'))
    throw new Refusal('input.invalid', { message: 'There is no such field.', path: [...path, '__proto__'].join('.') })
  for (const [key, inner] of Object.entries(value))
    if (typeof inner === 'object' && inner !== null) refuseTraps(inner, [...path, key])
}
