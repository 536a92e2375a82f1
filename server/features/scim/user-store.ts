import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Tx } from '../../platform/sql.ts'
import type { ScimUser } from './resource.ts'

/** A user as SCIM shows them: as the provider wrote them, or a member it has not written yet. */
export type UserRow = {
  personId: PersonId
  /** Null: a member of whom the provider has said nothing. */
  attributes: ScimUser | null
  version: number
  isActive: boolean
  managerRef: string | null
  createdAt: string
  changedAt: string
  name: string
  title: string
  place: string
  phone: string
  address: string
  key: string | null
  managerId: PersonId | null
}

/** Who was deleted over SCIM, or removed without it, is not there. */
export async function readUsers(
  tx: Tx,
  organizationId: OrganizationId,
  personIds: readonly string[],
): Promise<UserRow[]> {
  return tx<UserRow>`
    select wanted.person_id as "personId", attributes, coalesce(version, 0) as version, manager_ref as "managerRef",
      case when scim_user.person_id is null then true when is_pending then is_active
        else is_active and coalesce(state <> 'deactivated', false) end as "isActive",
      coalesce(scim_user.created_at, member.created_at) as "createdAt",
      coalesce(changed_at, member.created_at) as "changedAt",
      coalesce(name, '') as name, coalesce(title, '') as title, coalesce(place, '') as place,
      coalesce(phone, '') as phone, coalesce(address, '') as address, key, manager_id as "managerId"
    from unnest(${personIds}::uuid[]) as wanted (person_id)
    left join scim_user on scim_user.organization_id = ${organizationId} and scim_user.person_id = wanted.person_id
    left join member on member.organization_id = ${organizationId} and member.person_id = wanted.person_id
    where scim_user.person_id is not null or member.state <> 'deactivated'
    order by wanted.person_id`
}

type Id = { personId: PersonId }
const idsOf = (rows: readonly Id[]) => rows.map(({ personId }) => personId)

/** A member of whom the provider has said nothing is called by their address. */
export async function idsByUserName(tx: Tx, organizationId: OrganizationId, userName: string): Promise<PersonId[]> {
  return idsOf(
    await tx<Id>`
    select person_id as "personId" from scim_user
    where organization_id = ${organizationId} and lower(user_name) = lower(${userName})
    union
    select person_id from (
      select person_id, organization_id from member
      where address = lower(${userName}) and state <> 'deactivated' offset 0
    ) as addressed
    where organization_id = ${organizationId}
      and not exists (
        select from scim_user
        where scim_user.organization_id = ${organizationId} and scim_user.person_id = addressed.person_id)`,
  )
}

export async function idsByExternalId(tx: Tx, organizationId: OrganizationId, externalId: string): Promise<PersonId[]> {
  return idsOf(
    await tx<Id>`
    select person_id as "personId" from scim_user
    where organization_id = ${organizationId} and external_id = ${externalId} order by person_id`,
  )
}

export async function idsByEmail(tx: Tx, organizationId: OrganizationId, email: string): Promise<PersonId[]> {
  return idsOf(
    await tx<Id>`
    select person_id as "personId" from scim_user
    where organization_id = ${organizationId} and emails @> array[lower(${email})]
    union
    select person_id from (
      select person_id, organization_id from member
      where address = lower(${email}) and state <> 'deactivated' offset 0
    ) as addressed
    where organization_id = ${organizationId}
      and not exists (
        select from scim_user
        where scim_user.organization_id = ${organizationId} and scim_user.person_id = addressed.person_id)`,
  )
}

/** Ids in their order, from a place on. */
export async function pageOfIds(
  tx: Tx,
  organizationId: OrganizationId,
  { skip, limit }: { skip: number; limit: number },
): Promise<PersonId[]> {
  return idsOf(
    await tx<Id>`
    select person_id as "personId" from (
      select person_id from scim_user where organization_id = ${organizationId}
      union
      select person_id from member where organization_id = ${organizationId} and state <> 'deactivated'
    ) as shown order by person_id offset ${skip} limit ${limit}`,
  )
}

