import type { AudienceId, ConversationId, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Tx } from '../../platform/sql.ts'
import type { Difference, MemberRole } from './member-rules.ts'

export type NewConversation = {
  id: ConversationId
  organizationId: OrganizationId
  kind: 'direct' | 'group' | 'broadcast'
  name: string | null
  origin: 'chart' | 'made' | 'directory'
  history: 'all' | 'joined'
  /** Still carries the name it was made with. */
  isNameMade: boolean
  chartManagerId: PersonId | null
  chartLevel: 'team' | 'levels' | null
  createdBy: PersonId | null
  /** The two of a direct conversation. */
  pair?: readonly [PersonId, PersonId]
  /** Of a group that is made from another. */
  madeFrom?: { id: ConversationId; name: string | null }
}
export type NewAudience = {
  id: AudienceId
  conversationId: ConversationId
  organizationId: OrganizationId
  firstId: AudienceId
  rule: 'everybody' | 'owners'
  isOneWay: boolean
}

export async function insertConversations(
  tx: Tx,
  conversations: readonly (NewConversation & { firstId: AudienceId })[],
  now: Date,
): Promise<void> {
  const pairs = conversations.map(({ pair }) => (pair ? pair.toSorted() : []))
  await tx`
    insert into conversation (
      id, organization_id, kind, name, origin, history, is_name_made, chart_manager_id, chart_level, created_by,
      first_audience_id, direct_low_id, direct_high_id, made_from_id, made_from_name, created_at)
    select *, ${now}::timestamptz from unnest(
      ${conversations.map(({ id }) => id)}::uuid[],
      ${conversations.map(({ organizationId }) => organizationId)}::uuid[],
      ${conversations.map(({ kind }) => kind)}::text[],
      ${conversations.map(({ name }) => name)}::text[],
      ${conversations.map(({ origin }) => origin)}::text[],
      ${conversations.map(({ history }) => history)}::text[],
      ${conversations.map(({ isNameMade }) => isNameMade)}::boolean[],
      ${conversations.map(({ chartManagerId }) => chartManagerId)}::uuid[],
      ${conversations.map(({ chartLevel }) => chartLevel)}::text[],
      ${conversations.map(({ createdBy }) => createdBy)}::uuid[],
      ${conversations.map(({ firstId }) => firstId)}::uuid[],
      ${pairs.map(([low]) => low)}::uuid[],
      ${pairs.map(([, high]) => high)}::uuid[],
      ${conversations.map(({ madeFrom }) => madeFrom?.id)}::uuid[],
      ${conversations.map(({ madeFrom }) => madeFrom?.name)}::text[])`
}

export async function insertAudiences(tx: Tx, audiences: readonly NewAudience[]): Promise<void> {
  await tx`
    insert into audience (id, conversation_id, organization_id, first_id, rule, is_one_way)
    select * from unnest(
      ${audiences.map(({ id }) => id)}::uuid[],
      ${audiences.map(({ conversationId }) => conversationId)}::uuid[],
      ${audiences.map(({ organizationId }) => organizationId)}::uuid[],
      ${audiences.map(({ firstId }) => firstId)}::uuid[],
      ${audiences.map(({ rule }) => rule)}::text[],
      ${audiences.map(({ isOneWay }) => isOneWay)}::boolean[])`
}

export type LockedConversation = {
  id: ConversationId
  organizationId: OrganizationId
  kind: 'direct' | 'group' | 'broadcast'
  origin: 'chart' | 'made' | 'directory'
  history: 'all' | 'joined'
  firstId: AudienceId
  /** Where changes of the members are told: all members' log, in a broadcast the owners'. */
  eventAudienceId: AudienceId
  isClosed: boolean
  isExternal: boolean
}

/**
 * These conversations and all that hold them, directly or through others. Locks their first audiences in the order of
 * ids.
 */
