import { v4 as uuidv4 } from 'uuid'
import { BeginSignIn, BegunSignIn } from '../../../protocol/sign-in.ts'
import { command } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { publicUrl } from '../../platform/server-settings.ts'
import { browserOf, hashToken, sourceGroup } from '../identity/index.ts'
import * as attempts from './attempt-store.ts'
import { begin } from './provider.ts'
import { ATTEMPT_LIFETIME_MS, BEGUN_MAX, HOUR_MS } from './rules.ts'
import { findSource } from './store.ts'

/** Takes no address to go on to: whoever has signed in is sent nowhere but into the app. */
export const beginSignIn = command({
  name: 'sign-in.begin',
  summary:
    'Begin a sign-in at a provider: the address to send the browser to. What comes back fits this browser alone.',
  input: BeginSignIn,
  output: BegunSignIn,

  allow: () => true,

  async run(ctx, { sourceId: organizationId }) {
    const { tx, now, seal, settings } = ctx
    const found = await findSource(tx, organizationId)
    if (!found?.metadata) throw new Refusal('sign-in.unavailable')
    const source = sourceGroup(ctx.source)
    const count = await attempts.countAttempts(tx, { source, since: new Date(now.getTime() - HOUR_MS) })
    if (count >= BEGUN_MAX) throw new Refusal('server.busy', { retryAfterMs: HOUR_MS })
    const { url, ...secrets } = await begin(found, settings.get(publicUrl))
    await attempts.insertAttempt(tx, {
      attemptId: uuidv4(),
      organizationId,
      stateHash: hashToken(secrets.state),
      browserHash: hashToken(browserOf(ctx)),
      secrets: seal.seal(JSON.stringify(secrets)),
      source,
      changedAt: found.changedAt,
      now,
      expiresAt: new Date(now.getTime() + ATTEMPT_LIFETIME_MS),
    })
    return { url }
  },
})
