import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto'
import type { Seal } from '../../platform/seal.ts'

const CODE_DIGITS = 8
const TOKEN_BYTES = 32

export function makeCode(): string {
  return String(randomInt(10 ** CODE_DIGITS)).padStart(CODE_DIGITS, '0')
}

/**
 * There are only 10^8 codes: whoever got hold of the database would find one behind any bare hash in seconds. So the
 * hash is keyed with the server's secret, which is not in the database, and holds the request, so that it fits
 * nowhere else.
 */
export function hashCode(seal: Seal, requestId: string, code: string): Buffer {
  return seal.mac(`access code ${requestId} ${code}`)
}

/** The same for the code that one device shows and another one types: it fits no other pairing, and no request. */
export function hashSecurityCode(seal: Seal, pairingId: string, code: string): Buffer {
  return seal.mac(`security code ${pairingId} ${code}`)
}

export function isSameHash(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other)
}

/** 256 bits: nobody guesses it, so a plain hash is enough. */
export function makeToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url')
}

export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
