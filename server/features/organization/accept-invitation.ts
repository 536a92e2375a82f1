import { z } from 'zod'
import { InOrganization } from '../../../protocol/organization.ts'
import { command, personOf } from '../../platform/command.ts'
import { findStanding } from './store.ts'
import { acceptInvitation as accept } from './membership.ts'

export const acceptInvitation = command({
  name: 'invitation.accept',
  summary: 'Say yes to an invitation, signed in. Saying it twice is the same as once.',
  input: InOrganization,
  output: z.object({}),

  async allow(ctx, { organizationId }) {
    const standing = await findStanding(ctx.tx, organizationId, personOf(ctx))
    return standing !== undefined && standing.state !== 'deactivated'
  },

  async run(ctx, { organizationId }) {
    await accept(ctx.tx, { organizationId, personId: personOf(ctx), now: ctx.now })
    return {}
  },
})
