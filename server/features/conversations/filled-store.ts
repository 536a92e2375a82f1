import type { Message } from '../../../protocol/conversations.ts'
import type { Fields, Filling, MissingPolicy } from '../../../protocol/fields.ts'
import type { AudienceId, MessageId, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Tx } from '../../platform/sql.ts'
import type { MemberRole } from './member-rules.ts'

type Parts = Message['parts']
export type FillingKey = { audienceId: AudienceId; authorId: PersonId; messageId: MessageId }
export type NewFilling = FillingKey & {
  id: string
  organizationId: OrganizationId
  contentHash: string
  fields: Fields
  fallback: Parts
}
export type KnownFilling = { id: string; contentHash: string; audienceId: AudienceId | null; number: number | null }

/** What was sent under this key before; its place, once it is posted. */
export async function findFilling(
  tx: Tx,
  { audienceId, authorId, messageId }: FillingKey,
): Promise<KnownFilling | undefined> {
  const [row] = await tx<KnownFilling>`
    select id, encode(content_hash, 'base64') as "contentHash", posted_audience_id as "audienceId",
      posted_number as number
    from filling
    where audience_id = ${audienceId} and author_id = ${authorId} and message_id = ${messageId}`
  return row
}

/** Another one under the same key takes the place of the first, whose texts are dropped before. */
export async function putFilling(tx: Tx, filling: NewFilling, now: Date): Promise<string> {
  const { id, organizationId, audienceId, authorId, messageId, contentHash, fields, fallback } = filling
  const [row] = await tx<{ id: string }>`
    insert into filling (id, organization_id, audience_id, author_id, message_id, content_hash, missing, time_zone,
      fallback, created_at)
    values (${id}, ${organizationId}, ${audienceId}, ${authorId}, ${messageId}, decode(${contentHash}, 'base64'),
      ${fields.missing}, ${fields.timeZone}, ${JSON.stringify(fallback)}::jsonb, ${now})
    on conflict (audience_id, author_id, message_id) do update
    set missing = excluded.missing, time_zone = excluded.time_zone, fallback = excluded.fallback
    returning id`
  if (!row) throw new Error('A filling was not stored.')
  return row.id
}

export type FilledRow = { personId: PersonId; parts: Parts | null; missing: string[] }

export async function insertTexts(tx: Tx, fillingId: string, rows: readonly FilledRow[]): Promise<void> {
  await tx`
    insert into filled_text (filling_id, person_id, parts, missing)
    select ${fillingId}::uuid, person_id, parts::jsonb, coalesce(string_to_array(missing, ' '), '{}')
    from unnest(
      ${rows.map(({ personId }) => personId)}::uuid[],
      ${rows.map(({ parts }) => (parts === null ? null : JSON.stringify(parts)))}::text[],
      ${rows.map(({ missing }) => (missing.length === 0 ? null : missing.join(' ')))}::text[]
    ) as fresh (person_id, parts, missing)
    on conflict do nothing`
}

export type Recipient = { personId: PersonId; role: MemberRole }
export type RecipientsAsked = {
  audienceId: AudienceId
  authorId: PersonId
  after?: PersonId | undefined
  limit: number
}

/** Who is in the audience today, but for the author, in the order of ids. */
export async function recipientsOf(
  tx: Tx,
  { audienceId, authorId, after, limit }: RecipientsAsked,
): Promise<Recipient[]> {
  return tx<Recipient>`
    select person_id as "personId", role from audience_member
    where audience_id = ${audienceId} and person_id <> ${authorId} and to_version is null
      and (${after ?? null}::uuid is null or person_id > ${after ?? null}::uuid)
    order by person_id limit ${limit}`
}

export async function countRecipients(tx: Tx, audienceId: AudienceId, authorId: PersonId): Promise<number> {
  const [row] = await tx<{ count: number }>`
    select count(*) as count from audience_member
    where audience_id = ${audienceId} and person_id <> ${authorId} and to_version is null`
  return row?.count ?? 0
}

