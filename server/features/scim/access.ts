import { createHash } from 'node:crypto'
import type { Database, Tx } from '../../platform/sql.ts'
import { ScimFault } from './scim-fault.ts'
import { findAccess, holdAccess, touchToken, type Access } from './token-store.ts'

/** Begins every secret, so that scanners of source code know it for what it is. */
export const TOKEN_PREFIX = 'shoptalk_scim_'
const TOKEN_LENGTH_MAX = 200
const MINUTE_MS = 60_000

export const hashOf = (token: string) => createHash('sha256').update(token).digest()

/** The secret in the header, hashed. */
export function readToken(authorization: string | undefined): Buffer {
  const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
  if (token === undefined || token.length > TOKEN_LENGTH_MAX) throw refused()
  return hashOf(token)
}

const refused = () => new ScimFault(401, 'This token is not valid, or has been revoked.')

/** What may be read and written with this token: one organization. Decided inside the transaction that does it. */
export async function allow(tx: Tx, tokenHash: Uint8Array, what: 'read' | 'write'): Promise<Access> {
  const access = await (what === 'read' ? findAccess(tx, tokenHash) : holdAccess(tx, tokenHash))
  if (!access) throw refused()
  return access
}

/** Notes, once a minute at most, that the token was used. */
export async function noteUse(database: Database, { tokenId, usedAt }: Access, now: Date): Promise<void> {
  if (usedAt !== null && now.getTime() - Date.parse(usedAt) < MINUTE_MS) return
  await database.transaction((tx) => touchToken(tx, tokenId, now))
}
