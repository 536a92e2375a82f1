import { createPrivateKey } from 'node:crypto'
import type { GoogleAccount } from './google-account.ts'
import type { Offer } from './google-offer.ts'

const SAVE_URL = 'https://pay.google.com/gp/v/save/'
/** Google asks for this: browsers cut longer addresses. */
const LINK_LENGTH_MAX = 1_800
/** What a link can do without, the longest first. Google has the rest of it as soon as it is saved. */
const dispensable = ['finePrint', 'localizedTitle', 'hexBackgroundColor'] as const

/** The link that puts the coupon into the customer's Google Wallet. */
export async function signGoogleLink(
  { offerClass, offerObject }: Offer,
  { account, home, now }: { account: GoogleAccount; home: string; now: Date },
): Promise<string> {
  const { SignJWT } = await import('jose')
  const key = createPrivateKey(account.key)
  const sign = async (shown: object) => {
    const payload = { offerClasses: [shown], offerObjects: [offerObject] }
    const claims = { typ: 'savetowallet', origins: [new URL(home).origin], payload }
    const token = new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
    return SAVE_URL + (await token.setIssuer(account.address).setAudience('google').setIssuedAt(now).sign(key))
  }
  let link = await sign(offerClass)
  for (let left = 1; link.length > LINK_LENGTH_MAX && left <= dispensable.length; left++)
    link = await sign(without(offerClass, dispensable.slice(0, left)))
  return link
}

const without = (object: object, names: readonly string[]) =>
  Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)))
