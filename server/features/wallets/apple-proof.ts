import type { Seal } from '../../platform/seal.ts'
import { isSameSecret } from '../../platform/caller.ts'

/** The phone shows it whenever it asks for this pass. Made from the server's secret, so that it is stored nowhere. */
export const passTokenOf = (seal: Seal, passId: string) => seal.mac(`apple-pass:${passId}`).toString('base64url')

export const LINK_MS = 10 * 60_000

/** A link that fetches a pass. Browsers follow it without a session, so it says itself until when it is good. */
export function linkTo(seal: Seal, passId: string, now: Date): string {
  const until = Math.floor((now.getTime() + LINK_MS) / 1_000).toString(36)
  return `/wallet/apple/${passId}.${until}.${proofOf(seal, passId, until)}.pkpass`
}

/** The pass that a link fetches; undefined where it is not ours, or over. */
export function readLink(seal: Seal, file: string, now: Date): string | undefined {
  const [, passId = '', until = '', proof = ''] = LINKED.exec(file) ?? []
  if (passId === '' || !isSameSecret(proof, proofOf(seal, passId, until))) return undefined
  return Number.parseInt(until, 36) * 1_000 > now.getTime() ? passId : undefined
}

const LINKED = /^([0-9a-f-]{36})\.([0-9a-z]{1,9})\.([\w-]{43})\.pkpass$/

const proofOf = (seal: Seal, passId: string, until: string) =>
  seal.mac(`apple-link:${passId}:${until}`).toString('base64url')
