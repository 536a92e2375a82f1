import type { Tx } from '../../platform/sql.ts'
import { hashToken, makeToken } from '../identity/index.ts'
import { insertSetupToken } from './store.ts'

const LIFETIME_MS = 24 * 3_600_000

/** A fresh token for the link that opens the wizard: for one organization, within a day. Only its hash is kept. */
export async function makeSetupToken(tx: Tx, now: Date): Promise<string> {
  const token = makeToken()
  const expiresAt = new Date(now.getTime() + LIFETIME_MS)
  await insertSetupToken(tx, { tokenHash: hashToken(token), now, expiresAt })
  return token
}
