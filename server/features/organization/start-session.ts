import { StartedSession, StartSession } from '../../../protocol/identity.ts'
import { recordAct } from '../../platform/audit.ts'
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
    for (const organizationId of await acceptOnlyInvitation(ctx.tx, redeemed.personId, ctx.now))
      recordAct(ctx, { organizationId, act: 'invitation.accepted', personIds: [redeemed.personId] })
    return startDevice(ctx, redeemed.personId, { device, keep })
  },
})
