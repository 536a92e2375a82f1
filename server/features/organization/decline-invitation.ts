import { z } from 'zod'
import { InOrganization } from '../../../protocol/organization.ts'
import { command, personOf } from '../../platform/command.ts'
import { endInvitations } from '../identity/index.ts'
import { declineMembership } from './membership.ts'
import { findAnswerable } from './outsiders.ts'

export const declineInvitation = command({
  name: 'invitation.decline',
  summary: 'Say no to an invitation. Those who invited see somebody who has not answered; they may invite again.',
  input: InOrganization,
  output: z.object({}),

  async allow(ctx, { organizationId }) {
    return (await findAnswerable(ctx.tx, organizationId, personOf(ctx)))?.state === 'invited'
  },

  async run(ctx, { organizationId }) {
    const [personId, now] = [personOf(ctx), ctx.now]
    await endInvitations(ctx.tx, { organizationId, personIds: [personId], now })
    await declineMembership(ctx.tx, { organizationId, personId, now })
    return {}
  },
})
