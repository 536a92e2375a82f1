import type { ConversationId, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Tx } from '../../platform/sql.ts'
import type { ChartGroup, ChartState, Nest, Put } from './plan-groups.ts'

/** All that follows reads one state of the database. The first statement of its transaction. */
export async function beginSnapshot(tx: Tx): Promise<void> {
  await tx`set transaction isolation level repeatable read, read only`
}

/** The conversations that follow the chart of this organization, with everybody who was put in. */
export async function readChartState(tx: Tx, organizationId: OrganizationId): Promise<ChartState> {
  const groups = await tx<ChartGroup>`
    select conversation.id, chart_manager_id as "managerId", chart_level as level, kind, name,
           is_name_made as "isNameMade", exists (
             select from audience where conversation_id = conversation.id and last_message_number > 0
           ) as "isUsed"
    from conversation where organization_id = ${organizationId} and chart_manager_id is not null
    order by conversation.id`
  const memberships = await tx<Put>`
    select conversation_id as "conversationId", person_id as "personId", role, source
    from conversation join membership on conversation_id = conversation.id
    where organization_id = ${organizationId} and chart_manager_id is not null`
  const nestings = await tx<Nest>`
    select outer_id as "outerId", inner_id as "innerId"
    from conversation join nesting on outer_id = conversation.id
    where organization_id = ${organizationId} and chart_manager_id is not null`
  return { groups, memberships, nestings }
}

export type Elsewhere = Put & {
  isClosed: boolean
  /** Nobody else owns it but people who leave as well. */
  isLastOwner: boolean
  /** The longest in it of those who stay. */
  heirId: PersonId | null
}

/** The groups and broadcasts into which these people were put, other than those that follow the chart. */
export async function membershipsElsewhere(
  tx: Tx,
  organizationId: OrganizationId,
  personIds: readonly PersonId[],
): Promise<Elsewhere[]> {
  return tx<Elsewhere>`
    select membership.conversation_id as "conversationId", membership.person_id as "personId", membership.role,
           membership.source, audience.closed_at is not null as "isClosed",
           membership.role = 'owner' and not exists (
             select from membership as other
             where other.conversation_id = membership.conversation_id and other.role = 'owner'
               and other.person_id <> all(${personIds}::uuid[])
           ) as "isLastOwner",
           heir.person_id as "heirId"
    from membership
    join conversation on conversation.id = membership.conversation_id
    join audience on audience.id = conversation.first_audience_id
    left join lateral (
      select other.person_id from membership as other
      where other.conversation_id = membership.conversation_id and other.person_id <> all(${personIds}::uuid[])
      order by other.person_id limit 1
    ) as heir on membership.role = 'owner'
    where conversation.organization_id = ${organizationId} and membership.person_id = any(${personIds}::uuid[])
      and conversation.kind <> 'direct' and chart_manager_id is null`
}

/** Who leads the organization, and has been in it the longest: takes over what has nobody else. */
export async function findLeader(
  tx: Tx,
  organizationId: OrganizationId,
  /** Null: among all. */
  amongIds: readonly PersonId[] | null = null,
): Promise<PersonId | undefined> {
  const [leader] = await tx<{ personId: PersonId }>`
    select person_id as "personId" from member
    where organization_id = ${organizationId} and state = 'active' and role in ('owner', 'administrator')
      and (${amongIds}::uuid[] is null or person_id = any(${amongIds}::uuid[]))
    order by role = 'owner' desc, created_at, person_id limit 1`
  return leader?.personId
}

/** Locks these conversations and those that hold them: audiences come before persons in the order of locks. */
export async function lockConversations(tx: Tx, ids: readonly ConversationId[]): Promise<void> {
  await tx`
    with recursive affected (id) as (
      select unnest(${ids}::uuid[])
      union
      select outer_id from nesting join affected on inner_id = affected.id
    )
    select from audience
    where id in (select first_audience_id from conversation join affected using (id))
    order by id for no key update`
}

/** They stay what they were; the manager's place in the chart is free for new ones. */
export async function detachFromChart(tx: Tx, ids: readonly ConversationId[]): Promise<void> {
  await tx`
    update conversation set chart_manager_id = null, chart_level = null, is_name_made = false
    where id = any(${ids}::uuid[])`
}