export async function lockWithOuter(tx: Tx, ids: readonly ConversationId[]): Promise<LockedConversation[]> {
  await tx`
    with recursive affected (id) as (
      select unnest(${ids}::uuid[])
      union
      select outer_id from nesting join affected on inner_id = affected.id
    )
    select from audience
    where id in (select first_audience_id from conversation join affected using (id))
    order by id for no key update`
  return tx<LockedConversation>`
    with recursive affected (id) as (
      select unnest(${ids}::uuid[])
      union
      select outer_id from nesting join affected on inner_id = affected.id
    )
    select conversation.id, conversation.organization_id as "organizationId", kind, origin, history,
           first_audience_id as "firstId", coalesce(owners.id, first_audience_id) as "eventAudienceId",
           first.closed_at is not null as "isClosed", is_external as "isExternal"
    from affected
    join conversation using (id)
    join audience as first on first.id = first_audience_id
    left join audience as owners on owners.conversation_id = conversation.id and owners.rule = 'owners'
    order by conversation.id`
}

export type Put = { conversationId: ConversationId; personId: PersonId; role: MemberRole; source: 'chart' | 'owner' }
export async function putMemberships(tx: Tx, puts: readonly Put[]): Promise<void> {
  await tx`
    insert into membership (conversation_id, person_id, role, source)
    select distinct on (conversation_id, person_id) conversation_id, person_id, role, source
    from unnest(
      ${puts.map(({ conversationId }) => conversationId)}::uuid[],
      ${puts.map(({ personId }) => personId)}::uuid[],
      ${puts.map(({ role }) => role)}::text[],
      ${puts.map(({ source }) => source)}::text[]
    ) as put (conversation_id, person_id, role, source)
    order by conversation_id, person_id, role desc
    on conflict (conversation_id, person_id) do update set role = excluded.role, source = excluded.source`
}

export type Taken = { conversationId: ConversationId; personId: PersonId }
export async function takeMemberships(tx: Tx, taken: readonly Taken[]): Promise<void> {
  await tx`
    delete from membership
    using unnest(
      ${taken.map(({ conversationId }) => conversationId)}::uuid[], ${taken.map(({ personId }) => personId)}::uuid[]
    ) as taken (conversation_id, person_id)
    where membership.conversation_id = taken.conversation_id and membership.person_id = taken.person_id`
}

export type Nest = { outerId: ConversationId; innerId: ConversationId }
export async function putNestings(tx: Tx, nests: readonly Nest[]): Promise<void> {
  await tx`
    insert into nesting (outer_id, inner_id)
    select * from unnest(${nests.map(({ outerId }) => outerId)}::uuid[], ${nests.map(({ innerId }) => innerId)}::uuid[])
    on conflict do nothing`
}

export async function takeNestings(tx: Tx, nests: readonly Nest[]): Promise<void> {
  await tx`
    delete from nesting
    using unnest(
      ${nests.map(({ outerId }) => outerId)}::uuid[], ${nests.map(({ innerId }) => innerId)}::uuid[]
    ) as taken (outer_id, inner_id)
    where nesting.outer_id = taken.outer_id and nesting.inner_id = taken.inner_id`
}

/**
 * The longest way up from and down to these, for the limit on depth; a way that comes back to its beginning is a cycle.
 */
export async function measureNesting(tx: Tx, ids: readonly ConversationId[], depthMax: number) {
  const [measured] = await tx<{ depth: number; hasCycle: boolean }>`
    with recursive way (begin_id, id, depth, is_cycle) as (
      select id, id, 1, false from unnest(${ids}::uuid[]) as id
      union all
      select way.begin_id, inner_id, depth + 1, inner_id = begin_id
      from way join nesting on outer_id = way.id
      where not is_cycle and depth <= ${depthMax}
    ), above (id, depth, is_cycle) as (
      select id, 1, false from unnest(${ids}::uuid[]) as id
      union all
      select outer_id, depth + 1, outer_id = any(${ids}::uuid[])
      from above join nesting on inner_id = above.id
      where depth <= ${depthMax}
    )
    select (select max(depth) from way) + (select max(depth) from above) - 1 as depth,
           (select bool_or(is_cycle) from way) as "hasCycle"`
  return measured ?? { depth: 0, hasCycle: false }
}

