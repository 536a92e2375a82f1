import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Tx } from '../../platform/sql.ts'

export async function findPersons(
  tx: Tx,
  addresses: readonly string[],
): Promise<{ address: string; personId: PersonId }[]> {
  return tx<{ address: string; personId: PersonId }>`
    select address, person_id as "personId" from person_address where address = any(${addresses}::text[])`
}

export async function addressesOf(tx: Tx, personIds: readonly PersonId[]) {
  return tx<{ personId: PersonId; address: string }>`
    select person_id as "personId", address from person_address where person_id = any(${personIds}::uuid[])
    order by person_id, created_at, address`
}

export type NewPerson = { personId: PersonId; address: string }

/** Makes the persons whose addresses are still free, and returns those addresses. */
export async function insertPersons(tx: Tx, persons: readonly NewPerson[], now: Date): Promise<string[]> {
  const ids = persons.map((person) => person.personId)
  const rows = await tx<{ address: string }>`
    with person as (
      insert into person (id, created_at) select id, ${now} from unnest(${ids}::uuid[]) as fresh (id)
    )
    insert into person_address (address, person_id, created_at)
    select address, id, ${now}
    from unnest(${persons.map((person) => person.address)}::text[], ${ids}::uuid[]) as fresh (address, id)
    on conflict do nothing
    returning address`
  return rows.map((row) => row.address)
}

export async function insertAnonymous(tx: Tx, personId: PersonId, now: Date): Promise<void> {
  await tx`insert into person (id, created_at) values (${personId}, ${now})`
}

export async function deletePersons(tx: Tx, personIds: readonly PersonId[]): Promise<void> {
  await tx`delete from person where id = any(${personIds}::uuid[])`
}

export type AddressChange = { personId: PersonId; from: string; to: string }

export async function deleteAddresses(tx: Tx, changes: readonly AddressChange[]): Promise<void> {
  await tx`
    delete from person_address using unnest(
      ${changes.map((change) => change.from)}::text[], ${changes.map((change) => change.personId)}::uuid[]
    ) as change (address, person_id)
    where person_address.address = change.address and person_address.person_id = change.person_id`
}

export async function insertAddresses(tx: Tx, changes: readonly AddressChange[], now: Date): Promise<PersonId[]> {
  const rows = await tx<{ personId: PersonId }>`
    insert into person_address (address, person_id, created_at)
    select address, person_id, ${now} from unnest(
      ${changes.map((change) => change.to)}::text[], ${changes.map((change) => change.personId)}::uuid[]
    ) as change (address, person_id)
    on conflict do nothing
    returning person_id as "personId"`
  return rows.map((row) => row.personId)
}

/** The heads of these persons' logs, locked in the order of their ids. */
export async function lockPersons(tx: Tx, personIds: readonly PersonId[]) {
  return tx<{ personId: PersonId; lastNumber: number }>`
    select id as "personId", last_number as "lastNumber" from person where id = any(${personIds}::uuid[])
    order by id for no key update`
}

export type NumberedEntry = { personId: PersonId; number: number; id: string; name: string; body: object }

export async function insertPersonEvents(tx: Tx, entries: readonly NumberedEntry[], now: Date): Promise<void> {
  await tx`
    insert into person_event (person_id, number, id, name, body, at)
    select person_id, number, id, name, body::jsonb, ${now}
    from unnest(
      ${entries.map((entry) => entry.personId)}::uuid[],
      ${entries.map((entry) => entry.number)}::bigint[],
      ${entries.map((entry) => entry.id)}::uuid[],
      ${entries.map((entry) => entry.name)}::text[],
      ${entries.map((entry) => JSON.stringify(entry.body))}::text[]
    ) as entry (person_id, number, id, name, body)`
}

export async function moveHeads(
  tx: Tx,
  heads: readonly { personId: PersonId; number: number; id: string }[],
): Promise<void> {
  await tx`
    update person set last_number = head.number, last_id = head.event_id
    from unnest(
      ${heads.map((head) => head.personId)}::uuid[],
      ${heads.map((head) => head.number)}::bigint[],
      ${heads.map((head) => head.id)}::uuid[]
    ) as head (person_id, number, event_id)
    where person.id = head.person_id`
}

export async function organizationsOf(tx: Tx, personId: PersonId): Promise<OrganizationId[]> {
  const rows = await tx<{ organizationId: OrganizationId }>`
    select organization_id as "organizationId" from member where person_id = ${personId} and state = 'active'`
  return rows.map((row) => row.organizationId)
}
