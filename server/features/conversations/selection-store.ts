import type { AudienceId, ConversationId, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Selection } from '../../../protocol/groups.ts'
import type { Tx } from '../../platform/sql.ts'
import type { MemberRole } from './member-rules.ts'

/** What these people are in the conversation today; those who are not in it are missing. */
export async function rolesAmong(
  tx: Tx,
  conversationId: ConversationId,
  personIds: readonly PersonId[],
): Promise<Map<PersonId, MemberRole>> {
  const rows = await tx<{ personId: PersonId; role: MemberRole }>`
    select person_id as "personId", role from membership_interval
    where conversation_id = ${conversationId} and person_id = any(${personIds}::uuid[]) and to_version is null`
  return new Map(rows.map(({ personId, role }) => [personId, role]))
}

export type Narrowing = {
  id: AudienceId
  conversationId: ConversationId
  rule: Selection['rule']
  hash: Uint8Array
  personIds: readonly PersonId[]
}

export async function findNarrowed(
  tx: Tx,
  { conversationId, rule, hash }: Pick<Narrowing, 'conversationId' | 'rule' | 'hash'>,
): Promise<AudienceId | undefined> {
  const [found] = await tx<{ id: AudienceId }>`
    select id from audience
    where conversation_id = ${conversationId} and rule = ${rule} and selection_hash = ${hash}`
  return found?.id
}

export async function countNarrowed(tx: Tx, conversationId: ConversationId): Promise<number> {
  const [row] = await tx<{ count: number }>`
    select count(*) as count from audience where conversation_id = ${conversationId} and selection_hash is not null`
  return row?.count ?? 0
}

/** One row for the audience and one for each person who is named; none for those who hear it. */
export async function insertNarrowed(
  tx: Tx,
  { id, conversationId, rule, hash, personIds }: Narrowing,
): Promise<{ firstId: AudienceId; version: number }> {
  const [first] = await tx<{ firstId: AudienceId; version: number }>`
    with made as (
      insert into audience (id, conversation_id, organization_id, first_id, rule, is_one_way, selection_hash)
      select ${id}, conversation.id, conversation.organization_id, conversation.first_audience_id, ${rule}, true,
        ${hash}
      from conversation where conversation.id = ${conversationId}
      returning first_id
    )
    select audience.id as "firstId", audience.version from made join audience on audience.id = made.first_id`
  if (!first) throw new Error('A conversation vanished under its lock.')
  await tx`insert into audience_person (audience_id, person_id) select ${id}, unnest(${personIds}::uuid[])`
  return first
}

/** The conversation of an audience, as long as it is in this organization. */
export async function conversationOf(
  tx: Tx,
  organizationId: OrganizationId,
  audienceId: AudienceId,
): Promise<ConversationId | undefined> {
  const [found] = await tx<{ conversationId: ConversationId }>`
    select conversation_id as "conversationId" from audience
    where id = ${audienceId} and organization_id = ${organizationId}`
  return found?.conversationId
}

/** Who hears an audience today, without the owners of its conversation. */
export async function listenersOf(tx: Tx, audienceId: AudienceId): Promise<PersonId[]> {
  const rows = await tx<{ personId: PersonId }>`
    select person_id as "personId" from audience_member
    where audience_id = ${audienceId} and role <> 'owner' and to_version is null`
  return rows.map(({ personId }) => personId)
}

export type MissedAsked = {
  organizationId: OrganizationId
  audienceId: AudienceId
  number: number
  after: PersonId | undefined
  limit: number
}
/** Listeners of today to whom a message did not go. `total` counts all pages. */
export async function missedPage(tx: Tx, { organizationId, audienceId, number, after, limit }: MissedAsked) {
  return tx<{ personId: PersonId; name: string; total: number }>`
    with missed as (
      select span.person_id
      from message
      join audience on audience.id = message.audience_id
      join membership_interval as span on span.conversation_id = audience.conversation_id
      where message.audience_id = ${audienceId} and message.number = ${number}::bigint
        and audience.organization_id = ${organizationId} and span.to_version is null and span.role <> 'owner'
        and not exists (
          select from audience_member as present
          where present.audience_id = message.audience_id and present.person_id = span.person_id
            and present.from_version <= message.version
            and (present.to_version is null or message.version < present.to_version))
    )
    select missed.person_id as "personId", standing.name, (select count(*) from missed) as total
    from missed cross join lateral participant_of(${organizationId}, missed.person_id) as standing
    where ${after}::uuid is null or missed.person_id > ${after}::uuid
    order by missed.person_id limit ${limit}`
}

/** How many listeners a message was for, and how far it has come. */
export async function reachOf(
  tx: Tx,
  audienceId: AudienceId,
  number: number,
): Promise<{ recipients: number; delivered: number; read: number } | undefined> {
  const [reach] = await tx<{ recipients: number; delivered: number; read: number }>`
    select count(*) as recipients,
           count(*) filter (where mark.delivered_number >= message.message_number) as delivered,
           count(*) filter (where mark.read_number >= message.message_number) as read
    from message
    join audience_member as present on present.audience_id = message.audience_id
    left join mark on mark.audience_id = message.audience_id and mark.person_id = present.person_id
    where message.audience_id = ${audienceId} and message.number = ${number}::bigint and present.role <> 'owner'
      and present.from_version <= message.version
      and (present.to_version is null or message.version < present.to_version)`
  return reach
}
