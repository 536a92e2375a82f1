import type { ConversationId, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Report, ReportMessage, ReportPolicy } from '../../../protocol/reports.ts'
import type { Tx } from '../../platform/sql.ts'

export type Scope = {
  organizationId: OrganizationId
  readerId: PersonId
  from: string
  until: string
  timeZone: string
  /** Null: all groups. */
  conversationIds: readonly ConversationId[] | null
  personId: PersonId | null
}

export async function findPolicy(tx: Tx, organizationId: OrganizationId): Promise<ReportPolicy | undefined> {
  const [policy] = await tx<ReportPolicy>`
    select is_on as "isOn", words, time_zone as "timeZone", counts_direct as "countsDirect"
    from report_policy where organization_id = ${organizationId}`
  return policy
}

export async function putPolicy(
  tx: Tx,
  organizationId: OrganizationId,
  { isOn, words, timeZone, countsDirect }: ReportPolicy,
): Promise<void> {
  await tx`
    insert into report_policy (organization_id, is_on, words, time_zone, counts_direct)
    values (${organizationId}, ${isOn}, ${words}, ${timeZone}, ${countsDirect})
    on conflict (organization_id) do update
    set is_on = excluded.is_on, words = excluded.words, time_zone = excluded.time_zone,
        counts_direct = excluded.counts_direct`
}

/** Whether anybody reports to this person today; of whoever left they were the last to lead. */
export async function leadsAnybody(tx: Tx, organizationId: OrganizationId, personId: PersonId): Promise<boolean> {
  const rows = await tx`
    select from member
    where organization_id = ${organizationId} and manager_id = ${personId} and state <> 'deactivated' limit 1`
  return rows.length > 0
}

/** Whether one is above the other in the chart. */
export async function isAbove(
  tx: Tx,
  organizationId: OrganizationId,
  { readerId, personId }: { readerId: PersonId; personId: PersonId },
): Promise<boolean> {
  const rows = await tx`
    with recursive above (person_id) as (
      select manager_id from member where organization_id = ${organizationId} and person_id = ${personId}
      union
      select member.manager_id from above
      join member on member.organization_id = ${organizationId} and member.person_id = above.person_id
    )
    select from above where person_id = ${readerId}`
  return rows.length > 0
}

/** Whether somebody below this person is or was in the group. */
export async function reachesGroup(
  tx: Tx,
  organizationId: OrganizationId,
  { readerId, conversationId }: { readerId: PersonId; conversationId: ConversationId },
): Promise<boolean> {
  const rows = await tx`
    with recursive below (person_id) as (
      select person_id from member where organization_id = ${organizationId} and manager_id = ${readerId}
      union
      select member.person_id from below
      join member on member.organization_id = ${organizationId} and member.manager_id = below.person_id
    )
    select from conversation
    join membership_interval as span on span.conversation_id = conversation.id
    join below on below.person_id = span.person_id
    where conversation.id = ${conversationId} and organization_id = ${organizationId} and kind <> 'direct'
    limit 1`
  return rows.length > 0
}

/** Whether the reader, or somebody below them, looks after this contact. */
export async function keepsBelow(
  tx: Tx,
  organizationId: OrganizationId,
  { readerId, contactId }: { readerId: PersonId; contactId: PersonId },
): Promise<boolean> {
  const rows = await tx`
    with recursive below (person_id) as (
      select ${readerId}::uuid
      union
      select member.person_id from below
      join member on member.organization_id = ${organizationId} and member.manager_id = below.person_id
    )
    select from contact join below on below.person_id = keeper_id
    where organization_id = ${organizationId} and contact.person_id = ${contactId}`
  return rows.length > 0
}

/** The customers whom the reader, or somebody below them, looks after: by name. */
export async function findCustomers(
  tx: Tx,
  { organizationId, readerId }: { organizationId: OrganizationId; readerId: PersonId },
  { pattern, limit }: { pattern: string | null; limit: number },
): Promise<{ personId: PersonId; name: string; keeperName: string }[]> {
  return tx<{ personId: PersonId; name: string; keeperName: string }>`
    with recursive below (person_id) as (
      select ${readerId}::uuid
      union
      select member.person_id from below
      join member on member.organization_id = ${organizationId} and member.manager_id = below.person_id
    )
    select outsider.person_id as "personId", outsider.name, keeper.name as "keeperName"
    from below join contact on contact.organization_id = ${organizationId} and keeper_id = below.person_id
    join outsider_today as outsider
      on outsider.organization_id = ${organizationId} and outsider.person_id = contact.person_id
    join member as keeper on keeper.organization_id = ${organizationId} and keeper.person_id = keeper_id
    where ${pattern}::text is null or outsider.name ilike ${pattern}
    order by name_order(outsider.name), outsider.person_id limit ${limit}`
}

export type Customers = { contactId: PersonId | null; tag: string | null }

