import type { PersonId } from '../../../protocol/ids.ts'
import { recordAct, type Act, type Acting } from '../../platform/audit.ts'
import { organizationsOf } from './store.ts'

/** What concerns an account and not one organization stands in the audit log of each that the person takes part in. */
export async function recordOwnAct(
  ctx: Acting,
  personId: PersonId,
  act: Omit<Act, 'organizationId' | 'personIds'>,
): Promise<void> {
  for (const organizationId of await organizationsOf(ctx.tx, personId))
    recordAct(ctx, { ...act, organizationId, personIds: [personId] })
}
