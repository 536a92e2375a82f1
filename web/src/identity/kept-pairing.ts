import type { AskedPairing } from '../../../protocol/identity.ts'

const key = 'shoptalk.pairing'

/** What this window waits for: a reload, or a phone that closes what is not looked at, must not begin it anew. */
export function keptPairing(nowMs: number): AskedPairing | undefined {
  try {
    const kept: AskedPairing | null = JSON.parse(sessionStorage.getItem(key) ?? 'null')
    return kept && Date.parse(kept.expiresAt) > nowMs ? kept : undefined
  } catch {
    return undefined
  }
}

export function keepPairing(pairing: AskedPairing | undefined): void {
  if (pairing) sessionStorage.setItem(key, JSON.stringify(pairing))
  else sessionStorage.removeItem(key)
}
