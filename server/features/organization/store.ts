import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Locale } from '../../../protocol/identity.ts'
import type { Member, Organization } from '../../../protocol/organization.ts'
import type { Role } from '../../../protocol/roles.ts'
import type { Tx } from '../../platform/sql.ts'

export async function insertSetupToken(
  tx: Tx,
  { tokenHash, now, expiresAt }: { tokenHash: Uint8Array; now: Date; expiresAt: Date },
): Promise<void> {
  await tx`delete from setup_token where expires_at <= ${now}::timestamptz or used_at is not null`
  await tx`insert into setup_token (token_hash, created_at, expires_at) values (${tokenHash}, ${now}, ${expiresAt})`
}

export async function isSetupToken(tx: Tx, tokenHash: Uint8Array, now: Date): Promise<boolean> {
  const rows = await tx`
    select from setup_token
    where token_hash = ${tokenHash} and used_at is null and expires_at > ${now}::timestamptz`
  return rows.length > 0
}

/** Of several who use it at once, one gets it. */
export async function useSetupToken(tx: Tx, tokenHash: Uint8Array, now: Date): Promise<boolean> {
  const rows = await tx`
    update setup_token set used_at = ${now}
    where token_hash = ${tokenHash} and used_at is null and expires_at > ${now}::timestamptz
    returning true`
  return rows.length > 0
}

/** How many there are, while nobody else makes one. */
export async function lockOrganizationCount(tx: Tx): Promise<number> {
  await tx`select from server for update`
  return countOrganizations(tx)
}

export async function countOrganizations(tx: Tx): Promise<number> {
  const [row] = await tx<{ count: number }>`select count(*) as count from organization`
  return row?.count ?? 0
}

export type NewOrganization = { id: OrganizationId; name: string; accent: string; locale: Locale }

/** False where the id is taken. */
export async function insertOrganization(tx: Tx, { id, name, accent, locale }: NewOrganization, now: Date) {
  const rows = await tx`
    insert into organization (id, name, accent, locale, created_at)
    values (${id}, ${name}, ${accent}, ${locale}, ${now})
    on conflict do nothing returning id`
  return rows.length > 0
}

export async function updateOrganization(tx: Tx, { id, name, accent, locale }: NewOrganization): Promise<void> {
  await tx`update organization set name = ${name}, accent = ${accent}, locale = ${locale} where id = ${id}`
}

export async function findOrganization(tx: Tx, id: OrganizationId): Promise<Organization | undefined> {
  const [row] = await tx<Organization>`
    select id, name, accent, locale, directory_version as "directoryVersion" from organization where id = ${id}`
  return row
}

/** The first lock in the order of locks: membership of one organization changes one at a time. */
export async function lockOrganization(tx: Tx, id: OrganizationId): Promise<Organization | undefined> {
  const [row] = await tx<Organization>`
    select id, name, accent, locale, directory_version as "directoryVersion" from organization where id = ${id}
    for no key update`
  return row
}

export async function listOrganizations(tx: Tx, rowsMax: number): Promise<Organization[]> {
  return tx<Organization>`
    select id, name, accent, locale, directory_version as "directoryVersion" from organization
    order by created_at, id limit ${rowsMax}`
}

export async function nextDirectoryVersion(tx: Tx, id: OrganizationId): Promise<number> {
  const [row] = await tx<{ version: number }>`
    update organization set directory_version = directory_version + 1 where id = ${id}
    returning directory_version as version`
  return row?.version ?? 0
}

export type Standing = { role: Role; state: Member['state'] }

/** What somebody is here; undefined where they are nothing. */
export async function findStanding(
  tx: Tx,
  organizationId: OrganizationId,
  personId: PersonId,
): Promise<Standing | undefined> {
  const [row] = await tx<Standing>`
    select role, state from member where organization_id = ${organizationId} and person_id = ${personId}`
  return row
}

export async function activeOwnerIds(tx: Tx, organizationId: OrganizationId): Promise<PersonId[]> {
  const rows = await tx<{ personId: PersonId }>`
    select person_id as "personId" from member
    where organization_id = ${organizationId} and role = 'owner' and state = 'active' limit 2`
  return rows.map((row) => row.personId)
}

export async function updateAgent(
  tx: Tx,
  { organizationId, personId, isAgent }: { organizationId: OrganizationId; personId: PersonId; isAgent: boolean },
): Promise<void> {
  await tx`
    update member set is_agent = ${isAgent} where organization_id = ${organizationId} and person_id = ${personId}`
}

