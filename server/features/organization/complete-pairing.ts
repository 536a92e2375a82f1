import { CompletePairing, SignedIn } from '../../../protocol/identity.ts'
import { command } from '../../platform/command.ts'
import { completePairing as complete, invitationOfPairing, takeInvitation } from '../identity/index.ts'
import { joinFurther } from './join-further.ts'
import { lockOrganization } from './store.ts'

/** It stands here and not in identity, because a sign-in that waits may be the answer to an invitation. */
export const completePairing = command({
  name: 'pairing.complete',
  summary: 'Sign in with the security code that the other device shows, or without it once that device has confirmed.',
  input: CompletePairing,
  output: SignedIn,

  async lock({ tx }, { pairingId }) {
    const organizationId = await invitationOfPairing(tx, pairingId)
    if (organizationId) await lockOrganization(tx, organizationId)
  },
  allow: () => true,

  run: (ctx, input) =>
    complete(ctx, input, async ({ personId, invitationId }) => {
      const organizationId = invitationId && (await takeInvitation(ctx.tx, invitationId, ctx.now))
      if (organizationId) await joinFurther(ctx, organizationId, personId)
    }),
})
