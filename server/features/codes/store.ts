import type { CodeId } from '../../../protocol/codes.ts'
import type { ConversationId, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Tx } from '../../platform/sql.ts'

export type CodeRow = {
  id: CodeId
  organizationId: OrganizationId
  kind: string
  subjectId: string
  place: string
  generation: number
  usesMax: number | null
  uses: number
  createdBy: PersonId
  createdAt: string
  expiresAt: string | null
  revokedAt: string | null
}

export type NewCode = Omit<CodeRow, 'generation' | 'uses' | 'createdAt' | 'revokedAt'>

/** False where the id is taken, or the place has a code already. */
export async function insertCode(tx: Tx, code: NewCode, now: Date): Promise<boolean> {
  const rows = await tx`
    insert into code (id, organization_id, kind, subject_id, place, uses_max, created_by, created_at, expires_at)
    values (${code.id}, ${code.organizationId}, ${code.kind}, ${code.subjectId}, ${code.place}, ${code.usesMax},
      ${code.createdBy}, ${now}, ${code.expiresAt}::timestamptz)
    on conflict do nothing returning true`
  return rows.length > 0
}

export async function countActive(
  tx: Tx,
  { organizationId, kind, subjectId }: Pick<CodeRow, 'organizationId' | 'kind' | 'subjectId'>,
): Promise<number> {
  const [row] = await tx<{ count: number }>`
    select count(*) as count from code
    where organization_id = ${organizationId} and kind = ${kind} and subject_id = ${subjectId} and revoked_at is null`
  return row?.count ?? 0
}

export async function findCode(tx: Tx, id: CodeId): Promise<CodeRow | undefined> {
  const [row] = await tx<CodeRow>`
    select id, organization_id as "organizationId", kind, subject_id as "subjectId", place, generation,
      uses_max as "usesMax", uses, created_by as "createdBy", created_at as "createdAt", expires_at as "expiresAt",
      revoked_at as "revokedAt"
    from code where id = ${id}`
  return row
}

/** Uses of one code are counted one after the other. */
export async function lockCode(tx: Tx, id: CodeId): Promise<CodeRow | undefined> {
  const [row] = await tx<CodeRow>`
    select id, organization_id as "organizationId", kind, subject_id as "subjectId", place, generation,
      uses_max as "usesMax", uses, created_by as "createdBy", created_at as "createdAt", expires_at as "expiresAt",
      revoked_at as "revokedAt"
    from code where id = ${id} for no key update`
  return row
}

export type CountedCode = CodeRow & { scans: number; joins: number }

/** Those of one subject, the newest first; revoked ones last. */
export async function listCodes(
  tx: Tx,
  { organizationId, kind, subjectId }: Pick<CodeRow, 'organizationId' | 'kind' | 'subjectId'>,
  limit: number,
): Promise<CountedCode[]> {
  return tx<CountedCode>`
    select id, organization_id as "organizationId", kind, subject_id as "subjectId", place, generation,
      uses_max as "usesMax", uses, created_by as "createdBy", created_at as "createdAt", expires_at as "expiresAt",
      revoked_at as "revokedAt", coalesce(counted.scans, 0) as scans, coalesce(counted.joins, 0) as joins
    from code
    left join lateral (
      select sum(code_day.scans) as scans, sum(code_day.joins) as joins from code_day where code_id = code.id
    ) as counted on true
    where organization_id = ${organizationId} and kind = ${kind} and subject_id = ${subjectId}
    order by revoked_at is not null, created_at desc, id limit ${limit}`
}

export async function revokeCode(tx: Tx, id: CodeId, now: Date): Promise<void> {
  await tx`update code set revoked_at = ${now} where id = ${id} and revoked_at is null`
}

export async function rotateCode(tx: Tx, id: CodeId): Promise<void> {
  await tx`update code set generation = generation + 1 where id = ${id}`
}

/** Notes that somebody came by it; false where they had before. */
export async function insertUse(tx: Tx, codeId: CodeId, personId: PersonId, now: Date): Promise<boolean> {
  const rows = await tx`
    insert into code_use (code_id, person_id, at) values (${codeId}, ${personId}, ${now})
    on conflict do nothing returning true`
  if (rows.length > 0) await tx`update code set uses = uses + 1 where id = ${codeId}`
  return rows.length > 0
}

