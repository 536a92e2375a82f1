import { v4 as uuidv4 } from 'uuid'
import { RequestCode, RequestedCode } from '../../../protocol/identity.ts'
import { command } from '../../platform/command.ts'
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

  async run(ctx, { address, locale }) {
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
    await insertRequest(tx, { requestId, address, source, isKnown, createdAt: now, sendAt, expiresAt })
    await addJob(tx, 'identity.send-code', { requestId, locale }, { runAt: sendAt })
    return { requestId, expiresAt: toInstant(expiresAt) }
  },
})