export async function countUsers(tx: Tx, organizationId: OrganizationId): Promise<number> {
  const [row] = await tx<{ count: number }>`
    select count(*) as count from (
      select person_id from scim_user where organization_id = ${organizationId}
      union
      select person_id from member where organization_id = ${organizationId} and state <> 'deactivated'
    ) as shown`
  return row?.count ?? 0
}

export type Written = {
  organizationId: OrganizationId
  personId: PersonId
  user: ScimUser
  emails: readonly string[]
  managerRef: string | null
  isActive: boolean
}

/** The rows as they are read afterwards, without those whose person, or name, has been written already. */
export async function insertUsers(tx: Tx, written: readonly Written[], now: Date): Promise<UserRow[]> {
  if (written.length === 0) return []
  return tx<UserRow>`
    insert into scim_user (organization_id, person_id, user_name, external_id, attributes, emails, is_active,
      manager_ref, created_at, changed_at)
    select organization_id, person_id, user_name, external_id, attributes::jsonb,
      array(select jsonb_array_elements_text(emails::jsonb)), is_active, manager_ref, ${now}, ${now}
    from unnest(
      ${written.map(({ organizationId }) => organizationId)}::uuid[],
      ${written.map(({ personId }) => personId)}::uuid[],
      ${written.map(({ user }) => user.userName)}::text[],
      ${written.map(({ user }) => user.externalId)}::text[],
      ${written.map(({ user }) => JSON.stringify(user))}::text[],
      ${written.map(({ emails }) => JSON.stringify(emails))}::text[],
      ${written.map(({ isActive }) => isActive)}::boolean[],
      ${written.map(({ managerRef }) => managerRef)}::text[]
    ) as fresh (organization_id, person_id, user_name, external_id, attributes, emails, is_active, manager_ref)
    order by person_id
    on conflict do nothing
    returning person_id as "personId", attributes, version, manager_ref as "managerRef", is_active as "isActive",
      created_at as "createdAt", changed_at as "changedAt", '' as name, '' as title,
      '' as place, '' as phone, '' as address, null as key, null as "managerId"`
}

/** False where somebody else has written meanwhile. */
export async function updateUser(tx: Tx, written: Written & { version: number }, now: Date): Promise<boolean> {
  const { organizationId, personId, user, emails, managerRef, isActive, version } = written
  const rows = await tx`
    update scim_user set user_name = ${user.userName}, external_id = ${user.externalId},
      attributes = ${JSON.stringify(user)}::jsonb, emails = ${emails}::text[], is_active = ${isActive},
      manager_ref = ${managerRef}, version = version + 1, is_pending = true, changed_at = ${now}
    where organization_id = ${organizationId} and person_id = ${personId} and version = ${version}
    returning true`
  return rows.length > 0
}

/** Nobody else writes this user until the transaction ends. */
export async function holdUser(tx: Tx, organizationId: OrganizationId, personId: PersonId): Promise<void> {
  await tx`
    select from scim_user where organization_id = ${organizationId} and person_id = ${personId}
    for no key update`
}

export async function deleteUser(tx: Tx, organizationId: OrganizationId, personId: PersonId): Promise<void> {
  await tx`
    delete from scim_group_member
    where person_id = ${personId} and group_id in (
      select id from scim_group where organization_id = ${organizationId})`
  await tx`delete from scim_user where organization_id = ${organizationId} and person_id = ${personId}`
}

export type Holders = {
  /** Who was written under this name. */
  writtenId: PersonId | null
  /** A member the provider has not written, whose address is this name: what it would find by the name. */
  calledId: PersonId | null
  /** Who has this address in the directory, though perhaps it is not that of their account. */
  addressId: PersonId | null
}
/**
 * Who has each name and address already, in the same order. `offset 0` keeps PostgreSQL to the indexes that begin with
 * them, whatever it believes about the size of the tables: a first synchronisation begins with empty ones.
 */