/** The groups in which such a customer is or was, whom the reader or somebody below them looks after. */
export async function groupsOfCustomers(
  tx: Tx,
  { organizationId, readerId }: { organizationId: OrganizationId; readerId: PersonId },
  { contactId, tag }: Customers,
): Promise<ConversationId[]> {
  const rows = await tx<{ id: ConversationId }>`
    with recursive below (person_id) as (
      select ${readerId}::uuid
      union
      select member.person_id from below
      join member on member.organization_id = ${organizationId} and member.manager_id = below.person_id
    )
    select distinct span.conversation_id as id
    from below join contact on organization_id = ${organizationId} and keeper_id = below.person_id
    join membership_interval as span on span.person_id = contact.person_id
    where (${contactId}::uuid is null or contact.person_id = ${contactId}::uuid)
      and (${tag}::text is null or tags @> array[${tag}::text])`
  return rows.map(({ id }) => id)
}

type Figures = Pick<Report, 'messages' | 'groups' | 'people' | 'days' | 'rows'>

/**
 * A year of a large organization is grouped in memory instead of on disk, and not compiled first: until the end of the
 * transaction.
 */
async function makeRoom(tx: Tx): Promise<void> {
  await tx`select set_config('work_mem', '64MB', true), set_config('jit', 'off', true)`
}

/**
 * What those below the reader wrote in groups, and the reader in groups of theirs. What was said in a narrowed
 * broadcast without the reader, who hears the broadcast, is not counted: nothing may show it to them.
 *
 * A year of a large organization is a million messages, so they are read once, from the index alone, and the time zone
 * is asked when the days begin instead of once for each message.
 */
export async function figures(tx: Tx, scope: Scope, rowsMax: number): Promise<Figures> {
  const { organizationId, readerId, from, until, timeZone, conversationIds, personId } = scope
  await makeRoom(tx)
  const [found] = await tx<Figures>`
    with recursive below (person_id) as (
      select person_id from member where organization_id = ${organizationId} and manager_id = ${readerId}
      union
      select member.person_id from below
      join member on member.organization_id = ${organizationId} and member.manager_id = below.person_id
    ), author as materialized (
      select person_id from (select person_id from below union select ${readerId}::uuid) as one
      where ${personId}::uuid is null or person_id = ${personId}::uuid
    ), shared as materialized (
      select distinct span.conversation_id from below join membership_interval as span using (person_id)
    ), place as materialized (
      select audience.id, conversation.id as conversation_id, kind, name, member_count,
        conversation.id in (select conversation_id from shared) as is_shared,
        audience.selection_hash is not null and exists (
          select from membership_interval as span
          where span.conversation_id = conversation.id and span.person_id = ${readerId}) as is_veiled
      from conversation join audience on audience.conversation_id = conversation.id
      where conversation.organization_id = ${organizationId} and kind <> 'direct'
        and (${conversationIds}::uuid[] is null or conversation.id = any(${conversationIds}::uuid[]))
    ), day as (
      select (${from}::date + days)::timestamp at time zone ${timeZone}::text as begins
      from generate_series(0, ${until}::date - ${from}::date) as days
    ), counted as materialized (
      select message.author_id, message.audience_id,
        width_bucket(message.posted_at, (select array_agg(begins order by begins) from day)) as day,
        count(*)::int as messages, min(message.posted_at) as first_at, max(message.posted_at) as last_at
      from message
      join place on place.id = message.audience_id
      where message.author_id = any(array(select person_id from author))
        and message.posted_at >= (${from}::date)::timestamp at time zone ${timeZone}::text
        and message.posted_at < (${until}::date + 1)::timestamp at time zone ${timeZone}::text
        and (place.is_shared or message.author_id <> ${readerId})
        and (not place.is_veiled or exists (
          select from audience_spans(message.audience_id, ${readerId}) as span
          where span.from_version <= message.version
            and (span.to_version is null or message.version < span.to_version)))
      group by grouping sets ((message.author_id, message.audience_id), (day))
    ), grouped as materialized (
      select author_id, conversation_id, kind, name, member_count, sum(messages)::int as messages,
        min(first_at) as first_at, max(last_at) as last_at
      from counted join place on place.id = audience_id
      group by author_id, conversation_id, kind, name, member_count
    ), ranked as (
      select grouped.*, member.name as author from grouped
      join member on member.organization_id = ${organizationId} and member.person_id = author_id
      order by messages desc, conversation_id, author_id limit ${rowsMax}
    ), daily as (
      select (${from}::date + day - 1)::text as day, messages from counted where day is not null
    )
    select coalesce((select sum(messages) from grouped), 0)::int as messages,
      (select count(distinct conversation_id) from grouped) as groups,
      (select count(distinct author_id) from grouped) as people,
      coalesce((
        select jsonb_agg(jsonb_build_object('day', day, 'messages', messages) order by day) from daily
      ), '[]') as days,
      coalesce((
        select jsonb_agg(jsonb_build_object('personId', author_id, 'name', author, 'conversationId', conversation_id,
          'subject', coalesce(name, ''), 'kind', kind, 'people', member_count - 1, 'messages', messages,
          'firstAt', to_char(first_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
          'lastAt', to_char(last_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
        ) order by messages desc, conversation_id, author_id)
        from ranked
      ), '[]') as rows`
  return found ?? { messages: 0, groups: 0, people: 0, days: [], rows: [] }
}

