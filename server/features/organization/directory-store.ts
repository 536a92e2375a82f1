import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Member } from '../../../protocol/organization.ts'
import type { Role } from '../../../protocol/roles.ts'
import type { Tx } from '../../platform/sql.ts'

/**
 * Whose word counts about a member's leaving: a complete list's (`import`), a directory service's (`scim`, `ldap`), or
 * only that of an administrator.
 */
export type MemberSource = 'import' | 'made' | 'scim' | 'ldap'
/** What a list, or an administrator, says of a person. */
export type MemberFields = {
  personId: PersonId
  name: string
  title: string
  place: string
  phone: string
  address: string
  managerId: PersonId | null
  source: MemberSource
  /** The employee number. */
  key: string | null
}
export type NewMember = MemberFields & { role: Role }
export type DirectoryEntry = NewMember & { state: Member['state'] }

export async function listDirectory(tx: Tx, organizationId: OrganizationId): Promise<DirectoryEntry[]> {
  return tx<DirectoryEntry>`
    select person_id as "personId", name, title, place, phone, address, manager_id as "managerId", source, key, role,
      state
    from member where organization_id = ${organizationId}`
}

export async function findEntries(
  tx: Tx,
  organizationId: OrganizationId,
  personIds: readonly PersonId[],
): Promise<DirectoryEntry[]> {
  return tx<DirectoryEntry>`
    select person_id as "personId", name, title, place, phone, address, manager_id as "managerId", source, key, role,
      state
    from member where organization_id = ${organizationId} and person_id = any(${personIds}::uuid[])`
}

/** Adds them as invited, those who were deactivated again. Who is present stays as they are; returns the others. */
export async function insertMembers(
  tx: Tx,
  { organizationId, members, now }: { organizationId: OrganizationId; members: readonly NewMember[]; now: Date },
): Promise<PersonId[]> {
  const rows = await tx<{ personId: PersonId }>`
    insert into member (organization_id, person_id, name, title, place, phone, address, manager_id, role, source, key,
      created_at)
    select ${organizationId}, fresh.*, ${now} from unnest(
      ${members.map((member) => member.personId)}::uuid[],
      ${members.map((member) => member.name)}::text[],
      ${members.map((member) => member.title)}::text[],
      ${members.map((member) => member.place)}::text[],
      ${members.map((member) => member.phone)}::text[],
      ${members.map((member) => member.address)}::text[],
      ${members.map((member) => member.managerId)}::uuid[],
      ${members.map((member) => member.role)}::text[],
      ${members.map((member) => member.source)}::text[],
      ${members.map((member) => member.key)}::text[]
    ) as fresh
    on conflict (organization_id, person_id) do update set
      name = excluded.name, title = excluded.title, place = excluded.place, phone = excluded.phone,
      address = excluded.address, manager_id = excluded.manager_id, role = excluded.role, source = excluded.source,
      key = excluded.key, state = 'invited', invited_at = null, joined_at = null, declined_at = null
    where member.state = 'deactivated'
    returning person_id as "personId"`
  return rows.map((row) => row.personId)
}

/** Addresses and keys are unique at every moment: people who swap theirs give them up first. */
export async function freeAddressesAndKeys(
  tx: Tx,
  organizationId: OrganizationId,
  personIds: readonly PersonId[],
): Promise<void> {
  await tx`
    update member set address = person_id::text, key = null
    where organization_id = ${organizationId} and person_id = any(${personIds}::uuid[])`
}

export async function updateMembers(
  tx: Tx,
  organizationId: OrganizationId,
  members: readonly MemberFields[],
): Promise<void> {
  await tx`
    update member set name = changed.name, title = changed.title, place = changed.place, phone = changed.phone,
      address = changed.address, manager_id = changed.manager_id, source = changed.source, key = changed.key
    from unnest(
      ${members.map((member) => member.personId)}::uuid[],
      ${members.map((member) => member.name)}::text[],
      ${members.map((member) => member.title)}::text[],
      ${members.map((member) => member.place)}::text[],
      ${members.map((member) => member.phone)}::text[],
      ${members.map((member) => member.address)}::text[],
      ${members.map((member) => member.managerId)}::uuid[],
      ${members.map((member) => member.source)}::text[],
      ${members.map((member) => member.key)}::text[]
    ) as changed (person_id, name, title, place, phone, address, manager_id, source, key)
    where member.organization_id = ${organizationId} and member.person_id = changed.person_id`
}

/** What they wrote stays; their role goes, so that nobody comes back as an administrator by a list. */
export async function deactivate(
  tx: Tx,
  organizationId: OrganizationId,
  personIds: readonly PersonId[],
): Promise<PersonId[]> {
  const rows = await tx<{ personId: PersonId }>`
    update member set state = 'deactivated', role = 'member', is_agent = false, invited_at = null
    where organization_id = ${organizationId} and person_id = any(${personIds}::uuid[]) and state <> 'deactivated'
    returning person_id as "personId"`
  return rows.map((row) => row.personId)
}

export async function hasOwner(
  tx: Tx,
  organizationId: OrganizationId,
  personIds: readonly PersonId[],
): Promise<boolean> {
  const rows = await tx`
    select from member
    where organization_id = ${organizationId} and person_id = any(${personIds}::uuid[]) and role = 'owner'
      and state <> 'deactivated'
    limit 1`
  return rows.length > 0
}
