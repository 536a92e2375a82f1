import type { ConversationId, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Tx } from '../../platform/sql.ts'

/** The direct conversation of two. */
export async function findDirect(
  tx: Tx,
  organizationId: OrganizationId,
  pair: readonly [PersonId, PersonId],
): Promise<ConversationId | null> {
  const [low, high] = pair.toSorted()
  const [row] = await tx<{ id: ConversationId }>`
    select id from conversation
    where organization_id = ${organizationId} and kind = 'direct' and direct_low_id = ${low}
      and direct_high_id = ${high}`
  return row?.id ?? null
}