export async function countDay(tx: Tx, codeId: CodeId, what: { scans: number; joins: number }, now: Date) {
  await tx`
    insert into code_day (code_id, day, scans, joins)
    values (${codeId}, (${now}::timestamptz at time zone 'UTC')::date, ${what.scans}, ${what.joins})
    on conflict (code_id, day) do update
    set scans = code_day.scans + excluded.scans, joins = code_day.joins + excluded.joins`
}

export async function listDays(tx: Tx, codeId: CodeId, { days, now }: { days: number; now: Date }) {
  return tx<{ day: string; scans: number; joins: number }>`
    select to_char(day, 'YYYY-MM-DD') as day, scans, joins from code_day
    where code_id = ${codeId} and day > (${now}::timestamptz at time zone 'UTC')::date - ${days}::int
    order by day`
}

/** Counts what comes from one source in this hour, and forgets what is older than a day. */
export async function countTraffic(
  tx: Tx,
  { source, scans, guests, now }: { source: string; scans: number; guests: number; now: Date },
): Promise<{ scans: number; guests: number }> {
  await tx`
    delete from code_traffic where (source, hour) in (
      select source, hour from code_traffic
      where hour < ${now}::timestamptz - interval '1 day' limit 100 for update skip locked)`
  const [row] = await tx<{ scans: number; guests: number }>`
    insert into code_traffic (source, hour, scans, guests)
    values (${source}, date_trunc('hour', ${now}::timestamptz, 'UTC'), ${scans}, ${guests})
    on conflict (source, hour) do update
    set scans = code_traffic.scans + excluded.scans, guests = code_traffic.guests + excluded.guests
    returning scans, guests`
  return row ?? { scans: 0, guests: 0 }
}

/** Who came without an address since a time. */
export async function countAnonymous(tx: Tx, organizationId: OrganizationId, since: Date): Promise<number> {
  const [row] = await tx<{ count: number }>`
    select count(*) as count from contact
    where organization_id = ${organizationId} and source = 'code' and created_at > ${since}::timestamptz
      and addresses = ''`
  return row?.count ?? 0
}

export type Group = {
  name: string
  kind: 'group' | 'broadcast'
  origin: 'chart' | 'made' | 'directory'
  isClosed: boolean
  ownerNames: string[]
}

/** A group as its code's page names it. */
export async function findGroup(tx: Tx, organizationId: OrganizationId, id: string): Promise<Group | undefined> {
  const [row] = await tx<Group>`
    select coalesce(conversation.name, '') as name, kind, origin, first.closed_at is not null as "isClosed", array(
      select member.name from membership_interval as span
      join member on member.organization_id = ${organizationId} and member.person_id = span.person_id
      where span.conversation_id = conversation.id and span.role = 'owner' and span.to_version is null
      order by member.name limit 5
    ) as "ownerNames"
    from conversation join audience as first on first.id = conversation.first_audience_id
    where conversation.id = ${id} and conversation.organization_id = ${organizationId} and kind <> 'direct'`
  return row
}

/** Whether somebody is in it, and owns it. */
export async function isIn(tx: Tx, id: string, personId: PersonId): Promise<boolean> {
  const rows = await tx`
    select from membership_interval
    where conversation_id = ${id} and person_id = ${personId} and to_version is null`
  return rows.length > 0
}

/** The direct conversation of two that both are in. */
export async function findDirect(
  tx: Tx,
  organizationId: OrganizationId,
  pair: readonly [string, string],
): Promise<ConversationId | undefined> {
  const [low, high] = pair.toSorted()
  const [row] = await tx<{ id: ConversationId }>`
    select conversation.id from conversation
    join audience as first on first.id = conversation.first_audience_id
    where conversation.organization_id = ${organizationId} and kind = 'direct' and direct_low_id = ${low}
      and direct_high_id = ${high} and first.closed_at is null`
  return row?.id
}
