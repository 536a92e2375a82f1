import type { ConversationId, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Tx } from '../../platform/sql.ts'

export type GroupRow = {
  id: ConversationId
  displayName: string
  externalId: string | null
  ownerId: PersonId
  version: number
  createdAt: string
  changedAt: string
}

export async function readGroups(tx: Tx, organizationId: OrganizationId, ids: readonly string[]): Promise<GroupRow[]> {
  return tx<GroupRow>`
    select id, display_name as "displayName", external_id as "externalId", owner_id as "ownerId", version,
      created_at as "createdAt", changed_at as "changedAt"
    from scim_group where organization_id = ${organizationId} and id = any(${ids}::uuid[]) order by id`
}

/** Groups change one at a time: two who add members at once both succeed. */
export async function holdGroup(tx: Tx, organizationId: OrganizationId, id: string): Promise<GroupRow | undefined> {
  const [group] = await tx<GroupRow>`
    select id, display_name as "displayName", external_id as "externalId", owner_id as "ownerId", version,
      created_at as "createdAt", changed_at as "changedAt"
    from scim_group where organization_id = ${organizationId} and id = ${id} for no key update`
  return group
}

type Id = { id: ConversationId }
const idsOf = (rows: readonly Id[]) => rows.map(({ id }) => id)

export async function idsByName(tx: Tx, organizationId: OrganizationId, name: string): Promise<ConversationId[]> {
  return idsOf(
    await tx<Id>`
    select id from scim_group
    where organization_id = ${organizationId} and lower(display_name) = lower(${name})`,
  )
}

export async function idsByExternalId(
  tx: Tx,
  organizationId: OrganizationId,
  externalId: string,
): Promise<ConversationId[]> {
  return idsOf(
    await tx<Id>`
    select id from scim_group
    where organization_id = ${organizationId} and external_id = ${externalId} order by id`,
  )
}

export async function pageOfIds(
  tx: Tx,
  organizationId: OrganizationId,
  { skip, limit }: { skip: number; limit: number },
): Promise<ConversationId[]> {
  return idsOf(
    await tx<Id>`
    select id from scim_group where organization_id = ${organizationId}
    order by id offset ${skip} limit ${limit}`,
  )
}

export async function countGroups(tx: Tx, organizationId: OrganizationId): Promise<number> {
  const [row] = await tx<{ count: number }>`
    select count(*) as count from scim_group where organization_id = ${organizationId}`
  return row?.count ?? 0
}

export type GroupMember = { groupId: ConversationId; personId: PersonId; display: string | null }
export async function membersOf(
  tx: Tx,
  organizationId: OrganizationId,
  groupIds: readonly string[],
): Promise<GroupMember[]> {
  return tx<GroupMember>`
    select group_id as "groupId", scim_group_member.person_id as "personId",
      coalesce(attributes ->> 'displayName', user_name) as display
    from scim_group_member
    left join scim_user on scim_user.organization_id = ${organizationId}
      and scim_user.person_id = scim_group_member.person_id
    where group_id = any(${groupIds}::uuid[]) order by group_id, scim_group_member.person_id`
}

export type NewGroup = Pick<GroupRow, 'id' | 'displayName' | 'externalId' | 'ownerId'> & {
  organizationId: OrganizationId
}
export async function insertGroup(tx: Tx, group: NewGroup, now: Date): Promise<boolean> {
  const rows = await tx`
    insert into scim_group (id, organization_id, display_name, external_id, owner_id, created_at, changed_at)
    values (${group.id}, ${group.organizationId}, ${group.displayName}, ${group.externalId}, ${group.ownerId}, ${now},
      ${now})
    on conflict do nothing returning true`
  return rows.length > 0
}

export async function updateGroup(
  tx: Tx,
  group: Pick<GroupRow, 'id' | 'displayName' | 'externalId'>,
  now: Date,
): Promise<void> {
  await tx`
    update scim_group set display_name = ${group.displayName}, external_id = ${group.externalId},
      version = version + 1, is_pending = true, changed_at = ${now}
    where id = ${group.id}`
}

