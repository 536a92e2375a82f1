import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Member, MembershipRole } from '../../../protocol/organization.ts'
import type { Tx } from '../../platform/sql.ts'

export type Participant = {
  personId: PersonId
  name: string
  role: MembershipRole
  state: Member['state']
  isExternal: boolean
}

/** What somebody is here, inside or outside; undefined where they are nothing. */
export async function findParticipant(
  tx: Tx,
  organizationId: OrganizationId,
  personId: PersonId,
): Promise<Participant | undefined> {
  return (await findParticipants(tx, organizationId, [personId]))[0]
}

export async function findParticipants(
  tx: Tx,
  organizationId: OrganizationId,
  personIds: readonly PersonId[],
): Promise<Participant[]> {
  return tx<Participant>`
    select asked.id as "personId", standing.name, standing.role, standing.state,
      standing.is_external as "isExternal"
    from unnest(${personIds}::uuid[]) as asked (id)
    cross join lateral participant_of(${organizationId}, asked.id) as standing`
}

export type NewOutsider = { personId: PersonId; name: string; state: 'invited' | 'active' }

/** Who was erased comes back; who is there stays as they are. Returns those who are new. */
export async function insertOutsiders(
  tx: Tx,
  organizationId: OrganizationId,
  people: readonly NewOutsider[],
  now: Date,
): Promise<PersonId[]> {
  const rows = await tx<{ personId: PersonId }>`
    insert into outsider (organization_id, person_id, name, state, created_at, joined_at)
    select ${organizationId}, person_id, name, state, ${now}, case state when 'active' then ${now}::timestamptz end
    from unnest(
      ${people.map(({ personId }) => personId)}::uuid[],
      ${people.map(({ name }) => name)}::text[],
      ${people.map(({ state }) => state)}::text[]
    ) as fresh (person_id, name, state)
    on conflict (organization_id, person_id) do update
    set name = excluded.name, state = excluded.state, joined_at = excluded.joined_at, declined_at = null
    where outsider.state = 'deactivated'
    returning person_id as "personId"`
  return rows.map(({ personId }) => personId)
}

export async function renameOutsider(
  tx: Tx,
  { organizationId, personId, name }: { organizationId: OrganizationId; personId: PersonId; name: string },
): Promise<void> {
  await tx`
    update outsider set name = ${name} where organization_id = ${organizationId} and person_id = ${personId}`
}

type One = { organizationId: OrganizationId; personId: PersonId; now: Date }

export async function activateOutsider(tx: Tx, { organizationId, personId, now }: One): Promise<boolean> {
  const rows = await tx`
    update outsider set state = 'active', joined_at = ${now}, declined_at = null
    where organization_id = ${organizationId} and person_id = ${personId} and state = 'invited'
    returning true`
  return rows.length > 0
}

/** Of somebody who has nothing to do with any other organization. */
export async function activateOnly(tx: Tx, personId: PersonId, now: Date): Promise<OrganizationId[]> {
  const rows = await tx<{ organizationId: OrganizationId }>`
    update outsider set state = 'active', joined_at = ${now}, declined_at = null
    where person_id = ${personId} and state = 'invited'
      and not exists (
        select from member where member.person_id = ${personId}
          and member.organization_id <> outsider.organization_id)
      and not exists (
        select from outsider as other
        where other.person_id = ${personId} and other.organization_id <> outsider.organization_id)
    returning organization_id as "organizationId"`
  return rows.map(({ organizationId }) => organizationId)
}

export async function decline(tx: Tx, { organizationId, personId, now }: One): Promise<boolean> {
  const rows = await tx`
    update outsider set declined_at = ${now}
    where organization_id = ${organizationId} and person_id = ${personId} and state = 'invited'
      and declined_at is null
    returning true`
  return rows.length > 0
}

/** Nothing but what they wrote stays of them. */
export async function eraseOutsider(
  tx: Tx,
  { organizationId, personId }: Pick<One, 'organizationId' | 'personId'>,
): Promise<boolean> {
  const rows = await tx`
    update outsider set name = '', state = 'deactivated'
    where organization_id = ${organizationId} and person_id = ${personId} and state <> 'deactivated'
    returning true`
  return rows.length > 0
}

/** Whoever has come in as a member takes part from outside no more. */
export async function endOutside(
  tx: Tx,
  { personId, organizationIds }: { personId: PersonId; organizationIds: readonly OrganizationId[] },
): Promise<void> {
  await tx`
    update outsider set state = 'deactivated'
    where person_id = ${personId} and organization_id = any(${organizationIds}::uuid[]) and state <> 'deactivated'`
}

/** Those of these people who take part from outside today. */
export async function activeOutside(
  tx: Tx,
  organizationId: OrganizationId,
  personIds: readonly PersonId[],
): Promise<PersonId[]> {
  const rows = await tx<{ personId: PersonId }>`
    select person_id as "personId" from outsider
    where organization_id = ${organizationId} and person_id = any(${personIds}::uuid[]) and state = 'active'`
  return rows.map(({ personId }) => personId)
}

/** Whether this person is anything in any organization. */
export async function isKnownAnywhere(tx: Tx, personId: PersonId): Promise<boolean> {
  const rows = await tx`
    select from (
      select person_id, state from member union all select person_id, state from outsider
    ) as standing
    where standing.person_id = ${personId} and standing.state <> 'deactivated' limit 1`
  return rows.length > 0
}
