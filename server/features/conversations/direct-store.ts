import type { ConversationId, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Tx } from '../../platform/sql.ts'

export async function findDirect(
  tx: Tx,
  organizationId: OrganizationId,
  pair: readonly [PersonId, PersonId],
): Promise<ConversationId | undefined> {
  return (await findDirects(tx, organizationId, [pair]))[0]
}

/** The conversations of these pairs, in their order; undefined where there is none. */
export async function findDirects(
  tx: Tx,
  organizationId: OrganizationId,
  pairs: readonly (readonly [PersonId, PersonId])[],
): Promise<(ConversationId | undefined)[]> {
  const sorted = pairs.map((pair) => pair.toSorted())
  const rows = await tx<{ id: ConversationId | null }>`
    select known.id
    from unnest(${sorted.map(([low]) => low)}::uuid[], ${sorted.map(([, high]) => high)}::uuid[])
      with ordinality as asked (low, high, position)
    left join lateral (
      select id from conversation
      where organization_id = ${organizationId} and kind = 'direct' and direct_low_id = asked.low
        and direct_high_id = asked.high
      limit 1
    ) as known on true
    order by position`
  return rows.map(({ id }) => id ?? undefined)
}
