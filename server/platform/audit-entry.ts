import { createHash } from 'node:crypto'
import type { AuditFacts } from '../../protocol/audit.ts'

/** One entry of an organization's audit log, as it is stored. */
export type AuditEntry = {
  organizationId: string
  /** Dense, from 1. */
  number: number
  /** RFC 3339 with microseconds. */
  at: string
  act: string
  /** `server`: a job of the server's own. */
  actorKind: 'person' | 'operator' | 'nobody' | 'server'
  actorId: string | null
  deviceId: string | null
  /** The people it was done to, and what else it was done to: a conversation, a device, an import. */
  personIds: readonly string[]
  thingId: string | null
  facts: AuditFacts
  /** The IP address it came from; empty for the server's own acts. */
  source: string
  command: string
  requestId: string
}

/** What stands before the first entry. */
export const firstHash = Buffer.alloc(32)

/** Of the hash before it and the entry, so that nothing behind it can be changed without changing all that follows. */
export function hashEntry(previous: Uint8Array, entry: AuditEntry): Buffer {
  return createHash('sha256').update(previous).update(canonical(entry), 'utf8').digest()
}

/** JSON with sorted keys and without blanks: the same text whoever writes it, and however it was stored. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const pairs = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1))
  return `{${pairs.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`
}
