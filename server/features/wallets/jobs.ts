import { z } from 'zod'
import type { Job } from '../../platform/feature.ts'
import { pushToPhones } from './apple-push.ts'
import { changeOffer } from './google-api.ts'
import { googleIdOf, googleStateOf } from './google-offer.ts'
import { readFace } from './read-face.ts'
import { applePushUrl, appleWalletFile, googleIssuerOf, googleWalletUrl } from './settings.ts'
import * as store from './store.ts'

export const APPLE_JOB = 'wallet.tell-apple'
export const GOOGLE_JOB = 'wallet.tell-google'
const TOKENS_MAX = 10_000

const ApplePayload = z.object({ passIds: z.array(z.uuid()) })
const GooglePayload = z.object({ passId: z.uuid() })

/** Phones are told that a pass has changed, and ask for it. */
export const tellApple: Job = {
  name: APPLE_JOB,
  async run(payload, { database, settings, log }) {
    const certificates = settings.get(appleWalletFile)
    if (!certificates) return
    const { passIds } = ApplePayload.parse(payload)
    const tokens = await database.snapshot((tx) => store.listPushTokens(tx, passIds, TOKENS_MAX))
    if (tokens.length === 0) return
    const pushed = await pushToPhones(settings.get(applePushUrl), certificates, tokens)
    const gone = tokens.filter((token) => pushed.get(token) === 'gone')
    if (gone.length > 0) await database.transaction((tx) => store.forgetPushTokens(tx, gone))
    log.debug({ told: tokens.length - gone.length, gone: gone.length }, 'phones were told that a pass has changed')
  },
}

/** Google keeps the object itself: it is given the state that the coupon is in now. */
export const tellGoogle: Job = {
  name: GOOGLE_JOB,
  async run(payload, { database, settings, clock, log }) {
    const issuer = googleIssuerOf(settings)
    if (!issuer) return
    const { passId } = GooglePayload.parse(payload)
    const now = clock()
    const face = await database.snapshot(async (tx) => {
      const pass = await store.findPass(tx, passId)
      return pass && readFace({ tx, now }, pass)
    })
    if (!face) return
    const { account, issuerId } = issuer
    const api = { url: settings.get(googleWalletUrl), account, now }
    const changed = await changeOffer(api, googleIdOf(passId, issuerId), { state: googleStateOf(face.state) })
    log.debug({ passId, changed }, 'a pass in Google Wallet was changed')
  },
}