export async function holdersOf(
  tx: Tx,
  organizationId: OrganizationId,
  wanted: readonly { userName: string; address: string }[],
): Promise<Holders[]> {
  return tx<Holders>`
    select
      (select person_id from (
          select person_id, organization_id from scim_user where lower(user_name) = lower(wanted.name) offset 0
        ) as named
        where organization_id = ${organizationId}) as "writtenId",
      (select person_id from (
          select person_id, organization_id from member
          where address = lower(wanted.name) and state <> 'deactivated' offset 0
        ) as called
        where organization_id = ${organizationId} and not exists (
          select from scim_user
          where scim_user.organization_id = ${organizationId} and scim_user.person_id = called.person_id
        )) as "calledId",
      (select person_id from (
          select person_id, organization_id from member
          where address = wanted.address and state <> 'deactivated' offset 0
        ) as addressed
        where organization_id = ${organizationId}) as "addressId"
    from unnest(
      ${wanted.map(({ userName }) => userName)}::text[], ${wanted.map(({ address }) => address)}::text[]
    ) with ordinality as wanted (name, address, position)
    order by position`
}

export type Pending = { personId: PersonId; attributes: ScimUser; isActive: boolean }
export async function pendingUsers(tx: Tx, organizationId: OrganizationId): Promise<Pending[]> {
  return tx<Pending>`
    select person_id as "personId", attributes, is_active as "isActive" from scim_user
    where organization_id = ${organizationId} and is_pending
    order by created_at, person_id
    for no key update`
}

export type ReferenceRow = {
  personId: PersonId
  userName: string
  externalId: string | null
  managerRef: string | null
  fault: string | null
}
export async function references(tx: Tx, organizationId: OrganizationId): Promise<ReferenceRow[]> {
  return tx<ReferenceRow>`
    select person_id as "personId", user_name as "userName", external_id as "externalId", manager_ref as "managerRef",
      fault
    from scim_user where organization_id = ${organizationId}`
}

export type Settled = { personId: PersonId; fault: string | null }
/** The directory has followed them, as far as it could. */
export async function settleUsers(tx: Tx, organizationId: OrganizationId, settled: readonly Settled[]): Promise<void> {
  await tx`
    update scim_user set is_pending = false, fault = settled.fault
    from unnest(
      ${settled.map(({ personId }) => personId)}::uuid[], ${settled.map(({ fault }) => fault)}::text[]
    ) as settled (person_id, fault)
    where scim_user.organization_id = ${organizationId} and scim_user.person_id = settled.person_id`
}

/** How much waits, and since when nothing more has come. */
export async function measurePending(tx: Tx, organizationId: OrganizationId) {
  const [row] = await tx<{ count: number; last: string | null }>`
    select (select count(*) from scim_user where organization_id = ${organizationId} and is_pending)
        + (select count(*) from scim_group where organization_id = ${organizationId} and is_pending) as count,
      (select max(changed_at) from scim_user where organization_id = ${organizationId} and is_pending) as last`
  return row ?? { count: 0, last: null }
}

export type FaultCode = 'manager.missing' | 'manager.cycle' | 'address.taken' | 'key.taken'
export type Fault = { personId: PersonId; userName: string; code: FaultCode; value: string }
export async function listFaults(tx: Tx, organizationId: OrganizationId, rowsMax: number): Promise<Fault[]> {
  return tx<Fault>`
    select person_id as "personId", user_name as "userName", fault as code,
      case when fault like 'manager.%' then coalesce(manager_ref, '') else coalesce(emails[1], '') end as value
    from scim_user where organization_id = ${organizationId} and fault is not null
    order by user_name, person_id limit ${rowsMax}`
}

export async function countAll(tx: Tx, organizationId: OrganizationId) {
  const [row] = await tx<{ users: number; groups: number; faults: number }>`
    select (select count(*) from scim_user where organization_id = ${organizationId}) as users,
      (select count(*) from scim_group where organization_id = ${organizationId}) as groups,
      (select count(*) from scim_user where organization_id = ${organizationId} and fault is not null) as faults`
  return row ?? { users: 0, groups: 0, faults: 0 }
}
