import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Locale } from '../../../protocol/identity.ts'
import type { Member, MembershipRole } from '../../../protocol/organization.ts'
import type { Tx } from '../../platform/sql.ts'

export type MembershipRow = {
  organizationId: OrganizationId
  organizationName: string
  accent: string
  locale: Locale
  directoryVersion: number
  role: MembershipRole
  state: Member['state']
  name: string
}

/** To the person who has declined, the membership is over. */
export async function listMemberships(tx: Tx, personId: PersonId): Promise<MembershipRow[]> {
  return tx<MembershipRow>`
    select organization.id as "organizationId", organization.name as "organizationName", accent, locale,
      case when standing.is_external then 0 else directory_version end as "directoryVersion", standing.role,
      standing.name, case when coalesce(member.declined_at, outsider.declined_at) is null then standing.state
        else 'deactivated' end as state
    from (
      select organization_id from member where person_id = ${personId}
      union select organization_id from outsider where person_id = ${personId}
    ) as place
    join organization on organization.id = place.organization_id
    cross join lateral participant_of(place.organization_id, ${personId}) as standing
    left join member on member.organization_id = place.organization_id and member.person_id = ${personId}
      and not standing.is_external
    left join outsider on outsider.organization_id = place.organization_id and outsider.person_id = ${personId}
      and standing.is_external
    order by organization.name, organization.id`
}

/** The invitation of somebody who has nothing to do with any other organization. */
export async function activateOnly(tx: Tx, personId: PersonId, now: Date): Promise<OrganizationId[]> {
  const rows = await tx<{ organizationId: OrganizationId }>`
    update member set state = 'active', joined_at = ${now}, declined_at = null
    where person_id = ${personId} and state = 'invited' and not exists (
      select from member as other
      where other.person_id = ${personId} and other.organization_id <> member.organization_id)
      and not exists (
      select from outsider as other
      where other.person_id = ${personId} and other.organization_id <> member.organization_id)
    returning organization_id as "organizationId"`
  return rows.map((row) => row.organizationId)
}

export async function activate(
  tx: Tx,
  { organizationId, personId, now }: { organizationId: OrganizationId; personId: PersonId; now: Date },
): Promise<boolean> {
  const rows = await tx`
    update member set state = 'active', joined_at = ${now}, declined_at = null
    where organization_id = ${organizationId} and person_id = ${personId} and state = 'invited'
    returning true`
  return rows.length > 0
}

export async function decline(
  tx: Tx,
  { organizationId, personId, now }: { organizationId: OrganizationId; personId: PersonId; now: Date },
): Promise<boolean> {
  const rows = await tx`
    update member set declined_at = ${now}
    where organization_id = ${organizationId} and person_id = ${personId} and state = 'invited' and declined_at is null
    returning true`
  return rows.length > 0
}

/** Those of these people who are, or ever were, in another organization too. */
export async function knownElsewhere(
  tx: Tx,
  organizationId: OrganizationId,
  personIds: readonly PersonId[],
): Promise<PersonId[]> {
  const rows = await tx<{ personId: PersonId }>`
    select person_id as "personId" from member
    where person_id = any(${personIds}::uuid[]) and organization_id <> ${organizationId}
    union
    select person_id from outsider
    where person_id = any(${personIds}::uuid[]) and organization_id <> ${organizationId}`
  return rows.map((row) => row.personId)
}

/** Whether this person takes part in another organization. */
export async function isActiveElsewhere(tx: Tx, organizationId: OrganizationId, personId: PersonId): Promise<boolean> {
  const rows = await tx`
    select from member where person_id = ${personId} and state = 'active' and organization_id <> ${organizationId}
    union all
    select from outsider where person_id = ${personId} and state = 'active' and organization_id <> ${organizationId}
    limit 1`
  return rows.length > 0
}

/** Those of these people who take part in no organization. */
export async function withoutActive(tx: Tx, personIds: readonly PersonId[]): Promise<PersonId[]> {
  const rows = await tx<{ personId: PersonId }>`
    select id as "personId" from unnest(${personIds}::uuid[]) as person (id)
    where not exists (select from member where member.person_id = person.id and state = 'active')
      and not exists (select from outsider where outsider.person_id = person.id and state = 'active')`
  return rows.map((row) => row.personId)
}
