import { Refusal } from './refusal.ts'

/** Nothing in the contract comes near; what is nested deeper was made to hurt. */
const DEPTH_MAX = 40

/**
 * Reads what a client sent, over HTTP or a WebSocket: UTF-8, JSON, not too deep, no key that means something to
 * JavaScript.
 */
export function parseJson(input: string | Uint8Array): unknown {
  const value = parse(input)
  refuseTraps(value, undefined)
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

/** The path is only put together where something is refused. */
function refuseTraps(value: unknown, path: Path | undefined): void {
  if (typeof value !== 'object' || value === null) return
  if ((path?.depth ?? 0) > DEPTH_MAX)
    throw new Refusal('input.invalid', { message: 'Nested too deep.', path: keysOf(path).slice(0, 8).join('.') })
  if (Object.hasOwn(value, '__proto__'))
    throw new Refusal('input.invalid', {
      message: 'There is no such field.',
      path: [...keysOf(path), '__proto__'].join('.'),
    })
  for (const key of Object.keys(value)) {
    const inner: unknown = Reflect.get(value, key)
    if (typeof inner === 'object' && inner !== null)
      refuseTraps(inner, { key, depth: (path?.depth ?? 0) + 1, outer: path })
  }
}

type Path = { key: string; depth: number; outer: Path | undefined }

const keysOf = (path: Path | undefined): string[] => (path ? [...keysOf(path.outer), path.key] : [])
