import { StartedSession, StartSession } from '../../../protocol/identity.ts'
import { command } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { redeemCode, startSession as startDevice } from '../identity/index.ts'
import { acceptOnlyInvitation } from './membership.ts'

/** It stands here and not in identity, because signing in says yes to an invitation. */
export const startSession = command({
  name: 'session.start',
  summary: 'Sign in with the code that was asked for.',
  input: StartSession,
  output: StartedSession,

  allow: () => true,

  async run(ctx, { requestId, code, device, keep }) {
    const redeemed = await redeemCode(ctx, { requestId, code })
    if (redeemed instanceof Refusal) return redeemed
    await acceptOnlyInvitation(ctx.tx, redeemed.personId, ctx.now)
    return startDevice(ctx, redeemed.personId, { device, keep })
  },
})