/** Those of these people who are recipients today. */
export async function recipientsAmong(
  tx: Tx,
  { audienceId, authorId }: Pick<RecipientsAsked, 'audienceId' | 'authorId'>,
  personIds: readonly PersonId[],
): Promise<Recipient[]> {
  return tx<Recipient>`
    select person_id as "personId", role from audience_member
    where audience_id = ${audienceId} and person_id <> ${authorId} and to_version is null
      and person_id = any(${personIds}::uuid[])
    order by person_id`
}

/** Recipients without a text, whoever came last among them. */
export async function unfilledOf(
  tx: Tx,
  fillingId: string,
  { audienceId, authorId, limit }: RecipientsAsked,
): Promise<Recipient[]> {
  return tx<Recipient>`
    select person_id as "personId", role from audience_member
    where audience_id = ${audienceId} and person_id <> ${authorId} and to_version is null and not exists (
      select from filled_text
      where filled_text.filling_id = ${fillingId} and filled_text.person_id = audience_member.person_id)
    order by person_id limit ${limit}`
}

/** How far the portions have come. */
export async function lastFilled(tx: Tx, fillingId: string): Promise<PersonId | undefined> {
  const [row] = await tx<{ personId: PersonId }>`
    select person_id as "personId" from filled_text where filling_id = ${fillingId}
    order by person_id desc limit 1`
  return row?.personId
}

/**
 * Of those who have left since, nothing is kept. `offset 0` keeps PostgreSQL to one index look-up for each text,
 * whatever it believes about the size of the tables.
 */
export async function dropLeft(tx: Tx, fillingId: string, audienceId: AudienceId): Promise<void> {
  await tx`
    delete from filled_text
    where filling_id = ${fillingId} and not exists (
      select from audience
      join membership_interval as span on span.conversation_id = audience.conversation_id
      where audience.id = ${audienceId} and span.person_id = filled_text.person_id and span.to_version is null
        and rule_admits(audience.rule, span.role, audience.id, span.person_id)
      offset 0)`
}

export type Lacking = { personId: PersonId; missing: string[] }
/** Those without a text, because values are missing. */
export async function lackingOf(tx: Tx, fillingId: string): Promise<Lacking[]> {
  return tx<Lacking>`
    select person_id as "personId", missing from filled_text
    where filling_id = ${fillingId} and parts is null order by person_id`
}

export async function dropLacking(tx: Tx, fillingId: string): Promise<void> {
  await tx`delete from filled_text where filling_id = ${fillingId} and parts is null`
}

export async function dropTexts(tx: Tx, fillingId: string): Promise<void> {
  await tx`delete from filled_text where filling_id = ${fillingId}`
  await tx`update filling set fallback = '[]', recipients = 0, skipped = 0 where id = ${fillingId}`
}

/** Notes where the message stands, and how many got it; and in the message, that everybody has a text of their own. */
export async function setPosted(
  tx: Tx,
  fillingId: string,
  { audienceId, number, skipped }: { audienceId: AudienceId; number: number; skipped: number },
): Promise<void> {
  await tx`
    update filling
    set posted_audience_id = ${audienceId}, posted_number = ${number}::bigint, skipped = ${skipped},
      recipients = (select count(*) from filled_text where filling_id = ${fillingId})
    where id = ${fillingId}`
  await tx`
    update message set filling_id = ${fillingId} where audience_id = ${audienceId} and number = ${number}::bigint`
}

export type OwnText = { parts: Parts; fields: Filling }
type OwnRow = {
  id: string
  parts: Parts
  missing: MissingPolicy
  timeZone: string | null
  recipients: number
  skipped: number
}
/** What this person got of each; null: somebody without a text of their own. */
export async function textsFor(
  tx: Tx,
  readerId: PersonId | null,
  fillingIds: readonly string[],
): Promise<Map<string, OwnText>> {
  const rows = await tx<OwnRow>`
    select filling.id, coalesce(own.parts, filling.fallback) as parts, filling.missing, time_zone as "timeZone",
      recipients, skipped
    from filling left join filled_text as own on own.filling_id = filling.id and own.person_id = ${readerId}::uuid
    where filling.id = any(${fillingIds}::uuid[])`
  return new Map(
    rows.map(({ id, parts, missing, timeZone, recipients, skipped }) => [
      id,
      { parts, fields: { missing, recipients, skipped, ...(timeZone === null ? {} : { timeZone }) } },
    ]),
  )
}

