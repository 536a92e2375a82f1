import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import { recordAct } from '../../platform/audit.ts'
import type { Context } from '../../platform/command.ts'
import { forgetProofs, revokeDevicesOf } from '../identity/index.ts'
import { acceptInvitation } from './membership.ts'

/**
 * Whoever takes part elsewhere joins this organization too. Sessions and passkeys that another one may have had a hand
 * in do not lead into it: they end.
 */
export async function joinFurther(ctx: Context, organizationId: OrganizationId, personId: PersonId): Promise<void> {
  const { tx, now } = ctx
  if (!(await acceptInvitation(tx, { organizationId, personId, now }))) return
  recordAct(ctx, { organizationId, act: 'invitation.accepted', personIds: [personId] })
  await revokeDevicesOf(tx, [personId], { now })
  await forgetProofs(tx, [personId])
}
