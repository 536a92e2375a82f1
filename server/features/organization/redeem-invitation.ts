import { RedeemInvitation, StartedSession } from '../../../protocol/identity.ts'
import { command } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { redeemInvitationCode, startSession } from '../identity/index.ts'
import { acceptInvitation } from './membership.ts'

export const redeemInvitation = command({
  name: 'invitation.redeem',
  summary: 'Say yes to an invitation, with the token of its link and its code, and sign in.',
  input: RedeemInvitation,
  output: StartedSession,

  allow: () => true,

  async run(ctx, { token, code, device, keep }) {
    const redeemed = await redeemInvitationCode(ctx, { token, code })
    if (redeemed instanceof Refusal) return redeemed
    const { personId, organizationId } = redeemed
    if (organizationId) await acceptInvitation(ctx.tx, { organizationId, personId, now: ctx.now })
    return startSession(ctx, personId, { device, keep })
  },
})