/** What each of these people got. */
export async function textsOfPeople(
  tx: Tx,
  fillingId: string,
  personIds: readonly PersonId[],
): Promise<Map<PersonId, Parts>> {
  const rows = await tx<{ personId: PersonId; parts: Parts }>`
    select person_id as "personId", parts from filled_text
    where filling_id = ${fillingId} and person_id = any(${personIds}::uuid[]) and parts is not null`
  return new Map(rows.map(({ personId, parts }) => [personId, parts]))
}

export type TextPageAsked = {
  organizationId: OrganizationId
  fillingId: string
  personId: PersonId | undefined
  after: PersonId | undefined
  limit: number
}
/** Who got what, for its author. */
export async function textPage(
  tx: Tx,
  { organizationId, fillingId, personId, after, limit }: TextPageAsked,
): Promise<{ personId: PersonId; name: string; parts: Parts }[]> {
  return tx<{ personId: PersonId; name: string; parts: Parts }>`
    select filled_text.person_id as "personId", standing.name, parts
    from filled_text cross join lateral participant_of(${organizationId}, filled_text.person_id) as standing
    where filling_id = ${fillingId} and parts is not null
      and (${personId ?? null}::uuid is null or filled_text.person_id = ${personId ?? null}::uuid)
      and (${after ?? null}::uuid is null or filled_text.person_id > ${after ?? null}::uuid)
    order by filled_text.person_id limit ${limit}`
}

/** Everybody who has a text of this message. */
export async function holdersOf(tx: Tx, fillingId: string, limit: number): Promise<PersonId[]> {
  const rows = await tx<{ personId: PersonId }>`
    select person_id as "personId" from filled_text where filling_id = ${fillingId} order by person_id limit ${limit}`
  return rows.map(({ personId }) => personId)
}

/** Who was in the audience when this message was posted, but for its author. */
export async function recipientsAt(
  tx: Tx,
  { audienceId, number }: { audienceId: AudienceId; number: number },
  limit: number,
): Promise<PersonId[]> {
  const rows = await tx<{ personId: PersonId }>`
    select distinct present.person_id as "personId"
    from message join audience_member as present on present.audience_id = message.audience_id
    where message.audience_id = ${audienceId} and message.number = ${number}::bigint
      and present.person_id <> message.author_id and present.from_version <= message.version
      and (present.to_version is null or message.version < present.to_version)
    order by present.person_id limit ${limit}`
  return rows.map(({ personId }) => personId)
}

/** What an erased person got here is erased with them. */
export async function eraseTextsOf(tx: Tx, organizationId: OrganizationId, personId: PersonId): Promise<void> {
  await tx`
    delete from filled_text using filling
    where filled_text.person_id = ${personId} and filling.id = filled_text.filling_id
      and filling.organization_id = ${organizationId}`
}

export type NarrowedFrom = { rule: string; conversationId: string; kind: string; personIds: PersonId[] }
/** By which rule an audience is made, and whom it names. */
export async function ruleOf(tx: Tx, audienceId: AudienceId): Promise<NarrowedFrom | undefined> {
  const [row] = await tx<NarrowedFrom>`
    select audience.rule, audience.conversation_id as "conversationId", conversation.kind, array(
      select person_id from audience_person where audience_person.audience_id = audience.id
    ) as "personIds"
    from audience join conversation on conversation.id = audience.conversation_id where audience.id = ${audienceId}`
  return row
}

export async function namesOf(
  tx: Tx,
  organizationId: OrganizationId,
  personIds: readonly PersonId[],
): Promise<string[]> {
  const rows = await tx<{ name: string }>`
    select standing.name from unnest(${personIds}::uuid[]) as asked (id)
    cross join lateral participant_of(${organizationId}, asked.id) as standing order by asked.id`
  return rows.map(({ name }) => name)
}
