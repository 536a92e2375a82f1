import { RedeemInvitation, StartedSession } from '../../../protocol/identity.ts'
import { recordAct } from '../../platform/audit.ts'
import { command } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { findInvitation, redeemInvitationCode, reopenInvitation, startSession } from '../identity/index.ts'
import { joinFurther } from './join-further.ts'
import { acceptInvitation } from './membership.ts'
import { withoutActive } from './membership-store.ts'
import { lockOrganization } from './store.ts'

export const redeemInvitation = command({
  name: 'invitation.redeem',
  summary: 'Say yes to an invitation, with the token of its link and its code, and sign in.',
  input: RedeemInvitation,
  output: StartedSession,

  async lock({ tx, now }, { token }) {
    const invitation = await findInvitation(tx, token, now)
    if (invitation) await lockOrganization(tx, invitation.organizationId)
  },
  allow: () => true,

  /**
   * Whoever takes part elsewhere joins when they are in, and not before another device that is signed in has let them
   * in; until then the code stays good.
   */
  async run(ctx, { token, code, device, keep }) {
    const { tx, now } = ctx
    const redeemed = await redeemInvitationCode(ctx, { token, code })
    if (redeemed instanceof Refusal) return redeemed
    const { personId, organizationId, requestId: invitationId } = redeemed
    const isElsewhere = (await withoutActive(tx, [personId])).length === 0
    if (organizationId && isElsewhere) {
      const before = () => joinFurther(ctx, organizationId, personId)
      const started = await startSession(ctx, personId, { device, keep, invitationId, before })
      if ('pairing' in started) await reopenInvitation(tx, invitationId)
      return started
    }
    if (organizationId && (await acceptInvitation(tx, { organizationId, personId, now })))
      recordAct(ctx, { organizationId, act: 'invitation.accepted', personIds: [personId] })
    return startSession(ctx, personId, { device, keep })
  },
})