export async function deleteGroup(tx: Tx, id: ConversationId): Promise<void> {
  await tx`delete from scim_group where id = ${id}`
}

export async function putMembers(tx: Tx, groupId: ConversationId, personIds: readonly string[]): Promise<void> {
  await tx`
    insert into scim_group_member (group_id, person_id)
    select ${groupId}, person_id from unnest(${personIds}::uuid[]) as person_id order by person_id
    on conflict do nothing`
}

export async function takeMembers(tx: Tx, groupId: ConversationId, personIds: readonly string[]): Promise<void> {
  await tx`delete from scim_group_member where group_id = ${groupId} and person_id = any(${personIds}::uuid[])`
}

/** All but these. */
export async function keepMembers(tx: Tx, groupId: ConversationId, personIds: readonly string[]): Promise<void> {
  await tx`delete from scim_group_member where group_id = ${groupId} and person_id <> all(${personIds}::uuid[])`
}

/** Of these, the users there are. */
export async function knownAmong(
  tx: Tx,
  organizationId: OrganizationId,
  personIds: readonly string[],
): Promise<Set<string>> {
  const rows = await tx<{ personId: PersonId }>`
    select person_id as "personId" from scim_user
    where organization_id = ${organizationId} and person_id = any(${personIds}::uuid[])
    union
    select person_id from member
    where organization_id = ${organizationId} and person_id = any(${personIds}::uuid[]) and state <> 'deactivated'`
  return new Set(rows.map(({ personId }) => personId))
}

export type Following = { id: ConversationId; displayName: string; ownerId: PersonId; conversationName: string | null }
/** The groups that are pending, and those in which one of these people is; with what their conversation is called. */
export async function groupsToFollow(
  tx: Tx,
  organizationId: OrganizationId,
  joinedIds: readonly PersonId[],
): Promise<Following[]> {
  return tx<Following>`
    select scim_group.id, display_name as "displayName", owner_id as "ownerId", conversation.name as "conversationName"
    from scim_group left join conversation on conversation.id = scim_group.id
    where scim_group.organization_id = ${organizationId} and (
      is_pending or exists (
        select from scim_group_member where group_id = scim_group.id and person_id = any(${joinedIds}::uuid[])))
    order by scim_group.id
    for no key update of scim_group`
}

/** Who is to be in them: the members of the group who are present in the organization. */
export async function presentMembersOf(
  tx: Tx,
  organizationId: OrganizationId,
  groupIds: readonly ConversationId[],
): Promise<{ groupId: ConversationId; personId: PersonId }[]> {
  return tx<{ groupId: ConversationId; personId: PersonId }>`
    select group_id as "groupId", scim_group_member.person_id as "personId"
    from scim_group_member
    join member on member.organization_id = ${organizationId} and member.person_id = scim_group_member.person_id
    where group_id = any(${groupIds}::uuid[]) and state <> 'deactivated'`
}

export type Put = { conversationId: ConversationId; personId: PersonId; role: 'owner' | 'member' }
export async function putInto(tx: Tx, conversationIds: readonly ConversationId[]): Promise<Put[]> {
  return tx<Put>`
    select conversation_id as "conversationId", person_id as "personId", role from membership
    where conversation_id = any(${conversationIds}::uuid[])`
}

export async function settleGroups(tx: Tx, ids: readonly ConversationId[]): Promise<void> {
  await tx`update scim_group set is_pending = false where id = any(${ids}::uuid[]) and is_pending`
}

/** Whether anything was said in it. */
export async function isUsed(tx: Tx, id: ConversationId): Promise<boolean> {
  const rows = await tx`select from audience where conversation_id = ${id} and last_message_number > 0 limit 1`
  return rows.length > 0
}