/** Who should be in these conversations and is not, or is and should not be, or with another role. */
export async function findDifferences(tx: Tx, ids: readonly ConversationId[]): Promise<Difference[]> {
  return tx<Difference>`
    with recursive inside (root_id, id) as (
      select id, id from unnest(${ids}::uuid[]) as id
      union
      select root_id, inner_id from inside join nesting on outer_id = inside.id
    ), wanted as (
      select root_id as conversation_id, person_id,
             case when bool_or(membership.role = 'owner' and root_id = inside.id) then 'owner' else 'member' end as role
      from inside join membership on membership.conversation_id = inside.id
      group by root_id, person_id
    ), present as (
      select conversation_id, person_id, role from membership_interval
      where conversation_id = any(${ids}::uuid[]) and to_version is null
    )
    select coalesce(wanted.conversation_id, present.conversation_id) as "conversationId",
           coalesce(wanted.person_id, present.person_id) as "personId", present.role as before, wanted.role as after
    from wanted full join present on present.conversation_id = wanted.conversation_id
      and present.person_id = wanted.person_id
    where wanted.role is distinct from present.role`
}

export type Moved = { conversationId: ConversationId; version: number; lastNumber: number; lastMessageNumber: number }
/** Begins a new version of the membership of these conversations. */
export async function moveVersions(tx: Tx, ids: readonly ConversationId[]): Promise<Moved[]> {
  return tx<Moved>`
    update audience set version = version + 1
    from conversation
    where conversation.id = any(${ids}::uuid[]) and audience.id = conversation.first_audience_id
    returning conversation.id as "conversationId", version, last_number as "lastNumber",
              last_message_number as "lastMessageNumber"`
}

export type Closing = { conversationId: ConversationId; personId: PersonId; version: number }
export async function closeIntervals(tx: Tx, closings: readonly Closing[]): Promise<void> {
  await tx`
    update membership_interval as span set to_version = closing.version
    from unnest(
      ${closings.map(({ conversationId }) => conversationId)}::uuid[],
      ${closings.map(({ personId }) => personId)}::uuid[],
      ${closings.map(({ version }) => version)}::bigint[]
    ) as closing (conversation_id, person_id, version)
    where span.conversation_id = closing.conversation_id and span.person_id = closing.person_id
      and span.to_version is null`
}

/** Whoever comes back begins to read anew. */
export async function takeMarks(tx: Tx, left: readonly Taken[]): Promise<void> {
  await tx`
    delete from mark
    using unnest(
      ${left.map(({ conversationId }) => conversationId)}::uuid[], ${left.map(({ personId }) => personId)}::uuid[]
    ) as gone (conversation_id, person_id)
    join audience on audience.conversation_id = gone.conversation_id
    where mark.audience_id = audience.id and mark.person_id = gone.person_id`
}

export type Opening = {
  conversationId: ConversationId
  personId: PersonId
  role: MemberRole
  fromVersion: number
  fromNumber: number
  fromMessageNumber: number
}
/** One who comes back to a conversation that shows its past takes up the old interval again. */
export async function openIntervals(tx: Tx, openings: readonly Opening[]): Promise<void> {
  await tx`
    insert into membership_interval (conversation_id, person_id, role, from_version, from_number, from_message_number)
    select * from unnest(
      ${openings.map(({ conversationId }) => conversationId)}::uuid[],
      ${openings.map(({ personId }) => personId)}::uuid[],
      ${openings.map(({ role }) => role)}::text[],
      ${openings.map(({ fromVersion }) => fromVersion)}::bigint[],
      ${openings.map(({ fromNumber }) => fromNumber)}::bigint[],
      ${openings.map(({ fromMessageNumber }) => fromMessageNumber)}::bigint[])
    on conflict (conversation_id, person_id, from_version) do update
    set to_version = null, role = excluded.role, from_message_number = excluded.from_message_number`
}

export async function setMemberCounts(tx: Tx, ids: readonly ConversationId[]): Promise<Map<ConversationId, number>> {
  const rows = await tx<{ id: ConversationId; memberCount: number }>`
    update conversation set member_count = counted.count
    from (
      select id, (select count(*) from membership_interval where conversation_id = id
        and to_version is null)::int as count
      from unnest(${ids}::uuid[]) as id
    ) as counted
    where conversation.id = counted.id
    returning conversation.id, member_count as "memberCount"`
  return new Map(rows.map(({ id, memberCount }) => [id, memberCount]))
}

export async function ownersOf(tx: Tx, ids: readonly ConversationId[]): Promise<Map<ConversationId, PersonId[]>> {
  const rows = await tx<{ id: ConversationId; ownerIds: PersonId[] }>`
    select id, array(
      select person_id from membership_interval
      where conversation_id = id and role = 'owner' and to_version is null order by person_id
    ) as "ownerIds"
    from unnest(${ids}::uuid[]) as id`
  return new Map(rows.map(({ id, ownerIds }) => [id, ownerIds]))
}

