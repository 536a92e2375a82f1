import { z } from 'zod'
import { InOrganization } from '../../../protocol/organization.ts'
import { recordAct } from '../../platform/audit.ts'
import { command, personOf } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { acceptInvitation as accept } from './membership.ts'
import { isActiveElsewhere } from './membership-store.ts'
import { findAnswerable } from './outsiders.ts'

export const acceptInvitation = command({
  name: 'invitation.accept',
  summary: 'Say yes to an invitation, signed in. Saying it twice is the same as once.',
  input: InOrganization,
  output: z.object({}),

  /**
   * A session may have been opened with a code that an administrator of another organization could see; it does not
   * lead into this one. Whoever takes part elsewhere redeems the code of this invitation.
   */
  async allow({ tx, ...ctx }, { organizationId }) {
    const personId = personOf(ctx)
    const standing = await findAnswerable(tx, organizationId, personId)
    if (standing === undefined || standing.state === 'deactivated') return false
    if (standing.state === 'active') return true
    const isElsewhere = await isActiveElsewhere(tx, organizationId, personId)
    return !isElsewhere || new Refusal('invitation.code-needed')
  },

  async run(ctx, { organizationId }) {
    const personId = personOf(ctx)
    const isFresh = await accept(ctx.tx, { organizationId, personId, now: ctx.now })
    if (isFresh) recordAct(ctx, { organizationId, act: 'invitation.accepted', personIds: [personId] })
    return {}
  },
})
