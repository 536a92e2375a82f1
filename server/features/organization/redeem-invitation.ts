import { RedeemInvitation, StartedSession } from '../../../protocol/identity.ts'
import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import { recordAct } from '../../platform/audit.ts'
import { command, type Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { forgetProofs, redeemInvitationCode, revokeDevicesOf, startSession } from '../identity/index.ts'
import { acceptInvitation } from './membership.ts'
import { withoutActive } from './membership-store.ts'

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
    if (organizationId) await join(ctx, organizationId, personId)
    return startSession(ctx, personId, { device, keep })
  },
})

/** Sessions and passkeys that another organization may have had a hand in do not lead into this one: they end. */
async function join(ctx: Context, organizationId: OrganizationId, personId: PersonId): Promise<void> {
  const { tx, now } = ctx
  const isElsewhere = (await withoutActive(tx, [personId])).length === 0
  const isFresh = await acceptInvitation(tx, { organizationId, personId, now })
  if (isFresh) recordAct(ctx, { organizationId, act: 'invitation.accepted', personIds: [personId] })
  if (!isFresh || !isElsewhere) return
  await revokeDevicesOf(tx, [personId], { now })
  await forgetProofs(tx, [personId])
}
