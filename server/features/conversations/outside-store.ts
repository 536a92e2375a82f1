import type { ConversationId, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Tx } from '../../platform/sql.ts'

/** Those of these people who take part from outside. */
export async function outsidersAmong(
  tx: Tx,
  organizationId: OrganizationId,
  personIds: readonly PersonId[],
): Promise<PersonId[]> {
  const rows = await tx<{ personId: PersonId }>`
    select person_id as "personId" from outsider
    where organization_id = ${organizationId} and person_id = any(${personIds}::uuid[]) and state <> 'deactivated'
      and not exists (
        select from member where member.organization_id = ${organizationId} and member.person_id = outsider.person_id
          and member.state <> 'deactivated')`
  return rows.map(({ personId }) => personId)
}

/** Whether somebody from outside is in it today, directly or through a group inside it. */
export async function hasOutsiders(tx: Tx, organizationId: OrganizationId, id: ConversationId): Promise<boolean> {
  const rows = await tx`
    select from membership_interval as span
    cross join lateral participant_of(${organizationId}, span.person_id) as standing
    where span.conversation_id = ${id} and span.to_version is null and standing.is_external limit 1`
  return rows.length > 0
}

export async function setExternal(tx: Tx, ids: readonly ConversationId[], isExternal: boolean): Promise<void> {
  await tx`update conversation set is_external = ${isExternal} where id = any(${ids}::uuid[])`
}
