import type { Code } from '../../../protocol/codes.ts'
import type { Locale } from '../../../protocol/identity.ts'
import { Refusal } from '../../platform/refusal.ts'

export type CodeFacts = {
  generation: number
  expiresAt: string | null
  usesMax: number | null
  uses: number
  revokedAt: string | null
}

/** Why nobody comes in by this code any more; undefined: it is good. */
export function refuseUse(code: CodeFacts, generation: number, now: Date): Refusal | undefined {
  if (code.revokedAt !== null || code.generation !== generation) return new Refusal('scan.revoked')
  if (code.expiresAt !== null && Date.parse(code.expiresAt) <= now.getTime()) return new Refusal('scan.expired')
  if (code.usesMax !== null && code.uses >= code.usesMax) return new Refusal('scan.used-up')
  return undefined
}

export function stateOf(code: CodeFacts, now: Date): Code['state'] {
  const refusal = refuseUse(code, code.generation, now)
  if (!refusal) return 'active'
  if (refusal.code === 'scan.expired') return 'expired'
  return refusal.code === 'scan.used-up' ? 'used-up' : 'revoked'
}

/** From one address in an hour: a hall full of people may share one. */
const scansMax = 3_000
const guestsMax = 100
/** Without an address, in one organization in an hour. */
const anonymousMax = 2_000
export const HOUR_MS = 3_600_000

export type Traffic = { scans: number; guests: number }
export function refuseScan({ scans }: Traffic): Refusal | undefined {
  return scans > scansMax ? new Refusal('scan.limit', { retryAfterMs: HOUR_MS }) : undefined
}
export function refuseGuest({ guests }: Traffic, anonymousHere: number): Refusal | undefined {
  const isOver = guests > guestsMax || anonymousHere >= anonymousMax
  return isOver ? new Refusal('scan.limit', { retryAfterMs: HOUR_MS }) : undefined
}

const guest: Record<Locale, string> = { en: 'Guest', 'zh-CN': '访客' }
/** What somebody is called who has not said their name. */
export const guestName = (locale: Locale, personId: string) =>
  `${guest[locale]} ${String(Number.parseInt(personId.slice(-6), 16) % 10_000).padStart(4, '0')}`