export async function updateRole(
  tx: Tx,
  { organizationId, personId, role }: { organizationId: OrganizationId; personId: PersonId; role: Role },
): Promise<void> {
  await tx`
    update member set role = ${role} where organization_id = ${organizationId} and person_id = ${personId}`
}

export type MemberFilter = {
  organizationId: OrganizationId
  states: readonly Member['state'][]
  pattern: string | null
}

/** Before every id. */
const NIL = '00000000-0000-0000-0000-000000000000'

export async function listMembers(
  tx: Tx,
  {
    organizationId,
    states,
    pattern,
    after,
    limit,
  }: MemberFilter & { after: readonly [string, string] | null; limit: number },
): Promise<Member[]> {
  return tx<Member>`
    select person_id as "personId", name, title, place, manager_id as "managerId", role,
      exists (
        select from member as report
        where report.organization_id = member.organization_id and report.manager_id = member.person_id
          and report.state <> 'deactivated'
      ) as "isManager", is_agent as "isAgent", state, address, phone, invited_at as "invitedAt"
    from member
    where organization_id = ${organizationId} and state = any(${states}::text[])
      and (${pattern}::text is null or name ilike ${pattern} or title ilike ${pattern} or address ilike ${pattern})
      and (name_order(name), person_id) > (name_order(${after?.[0] ?? ''}::text), ${after?.[1] ?? NIL}::uuid)
    order by name_order(name), person_id limit ${limit}`
}

export async function countMembers(tx: Tx, { organizationId, states, pattern }: MemberFilter): Promise<number> {
  const [row] = await tx<{ count: number }>`
    select count(*) as count from member
    where organization_id = ${organizationId} and state = any(${states}::text[])
      and (${pattern}::text is null or name ilike ${pattern} or title ilike ${pattern} or address ilike ${pattern})`
  return row?.count ?? 0
}

export async function findMembers(
  tx: Tx,
  organizationId: OrganizationId,
  personIds: readonly PersonId[],
): Promise<Member[]> {
  return tx<Member>`
    select person_id as "personId", name, title, place, manager_id as "managerId", role,
      exists (
        select from member as report
        where report.organization_id = member.organization_id and report.manager_id = member.person_id
          and report.state <> 'deactivated'
      ) as "isManager", is_agent as "isAgent", state, address, phone, invited_at as "invitedAt"
    from member where organization_id = ${organizationId} and person_id = any(${personIds}::uuid[])
    order by name_order(name), person_id`
}

export type Position = {
  personId: PersonId
  name: string
  title: string
  managerId: PersonId | null
  state: Member['state']
}

/** Level by level from the heads, or from one person, so that what does not fit any more is the lowest. */
export async function listPositions(
  tx: Tx,
  {
    organizationId,
    branchOf,
    limit,
  }: { organizationId: OrganizationId; branchOf: PersonId | undefined; limit: number },
): Promise<Position[]> {
  return tx<Position>`
    with recursive branch as (
      select head.person_id from member as head
      where head.organization_id = ${organizationId} and head.state <> 'deactivated'
        and case when ${branchOf}::uuid is not null then head.person_id = ${branchOf}::uuid
            else not exists (
              select from member as manager
              where manager.organization_id = ${organizationId} and manager.person_id = head.manager_id
                and manager.state <> 'deactivated') end
      union
      select report.person_id from branch
      join member as report on report.organization_id = ${organizationId} and report.manager_id = branch.person_id
      where report.state <> 'deactivated'
    )
    select member.person_id as "personId", name, title, manager_id as "managerId", state
    from (select person_id from branch limit ${limit}) as shown
    join member on member.organization_id = ${organizationId} and member.person_id = shown.person_id
    order by name_order(name), member.person_id`
}

/** Notes that these people are invited, and names them. Who was invited a moment ago is left out. */
export async function markInvited(
  tx: Tx,
  {
    organizationId,
    personIds,
    now,
    pauseMs,
  }: {
    organizationId: OrganizationId
    /** Null: everybody who has never been invited. */
    personIds: readonly PersonId[] | null
    now: Date
    pauseMs: number
  },
): Promise<PersonId[]> {
  const rows = await tx<{ personId: PersonId }>`
    update member set invited_at = ${now}, declined_at = null
    where organization_id = ${organizationId}
      and case when ${personIds}::uuid[] is null then state = 'invited' and invited_at is null
          else state <> 'deactivated' and person_id = any(${personIds}::uuid[])
            and (invited_at is null or invited_at <= ${new Date(now.getTime() - pauseMs)}::timestamptz) end
    returning person_id as "personId"`
  return rows.map((row) => row.personId)
}
