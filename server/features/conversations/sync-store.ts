import type { AudienceId, ConversationId, DeviceId, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import { limits } from '../../../protocol/limits.ts'
import type { Tx } from '../../platform/sql.ts'

export type PersonHead = { number: number; id: string | null }
/** The head of a person's own log, and the epoch of the server. */
export async function readPlace(tx: Tx, personId: PersonId): Promise<PersonHead & { epoch: string }> {
  const [place] = await tx<PersonHead & { epoch: string }>`
    select epoch, last_number as number, last_id as id from server cross join person where person.id = ${personId}`
  if (!place) throw new Error('Somebody asks who is no person.')
  return place
}

export type PersonEventRow = { number: number; id: string; name: string; body: unknown }
/** Events of a person's own log, with the one at `after` itself, if that is still there. */
export async function personEventRows(
  tx: Tx,
  personId: PersonId,
  after: number,
  limit: number,
): Promise<PersonEventRow[]> {
  return tx<PersonEventRow>`
    select number, id, name, body from person_event
    where person_id = ${personId} and number >= ${after}::bigint order by number limit ${limit}`
}

export type AudienceHeadRow = {
  audienceId: AudienceId
  lastNumber: number
  lastId: string | null
  conversationId: ConversationId
  /** Comes into being without an event in anybody's own log. */
  isNarrowed: boolean
}
/** The heads of all logs that a person hears, the most recently active first. */
export async function headRows(tx: Tx, personId: PersonId): Promise<AudienceHeadRow[]> {
  return tx<AudienceHeadRow>`
    select audience.id as "audienceId", audience.last_number as "lastNumber", audience.last_id as "lastId",
           audience.conversation_id as "conversationId", audience.selection_hash is not null as "isNarrowed"
    from audience_access as access
    join audience on audience.id = access.audience_id
    where access.person_id = ${personId} and access.to_version is null
    order by audience.last_message_at desc, audience.id`
}

export type Asked = { audienceId: AudienceId; after: number }
export type LogRow = {
  audienceId: AudienceId
  number: number
  id: string
  /** Null: a message that was posted. */
  name: string | null
  /** The message it is about. */
  messageNumber: number | null
  body: object
  isVisible: boolean
}

/**
 * Messages and other events of these logs from `after` on, with the one at `after` itself; each log at most `limit` of
 * each.
 */
export async function logRows(tx: Tx, personId: PersonId, asked: readonly Asked[], limit: number): Promise<LogRow[]> {
  return tx<LogRow>`
    select logged.*, exists (
      select from audience_spans(logged."audienceId", ${personId}) as span
      where span.from_version <= logged.version and (span.to_version is null or logged.version < span.to_version)
    ) as "isVisible"
    from unnest(
      ${asked.map(({ audienceId }) => audienceId)}::uuid[], ${asked.map(({ after }) => after)}::bigint[]
    ) as asked (audience_id, after)
    cross join lateral (
      (
        select audience_id as "audienceId", number, id, null as name, number as "messageNumber", '{}'::jsonb as body,
          version
        from message where message.audience_id = asked.audience_id and number >= asked.after
          order by number limit ${limit}
      ) union all (
        select audience_id, number, id, name, message_log_number, body, version
        from audience_event where audience_event.audience_id = asked.audience_id and number >= asked.after
        order by number limit ${limit}
      )
    ) as logged
    order by logged."audienceId", logged.number`
}

export type AnyMark = { audienceId: AudienceId; personId: PersonId; read: number; delivered: number }
/** One's own marks everywhere, and those of the others where they show. */
export async function allMarks(tx: Tx, personId: PersonId): Promise<AnyMark[]> {
  return tx<AnyMark>`
    select mark.audience_id as "audienceId", mark.person_id as "personId", read_number as read,
      delivered_number as delivered
    from audience_access as access
    join conversation on conversation.id = access.conversation_id
    join mark on mark.audience_id = access.audience_id
    where access.person_id = ${personId} and access.to_version is null
      and (mark.person_id = ${personId} or (kind <> 'broadcast' and member_count <= ${limits.membersWithMarks}
        and exists (
        select from audience_member as present
        where present.audience_id = mark.audience_id and present.person_id = mark.person_id
          and present.to_version is null)))
    order by mark.audience_id, mark.person_id`
}

export type SubscriptionRow = {
  personId: PersonId
  /** Whose directory they hear of; null for those from outside. */
  organizationId: OrganizationId | null
  /** Null: hears of the organization, and is in no conversation there. */
  audience: { id: AudienceId; version: number; isSocial: boolean; lastNumber: number } | null
}
/** Everything these people hear. */
export async function subscriptionRows(tx: Tx, personIds: readonly PersonId[]): Promise<SubscriptionRow[]> {
  return tx<SubscriptionRow>`
    select part.person_id as "personId", heard.audience,
      case when not part.is_external then part.organization_id end as "organizationId"
    from (
      select organization_id, person_id, false as is_external from member
      where person_id = any(${personIds}::uuid[]) and state = 'active'
      union all
      select organization_id, person_id, true from outsider
      where person_id = any(${personIds}::uuid[]) and state = 'active' and not exists (
        select from member where member.organization_id = outsider.organization_id
          and member.person_id = outsider.person_id and member.state = 'active')
    ) as part
    left join lateral (
      select jsonb_build_object(
        'id', audience.id, 'version', first.version, 'lastNumber', audience.last_number,
        'isSocial', kind <> 'broadcast' and member_count <= ${limits.membersWithMarks}) as audience
      from audience_member as present
      join audience on audience.id = present.audience_id
      join audience as first on first.id = audience.first_id
      join conversation on conversation.id = audience.conversation_id
      where present.person_id = part.person_id and present.organization_id = part.organization_id
        and present.to_version is null
    ) as heard on true`
}

export async function versionOf(tx: Tx, audienceId: AudienceId): Promise<number> {
  const [row] = await tx<{ version: number }>`
    select first.version from audience join audience as first on first.id = audience.first_id
    where audience.id = ${audienceId}`
  return row?.version ?? 0
}

/** Those of these people who hear this audience today. */
export async function hearersAmong(
  tx: Tx,
  audienceId: AudienceId,
  personIds: readonly PersonId[],
): Promise<PersonId[]> {
  const rows = await tx<{ personId: PersonId }>`
    select person_id as "personId" from audience_access
    where audience_id = ${audienceId} and person_id = any(${personIds}::uuid[]) and to_version is null`
  return rows.map(({ personId }) => personId)
}

export async function headsOf(tx: Tx, audienceIds: readonly AudienceId[]) {
  return tx<{ audienceId: AudienceId; number: number; version: number }>`
    select audience.id as "audienceId", audience.last_number as number, first.version
    from audience join audience as first on first.id = audience.first_id
    where audience.id = any(${audienceIds}::uuid[])`
}

/** The narrowed audiences of the conversations that have these first ones. */
export async function branchesOf(tx: Tx, firstIds: readonly AudienceId[]) {
  return tx<{ audienceId: AudienceId; conversationId: ConversationId; firstId: AudienceId; version: number }>`
    select audience.id as "audienceId", audience.conversation_id as "conversationId", first.id as "firstId",
      first.version
    from audience join audience as first on first.id = audience.first_id
    where audience.first_id = any(${firstIds}::uuid[]) and audience.selection_hash is not null`
}

export async function personHeadsOf(tx: Tx, personIds: readonly PersonId[]) {
  return tx<{ personId: PersonId; number: number }>`
    select id as "personId", last_number as number from person where id = any(${personIds}::uuid[])`
}

export async function revokedSince(tx: Tx, since: Date) {
  return tx<{ deviceId: DeviceId; isReplaced: boolean }>`
    select id as "deviceId", is_replaced as "isReplaced" from device where revoked_at >= ${since}::timestamptz`
}

/** Those of these devices that do not exist any more, or were revoked. */
export async function revokedAmong(tx: Tx, deviceIds: readonly DeviceId[]) {
  return tx<{ deviceId: DeviceId; isReplaced: boolean }>`
    select asked.id as "deviceId", coalesce(is_replaced, false) as "isReplaced"
    from unnest(${deviceIds}::uuid[]) as asked (id)
    left join device on device.id = asked.id
    where device.id is null or revoked_at is not null`
}
