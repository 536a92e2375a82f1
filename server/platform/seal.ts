import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'

/**
 * Keeps what must be read again, but not by whoever gets hold of the database alone. AES-256-GCM; the key lies outside
 * it.
 */
export type Seal = {
  seal(text: string): Buffer
  open(sealed: Uint8Array): string
  /**
   * HMAC-SHA-256 under a key of its own: for what must be recognised but never read again, and is too short for a bare
   * hash.
   */
  mac(text: string): Buffer
}

const NONCE_BYTES = 12
const TAG_BYTES = 16
const MAC_KEY_BYTES = 32

export function createSeal(key: Uint8Array): Seal {
  const macKey = new Uint8Array(hkdfSync('sha256', key, new Uint8Array(), 'shoptalk mac', MAC_KEY_BYTES))
  return {
    mac: (text) => createHmac('sha256', macKey).update(text, 'utf8').digest(),
    seal(text) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, nonce)
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), body])
    },
    open(sealed) {
      const bytes = Buffer.from(sealed)
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES))
      decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
      return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString(
        'utf8',
      )
    },
  }
}
