import type { AskedPairing } from '../../protocol/identity.ts'
import type { Site } from './site.ts'

export const testDevice = { name: 'Test', class: 'desktop' } as const
export type SignedIn = { personId: string; deviceId: string; token: string }

/** Asks for a code and reads it from the mail. */
export async function askForCode(site: Site, address: string): Promise<{ requestId: string; code: string }> {
  const { requestId } = await site.act<{ requestId: string }>('session.request-code', { address })
  return { requestId, code: codeIn((await site.post.next(address)).text ?? '') }
}

export type Device = { name: string; class: 'mobile' | 'desktop' }

/** The device that each address has signed in last, by test site. */
const lastOf = new WeakMap<Site, Map<string, SignedIn>>()

/**
 * As a person does it: asks, reads the mail, types the code; where they are signed in already, also the security code
 * that the device shows which they have signed in last.
 */
export async function signIn(site: Site, address: string, device: Device = testDevice): Promise<SignedIn> {
  const started = await startSession(site, address, device)
  const last = lastOf.get(site)?.get(address)
  if (!('pairing' in started)) return remember(site, address, started)
  if (!last) throw new Error(`${address} is signed in, and it is not known where.`)
  return remember(site, address, await letIn(site, started.pairing, last))
}

/** Up to where another device is needed, if one is. */
export async function startSession(site: Site, address: string, device: Device = testDevice): Promise<Started> {
  const request = await askForCode(site, address)
  return site.act<Started>('session.start', { ...request, device, keep: 'token' })
}
type Started = SignedIn | { pairing: AskedPairing }

/** With the code that the other device shows. */
export async function letIn(site: Site, pairing: AskedPairing, other: { token: string }): Promise<SignedIn> {
  const { code } = await site.act<{ code: string }>('pairing.show-code', { pairingId: pairing.id }, other)
  const { id: pairingId, secret } = pairing
  return site.act<SignedIn>('pairing.complete', { pairingId, secret, code, keep: 'token' })
}

/** Who was signed in by other means can sign in again. */
export function remember(site: Site, address: string, signedIn: SignedIn): SignedIn {
  const known = lastOf.get(site) ?? new Map<string, SignedIn>()
  lastOf.set(site, known.set(address, signedIn))
  return signedIn
}

export function codeIn(text: string): string {
  const found = /\b(\d{4}) (\d{4})\b/.exec(text)
  if (!found) throw new Error(`There is no code in: ${text}`)
  return `${found[1]}${found[2]}`
}

/** Another code of eight digits. */
export const wrong = (code: string) => String((Number(code) + 1) % 100_000_000).padStart(8, '0')
