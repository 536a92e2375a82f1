import type { z } from 'zod'
import type { ConversationMember } from '../../../protocol/conversations.ts'
import type { AudienceId, ConversationId, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import { limits } from '../../../protocol/limits.ts'
import type { Tx } from '../../platform/sql.ts'
import type { AudienceRow, ConversationRow, MarkRow } from './view-rules.ts'

/**
 * Those of these conversations that the person takes part in; of all, where none are named. Most recently active first,
 * by what this person hears: what is said without them moves nothing.
 */
export async function conversationRows(
  tx: Tx,
  personId: PersonId,
  ids: readonly ConversationId[] | null,
): Promise<ConversationRow[]> {
  return tx<ConversationRow>`
    select conversation.id, conversation.organization_id as "organizationId", kind, conversation.name, origin,
      span.role,
           member_count as "memberCount", first.closed_at is not null as "isClosed", created_by as "createdBy",
           made_from_id is not null as "isMadeFrom",
           case when exists (
             select from membership_interval as there
             where there.conversation_id = made_from_id and there.person_id = ${personId}
           ) then made_from_name end as "madeFromName",
           conversation.is_external as "isExternal", me.is_external as "isOutside",
           case when direct_low_id = ${personId}::uuid then direct_high_id else direct_low_id end as "otherId",
           case when kind = 'direct' then '{}' else array(
             select person_id from membership_interval as owner
             where owner.conversation_id = conversation.id and owner.role = 'owner' and owner.to_version is null
             order by person_id
           ) end as "ownerIds"
    from membership_interval as span
    join conversation on conversation.id = span.conversation_id
    join audience as first on first.id = conversation.first_audience_id
    cross join lateral participant_of(conversation.organization_id, ${personId}::uuid) as me
    where span.person_id = ${personId}::uuid and span.to_version is null and me.state = 'active'
      and (${ids}::uuid[] is null or conversation.id = any(${ids}::uuid[]))
    order by (
      select max(heard.last_message_at) from audience as heard
      where heard.conversation_id = conversation.id
        and (heard.rule = 'everybody' or rule_admits(heard.rule, span.role, heard.id, span.person_id))
    ) desc, conversation.id`
}

/** The audiences of these conversations that the person is in. */
export async function audienceRows(tx: Tx, personId: PersonId, ids: readonly ConversationId[]): Promise<AudienceRow[]> {
  return tx<AudienceRow>`
    select audience.id, audience.conversation_id as "conversationId", audience.rule,
      audience.id = audience.first_id as "isFirst",
           earliest.from_number as "fromNumber",
           case when audience.id = audience.first_id then access.from_message_number else coalesce((
             select message_number from message
             where message.audience_id = audience.id and message.version < access.from_version
             order by number desc limit 1
           ), 0) end as "fromMessageNumber",
           audience.last_number as "lastNumber", audience.last_id as "lastId",
             audience.last_message_number as "lastMessageNumber",
           coalesce(mark.read_number, 0) as "readNumber", latest.number as "lastSeenMessage"
    from audience_access as access
    join audience on audience.id = access.audience_id
    cross join lateral (
      select min(from_number) as from_number from membership_interval as span
      where span.conversation_id = access.conversation_id and span.person_id = access.person_id
    ) as earliest
    left join mark on mark.audience_id = audience.id and mark.person_id = access.person_id
    left join lateral (
      select number from message
      where message.audience_id = audience.id and exists (
        select from membership_interval as span
        where span.conversation_id = access.conversation_id and span.person_id = access.person_id
          and span.from_version <= message.version and (span.to_version is null or message.version < span.to_version)
          and (audience.rule = 'everybody' or rule_admits(audience.rule, span.role, audience.id, span.person_id)))
      order by number desc limit 1
    ) as latest on true
    where access.person_id = ${personId} and access.to_version is null and access.conversation_id = any(${ids}::uuid[])
    order by audience.id <> audience.first_id, audience.id`
}

/** The marks of the other members, in conversations that show them. */
export async function markRows(tx: Tx, personId: PersonId, audienceIds: readonly AudienceId[]): Promise<MarkRow[]> {
  return tx<MarkRow>`
    select mark.audience_id as "audienceId", mark.person_id as "personId", read_number as read,
      delivered_number as delivered
    from unnest(${audienceIds}::uuid[]) as wanted (id)
    join mark on mark.audience_id = wanted.id and mark.person_id <> ${personId}
    join audience_member as present
      on present.audience_id = mark.audience_id and present.person_id = mark.person_id and present.to_version is null
    order by mark.audience_id, mark.person_id`
}

/** Which of these audiences show marks, typing and presence, with the version of their membership. */
export async function showsMarks(tx: Tx, audienceIds: readonly AudienceId[]): Promise<Map<AudienceId, number>> {
  const rows = await tx<{ id: AudienceId; version: number }>`
    select audience.id, first.version
    from audience
    join audience as first on first.id = audience.first_id
    join conversation on conversation.id = audience.conversation_id
    where audience.id = any(${audienceIds}::uuid[]) and kind <> 'broadcast'
      and member_count <= ${limits.membersWithMarks}`
  return new Map(rows.map(({ id, version }) => [id, version]))
}

export type MembersAsked = {
  organizationId: OrganizationId
  conversationId: ConversationId
  after: PersonId | undefined
  limit: number
}
/** Everybody who is in a conversation, in the order of ids. */
export async function memberPage(
  tx: Tx,
  { organizationId, conversationId, after, limit }: MembersAsked,
): Promise<z.infer<typeof ConversationMember>[]> {
  return tx<z.infer<typeof ConversationMember>>`
    with recursive inside (id) as (
      select ${conversationId}::uuid
      union
      select inner_id from inside join nesting on outer_id = inside.id
    )
    select span.person_id as "personId", standing.name, span.role, standing.is_external as "isExternal", array(
      select membership.conversation_id from membership join inside on inside.id = membership.conversation_id
      where membership.person_id = span.person_id and membership.conversation_id <> ${conversationId}
        and not exists (select from membership as own where own.conversation_id = ${conversationId}
          and own.person_id = span.person_id)
    ) as through
    from membership_interval as span
    cross join lateral participant_of(${organizationId}, span.person_id) as standing
    where span.conversation_id = ${conversationId} and span.to_version is null
      and (${after}::uuid is null or span.person_id > ${after}::uuid)
    order by span.person_id limit ${limit}`
}

export type RecipientsAsked = {
  organizationId: OrganizationId
  audienceId: AudienceId
  number: number
  after: PersonId | undefined
  limit: number
}
/** Who was in the audience when this message was posted. */
export async function recipientPage(tx: Tx, { organizationId, audienceId, number, after, limit }: RecipientsAsked) {
  return tx<{ personId: PersonId; name: string; total: number }>`
    select distinct present.person_id as "personId", standing.name, (
      select count(distinct counted.person_id)::int from audience_member as counted
      where counted.audience_id = message.audience_id and counted.from_version <= message.version
        and (counted.to_version is null or message.version < counted.to_version)
    ) as total
    from message
    join audience_member as present on present.audience_id = message.audience_id
    cross join lateral participant_of(${organizationId}, present.person_id) as standing
    where message.audience_id = ${audienceId} and message.number = ${number}::bigint
      and present.from_version <= message.version
        and (present.to_version is null or message.version < present.to_version)
      and (${after}::uuid is null or present.person_id > ${after}::uuid)
    order by present.person_id limit ${limit}`
}

/** Of these people those whom the reader knows of: who they are to the organization, and by which name. */
export async function namesKnownTo(
  tx: Tx,
  { organizationId, readerId, isInside }: { organizationId: OrganizationId; readerId: PersonId; isInside: boolean },
  personIds: readonly PersonId[],
): Promise<{ personId: PersonId; name: string; isExternal: boolean }[]> {
  return tx<{ personId: PersonId; name: string; isExternal: boolean }>`
    select asked.id as "personId", standing.name, standing.is_external as "isExternal"
    from (select distinct id from unnest(${personIds}::uuid[]) as id) as asked
    cross join lateral participant_of(${organizationId}, asked.id) as standing
    where asked.id = ${readerId} or (${isInside} and not standing.is_external) or exists (
      select from acquaintance
      where acquaintance.organization_id = ${organizationId} and acquaintance.person_id = ${readerId}
        and other_id = asked.id)`
}
