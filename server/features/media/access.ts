import { AudienceId, type OrganizationId, type PersonId } from '../../../protocol/ids.ts'
import type { Tx } from '../../platform/sql.ts'
import { seesOneOf } from '../conversations/index.ts'
import { findParticipant } from '../organization/index.ts'
import { listUses, type MediaRow, type Place } from './store.ts'

/** Whether they take part in the organization today, inside or outside. */
export async function isPresent(tx: Tx, organizationId: OrganizationId, personId: PersonId): Promise<boolean> {
  return (await findParticipant(tx, organizationId, personId))?.state === 'active'
}

/** Whoever uploaded it, while they take part, and whoever sees a message that holds it. */
export async function mayLoad(tx: Tx, media: MediaRow, personId: PersonId): Promise<boolean> {
  if (media.ownerId === personId && (await isPresent(tx, media.organizationId, personId))) return true
  for (let after = before; ;) {
    const uses = await listUses(tx, media.id, after, USES_AT_ONCE)
    if (uses.length > 0 && (await seesOneOf(tx, personId, uses))) return true
    const last = uses.at(-1)
    if (!last || uses.length < USES_AT_ONCE) return false
    after = last
  }
}

const USES_AT_ONCE = 500
const before: Place = { audienceId: AudienceId.parse('00000000-0000-0000-0000-000000000000'), number: 0 }
