import { createPrivateKey } from 'node:crypto'
import { z } from 'zod'

/** The account that signs passes for Google Wallet and changes them there: the file Google gives for it. */
export type GoogleAccount = { address: string; key: string; tokenUrl: string }

const AccountFile = z.object({
  client_email: z.email(),
  private_key: z.string().refine(isRsaKey, { error: 'is no RSA key' }),
  token_uri: z.url({ protocol: /^https?$/ }),
})

/** Throws what is wrong with it. */
export function readGoogleAccount(text: string): GoogleAccount {
  const file = AccountFile.parse(JSON.parse(text))
  return { address: file.client_email, key: file.private_key, tokenUrl: file.token_uri }
}

function isRsaKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa'
  } catch {
    return false
  }
}
