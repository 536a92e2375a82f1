import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { setting, SettingsProblem, type Settings } from '../../platform/settings.ts'
import { readCertificates } from './apple-certificates.ts'
import { readGoogleAccount, type GoogleAccount } from './google-account.ts'

export const appleWalletFile = setting({
  name: 'APPLE_WALLET_FILE',
  meaning: 'a PEM file with the pass certificate for Apple Wallet, its private key, and the certificate that issued it',
  schema: fileRead((text) => readCertificates(text, new Date())),
})

export const applePushUrl = setting({
  name: 'APPLE_PUSH_URL',
  meaning: 'where phones are told that a pass has changed',
  schema: z.url({ protocol: /^https$/, error: 'Must begin with https://.' }).default('https://api.push.apple.com'),
})

export const googleWalletFile = setting({
  name: 'GOOGLE_WALLET_FILE',
  meaning: 'the JSON key file of the service account that makes passes for Google Wallet',
  schema: fileRead(readGoogleAccount),
})

export const googleWalletIssuer = setting({
  name: 'GOOGLE_WALLET_ISSUER',
  meaning: 'the issuer id that Google Wallet has given, as in 3388000000012345678',
  schema: z
    .string()
    .regex(/^\d{10,25}$/, { error: 'Must be a number of 10 to 25 digits.' })
    .optional(),
})

export const googleWalletUrl = setting({
  name: 'GOOGLE_WALLET_URL',
  meaning: 'where passes in Google Wallet are changed',
  schema: z.url({ protocol: /^https?$/ }).default('https://walletobjects.googleapis.com'),
})

export type GoogleIssuer = { account: GoogleAccount; issuerId: string }

/** Undefined where it is not configured. Half of it is a fault. */
export function googleIssuerOf(settings: Settings): GoogleIssuer | undefined {
  const [account, issuerId] = [settings.get(googleWalletFile), settings.get(googleWalletIssuer)]
  if (account && issuerId !== undefined) return { account, issuerId }
  if (account || issuerId !== undefined)
    throw new SettingsProblem('GOOGLE_WALLET_FILE and GOOGLE_WALLET_ISSUER belong together: set both, or none.')
  return undefined
}

/** Read once, at start. */
function fileRead<T>(read: (text: string) => T) {
  return z
    .string()
    .transform((path, context): T => {
      try {
        return read(readFileSync(path, 'utf8'))
      } catch (error) {
        const fault = error instanceof z.ZodError ? z.prettifyError(error).replaceAll('\n', ' ') : String(error)
        context.addIssue({ code: 'custom', message: `${path}: ${fault.replace(/^\w*(Error|Problem): /, '')}` })
        return z.NEVER
      }
    })
    .optional()
}
