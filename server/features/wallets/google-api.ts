import { createPrivateKey } from 'node:crypto'
import { z } from 'zod'
import type { GoogleAccount } from './google-account.ts'

const SCOPE = 'https://www.googleapis.com/auth/wallet_object.issuer'
const ANSWER_MAX_MS = 15_000
const ANSWER_LENGTH_MAX = 300
const TOKEN_SECONDS = 600

/** `unsaved`: nobody has put it into their wallet, so there is nothing to change. */
export type Changed = 'changed' | 'unsaved'
export type GoogleApi = { url: string; account: GoogleAccount; now: Date }

/** Changes an object in the wallets that hold it. */
export async function changeOffer(api: GoogleApi, id: string, changes: object): Promise<Changed> {
  const token = await requestToken(api)
  const response = await fetch(`${api.url}/walletobjects/v1/offerObject/${encodeURIComponent(id)}`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(changes),
    redirect: 'error',
    signal: AbortSignal.timeout(ANSWER_MAX_MS),
  })
  if (response.status === 404) return 'unsaved'
  if (!response.ok) throw await faultOf(response, 'Google Wallet')
  await response.body?.cancel()
  return 'changed'
}

const TokenAnswer = z.object({ access_token: z.string().min(1) })

/** RFC 7523: a token for what the account has signed. */
async function requestToken({ account, now }: GoogleApi): Promise<string> {
  const { SignJWT } = await import('jose')
  const assertion = await new SignJWT({ scope: SCOPE })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
    .setIssuer(account.address)
    .setAudience(account.tokenUrl)
    .setIssuedAt(now)
    .setExpirationTime(new Date(now.getTime() + TOKEN_SECONDS * 1_000))
    .sign(createPrivateKey(account.key))
  const response = await fetch(account.tokenUrl, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }),
    redirect: 'error',
    signal: AbortSignal.timeout(ANSWER_MAX_MS),
  })
  if (!response.ok) throw await faultOf(response, 'Google’s token service')
  return TokenAnswer.parse(await response.json()).access_token
}

async function faultOf(response: Response, who: string): Promise<Error> {
  const text = (await response.text()).slice(0, ANSWER_LENGTH_MAX).toWellFormed()
  return new Error(`${who} answered ${response.status}: ${text}`)
}