/** How many messages those below the reader wrote to one person each; nothing more is said of them. */
export async function countDirect(tx: Tx, scope: Scope): Promise<number> {
  const { organizationId, readerId, from, until, timeZone, personId } = scope
  const [row] = await tx<{ count: number }>`
    with recursive below (person_id) as (
      select person_id from member where organization_id = ${organizationId} and manager_id = ${readerId}
      union
      select member.person_id from below
      join member on member.organization_id = ${organizationId} and member.manager_id = below.person_id
    )
    select count(*) as count
    from below
    join message on message.author_id = below.person_id
    join audience on audience.id = message.audience_id and audience.organization_id = ${organizationId}
    join conversation on conversation.id = audience.conversation_id and kind = 'direct'
    where message.posted_at >= (${from}::date)::timestamp at time zone ${timeZone}::text
      and message.posted_at < (${until}::date + 1)::timestamp at time zone ${timeZone}::text
      and (${personId}::uuid is null or below.person_id = ${personId}::uuid) and below.person_id <> ${readerId}`
  return row?.count ?? 0
}

/** The place of a message in the list: the latest first. */
export type MessagePlace = readonly [at: string, audienceId: string, number: number]
export type ListedMessage = ReportMessage & { audienceId: string; number: number }

/** Each message of the same scope, without what it says. */
export async function listMessages(
  tx: Tx,
  scope: Scope,
  { before, limit }: { before: MessagePlace | null; limit: number },
): Promise<ListedMessage[]> {
  const { organizationId, readerId, from, until, timeZone, conversationIds, personId } = scope
  const [at = null, audienceId = null, number = null] = before ?? []
  return tx<ListedMessage>`
    with recursive below (person_id) as (
      select person_id from member where organization_id = ${organizationId} and manager_id = ${readerId}
      union
      select member.person_id from below
      join member on member.organization_id = ${organizationId} and member.manager_id = below.person_id
    ), author as (
      select person_id from (select person_id from below union select ${readerId}::uuid) as one
      where ${personId}::uuid is null or person_id = ${personId}::uuid
    ), page as materialized (
      select message.author_id, message.audience_id, message.number, message.version, message.posted_at,
        conversation.id as conversation_id, conversation.name, kind
      from author join message on message.author_id = author.person_id
      join audience on audience.id = message.audience_id and audience.organization_id = ${organizationId}
      join conversation on conversation.id = audience.conversation_id and kind <> 'direct'
      where message.posted_at >= (${from}::date)::timestamp at time zone ${timeZone}::text
        and message.posted_at < (${until}::date + 1)::timestamp at time zone ${timeZone}::text
        and (${at}::timestamptz is null or (message.posted_at, message.audience_id, message.number)
          < (${at}::timestamptz, ${audienceId}::uuid, ${number}::bigint))
        and (${conversationIds}::uuid[] is null or conversation.id = any(${conversationIds}::uuid[]))
        and (message.author_id <> ${readerId} or exists (
          select from membership_interval as span join below on below.person_id = span.person_id
          where span.conversation_id = conversation.id))
        and (audience.selection_hash is null or not exists (
          select from membership_interval as span
          where span.conversation_id = audience.conversation_id and span.person_id = ${readerId}
        ) or exists (
          select from audience_spans(message.audience_id, ${readerId}) as span
          where span.from_version <= message.version
            and (span.to_version is null or message.version < span.to_version)))
      order by message.posted_at desc, message.audience_id desc, message.number desc limit ${limit}
    ), reached as materialized (
      select place.audience_id, place.version, count(distinct present.person_id) - 1 as people
      from (select distinct audience_id, version from page) as place
      join audience_member as present on present.audience_id = place.audience_id
        and present.from_version <= place.version
        and (present.to_version is null or place.version < present.to_version)
      group by place.audience_id, place.version
    )
    select page.author_id as "personId", member.name, page.conversation_id as "conversationId",
      coalesce(page.name, '') as subject, page.kind, page.posted_at as at, coalesce(reached.people, 0) as people,
      page.audience_id as "audienceId", page.number
    from page
    join member on member.organization_id = ${organizationId} and member.person_id = page.author_id
    left join reached on reached.audience_id = page.audience_id and reached.version = page.version
    order by page.posted_at desc, page.audience_id desc, page.number desc`
}
