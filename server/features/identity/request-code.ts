import { v4 as uuidv4 } from 'uuid'
import { RequestCode, RequestedCode, type Locale } from '../../../protocol/identity.ts'
import { command, type Context } from '../../platform/command.ts'
import { addJob } from '../../platform/jobs.ts'
import { isKnownBrowser } from './browsers.ts'
import { countRequests, insertRequest, lockAddress } from './code-store.ts'
import { CODE_LIFETIME_MS, HOUR_MS, refuseRequest, sendTime, sourceGroup, toInstant } from './rules.ts'

/**
 * Knows no persons: it does just the same for every address, in the same time. Whether somebody has the address is
 * looked up by the job, which makes the code and sends it.
 */
export const requestCode = command({
  name: 'session.request-code',
  summary: 'Ask for a code to sign in with. It is sent to the address, if somebody here has it.',
  input: RequestCode,
  output: RequestedCode,

  lock: ({ tx }, { address }) => lockAddress(tx, address),
  allow: () => true,

  run: (ctx, wish) => storeRequest(ctx, wish),
})

type Wish = { address: string; locale: Locale }
export type Joining = {
  organizationName: string
  /** The page that takes the code, for the link in the mail. */
  page: string
}

/** For somebody who joins: the code is sent although the address may be nobody's yet. Redeeming it makes the person. */
export async function requestNewcomerCode(ctx: Context, wish: Wish, joining: Joining): Promise<RequestedCode> {
  await lockAddress(ctx.tx, wish.address)
  return storeRequest(ctx, wish, joining)
}

async function storeRequest(ctx: Context, { address, locale }: Wish, joining?: Joining): Promise<RequestedCode> {
  const { tx, now } = ctx
  const source = sourceGroup(ctx.source)
  const isKnown = await isKnownBrowser(ctx, address)
  const since = new Date(now.getTime() - HOUR_MS)
  const requested = await countRequests(tx, { address, source, isKnown, since })
  const sendAt = sendTime(requested.lastSendAt, now)
  const refusal = refuseRequest({ usage: requested, isKnown }, sendAt, now)
  if (refusal) throw refusal
  // Random in all its bits: whoever asked is the only one who knows it.
  const requestId = uuidv4()
  const expiresAt = new Date(sendAt.getTime() + CODE_LIFETIME_MS)
  const isNewcomer = joining !== undefined
  const request = { requestId, address, source, isKnown, createdAt: now, sendAt, expiresAt, isNewcomer }
  await insertRequest(tx, request)
  await addJob(tx, 'identity.send-code', { requestId, locale, joining }, { runAt: sendAt })
  return { requestId, expiresAt: toInstant(expiresAt) }
}