export async function renameAll(
  tx: Tx,
  names: readonly { conversationId: ConversationId; name: string; isNameMade: boolean }[],
): Promise<void> {
  await tx`
    update conversation set name = renamed.name, is_name_made = renamed.is_name_made
    from unnest(
      ${names.map(({ conversationId }) => conversationId)}::uuid[],
      ${names.map(({ name }) => name)}::text[],
      ${names.map(({ isNameMade }) => isNameMade)}::boolean[]
    ) as renamed (id, name, is_name_made)
    where conversation.id = renamed.id`
}

export async function closeAll(tx: Tx, ids: readonly ConversationId[], now: Date): Promise<void> {
  await tx`update audience set closed_at = ${now} where conversation_id = any(${ids}::uuid[]) and closed_at is null`
}

export async function reopenAll(tx: Tx, ids: readonly ConversationId[]): Promise<void> {
  await tx`update audience set closed_at = null where conversation_id = any(${ids}::uuid[])`
}

/** Those of these people who are in the organization, or known to it from outside. */
export async function presentAmong(
  tx: Tx,
  organizationId: OrganizationId,
  personIds: readonly string[],
): Promise<{ personId: PersonId; isExternal: boolean }[]> {
  return tx<{ personId: PersonId; isExternal: boolean }>`
    select person_id as "personId", false as "isExternal" from member
    where organization_id = ${organizationId} and person_id = any(${personIds}::uuid[]) and state <> 'deactivated'
    union all
    select person_id, true from outsider
    where organization_id = ${organizationId} and person_id = any(${personIds}::uuid[]) and state <> 'deactivated'
      and not exists (
        select from member where member.organization_id = ${organizationId} and member.person_id = outsider.person_id
          and member.state <> 'deactivated')`
}

/** All conversations of an organization that somebody was put into. */
export async function membershipsOf(tx: Tx, organizationId: OrganizationId, personId: PersonId) {
  return tx<{ conversationId: ConversationId; kind: LockedConversation['kind'] }>`
    select conversation.id as "conversationId", kind
    from membership join conversation on conversation.id = membership.conversation_id
    where conversation.organization_id = ${organizationId} and membership.person_id = ${personId}
    order by conversation.id`
}

export async function isActive(tx: Tx, organizationId: OrganizationId, personId: PersonId): Promise<boolean> {
  const rows = await tx`
    select from member where organization_id = ${organizationId} and person_id = ${personId} and state = 'active'`
  return rows.length > 0
}

/** The same for members, and for those who take part from outside. */
export async function isParticipant(tx: Tx, organizationId: OrganizationId, personId: PersonId): Promise<boolean> {
  const rows = await tx`
    select from participant_of(${organizationId}, ${personId}) as standing where standing.state = 'active'`
  return rows.length > 0
}

/** Locks the two, the smaller id first, so that a pair makes its conversation once. */
export async function lockPair(
  tx: Tx,
  organizationId: OrganizationId,
  pair: readonly [PersonId, PersonId],
): Promise<{ personId: PersonId; isExternal: boolean }[]> {
  await tx`
    select from member
    where organization_id = ${organizationId} and person_id = any(${pair}::uuid[]) and state <> 'deactivated'
    order by person_id for no key update`
  await tx`
    select from outsider
    where organization_id = ${organizationId} and person_id = any(${pair}::uuid[]) and state <> 'deactivated'
    order by person_id for no key update`
  return presentAmong(tx, organizationId, pair)
}

export async function findConversation(tx: Tx, id: ConversationId) {
  const [found] = await tx<{
    organizationId: OrganizationId
    createdBy: PersonId | null
    kind: string
    name: string | null
    madeFromId: ConversationId | null
  }>`
    select organization_id as "organizationId", created_by as "createdBy", kind, name, made_from_id as "madeFromId"
    from conversation where id = ${id}`
  return found
}

/** What each of these people was put in as. */
export async function putRoles(
  tx: Tx,
  conversationId: ConversationId,
): Promise<{ personId: PersonId; source: 'chart' | 'owner' }[]> {
  return tx<{ personId: PersonId; source: 'chart' | 'owner' }>`
    select person_id as "personId", source from membership where conversation_id = ${conversationId} and role = 'owner'`
}
