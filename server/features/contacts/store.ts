import type { Consent, Contact, OutsiderRules } from '../../../protocol/contacts.ts'
import type { Locale } from '../../../protocol/identity.ts'
import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Tx } from '../../platform/sql.ts'

export type ContactRow = Omit<Contact, 'may'> & { sharesConversation: boolean }
export type Reader = { organizationId: OrganizationId; readerId: PersonId | null; isAdministrator: boolean }
export type ContactFilter = Reader & {
  pattern: string | null
  tag: string | null
  keeperId: PersonId | null
}

/** Before every id. */
const NIL = '00000000-0000-0000-0000-000000000000'

/** Those that the reader may see, by name. */
export async function listContacts(
  tx: Tx,
  filter: ContactFilter & { after: readonly [string, string] | null; limit: number },
): Promise<ContactRow[]> {
  const { organizationId, readerId, isAdministrator, pattern, tag, keeperId, after, limit } = filter
  return tx<ContactRow>`
    select outsider.person_id as "personId", outsider.name, outsider.state, locale, tags, notes,
      keeper_id as "keeperId", keeper.name as "keeperName", contact.source, contact.place,
      contact.created_at as "createdAt", shared.is as "sharesConversation", array(
        select address from contact_address as own
        where own.organization_id = contact.organization_id and own.person_id = contact.person_id order by position
      ) as addresses
    from outsider_today as outsider
    join contact using (organization_id, person_id)
    left join member as keeper on keeper.organization_id = ${organizationId} and keeper.person_id = keeper_id
    cross join lateral (
      select exists (
        select from acquaintance
        where acquaintance.organization_id = ${organizationId} and acquaintance.person_id = ${readerId}::uuid
          and other_id = contact.person_id and is_current and is_open) as is
    ) as shared
    where outsider.organization_id = ${organizationId}
      and (${isAdministrator} or keeper_id = ${readerId}::uuid or shared.is)
      and (${pattern}::text is null or outsider.name ilike ${pattern} or contact.addresses ilike ${pattern})
      and (${tag}::text is null or tags @> array[${tag}::text])
      and (${keeperId}::uuid is null or keeper_id = ${keeperId}::uuid)
      and (name_order(outsider.name), outsider.person_id)
        > (name_order(${after?.[0] ?? ''}::text), ${after?.[1] ?? NIL}::uuid)
    order by name_order(outsider.name), outsider.person_id limit ${limit}`
}

export async function countContacts(tx: Tx, filter: ContactFilter): Promise<number> {
  const { organizationId, readerId, isAdministrator, pattern, tag, keeperId } = filter
  const [row] = await tx<{ count: number }>`
    select count(*) as count
    from outsider_today as outsider join contact using (organization_id, person_id)
    where outsider.organization_id = ${organizationId}
      and (${isAdministrator} or keeper_id = ${readerId}::uuid or exists (
        select from acquaintance
        where acquaintance.organization_id = ${organizationId} and acquaintance.person_id = ${readerId}::uuid
          and other_id = contact.person_id and is_current and is_open))
      and (${pattern}::text is null or outsider.name ilike ${pattern} or contact.addresses ilike ${pattern})
      and (${tag}::text is null or tags @> array[${tag}::text])
      and (${keeperId}::uuid is null or keeper_id = ${keeperId}::uuid)`
  return row?.count ?? 0
}

export async function countByKeeper(tx: Tx, { organizationId, readerId, isAdministrator }: Reader) {
  return tx<{ keeperId: PersonId | null; name: string | null; count: number }>`
    select keeper_id as "keeperId", keeper.name, count(*) as count
    from outsider_today as outsider
    join contact using (organization_id, person_id)
    left join member as keeper on keeper.organization_id = ${organizationId} and keeper.person_id = keeper_id
    where outsider.organization_id = ${organizationId}
      and (${isAdministrator} or keeper_id = ${readerId}::uuid)
    group by keeper_id, keeper.name order by name_order(keeper.name) nulls last, keeper_id limit 1000`
}

export type OneContact = { organizationId: OrganizationId; personId: PersonId }

/** One contact with how the reader stands to them. */
export async function findContact(
  tx: Tx,
  { organizationId, personId }: OneContact,
  readerId: PersonId | null,
): Promise<ContactRow | undefined> {
  const [row] = await tx<ContactRow>`
    select outsider.person_id as "personId", outsider.name, outsider.state, locale, tags, notes,
      keeper_id as "keeperId", keeper.name as "keeperName", contact.source, contact.place,
      contact.created_at as "createdAt", array(
        select address from contact_address as own
        where own.organization_id = contact.organization_id and own.person_id = contact.person_id order by position
      ) as addresses, exists (
        select from acquaintance
        where acquaintance.organization_id = ${organizationId} and acquaintance.person_id = ${readerId}::uuid
          and other_id = contact.person_id and is_current and is_open) as "sharesConversation"
    from outsider_today as outsider
    join contact using (organization_id, person_id)
    left join member as keeper on keeper.organization_id = ${organizationId} and keeper.person_id = keeper_id
    where outsider.organization_id = ${organizationId} and outsider.person_id = ${personId}`
  return row
}

/** Those of these people who are contacts and whom this member may see; administrators see all. */
export async function visibleAmong(
  tx: Tx,
  { organizationId, readerId, isAdministrator }: Reader,
  personIds: readonly PersonId[],
): Promise<PersonId[]> {
  const rows = await tx<{ personId: PersonId }>`
    select contact.person_id as "personId"
    from contact join outsider_today using (organization_id, person_id)
    where contact.organization_id = ${organizationId} and contact.person_id = any(${personIds}::uuid[])
      and (${isAdministrator} or keeper_id = ${readerId}::uuid or exists (
        select from acquaintance
        where acquaintance.organization_id = ${organizationId} and acquaintance.person_id = ${readerId}::uuid
          and other_id = contact.person_id and is_current and is_open))`
  return rows.map(({ personId }) => personId)
}

/** Those of these contacts whom this member may change; see `mayChange`. */
export async function changeableAmong(
  tx: Tx,
  { organizationId, readerId, isAdministrator }: Reader,
  personIds: readonly PersonId[],
): Promise<PersonId[]> {
  const rows = await tx<{ personId: PersonId }>`
    select contact.person_id as "personId"
    from contact join outsider_today using (organization_id, person_id)
    where contact.organization_id = ${organizationId} and contact.person_id = any(${personIds}::uuid[])
      and (${isAdministrator} or keeper_id = ${readerId}::uuid)`
  return rows.map(({ personId }) => personId)
}

export type Details = {
  personId: PersonId
  locale: Locale | null
  notes: string
  tags: string[]
  keeperId: PersonId | null
  source: Contact['source']
  place: string
}

/** What was known of somebody who was erased is replaced. */
export async function putContacts(
  tx: Tx,
  organizationId: OrganizationId,
  contacts: readonly Details[],
  now: Date,
): Promise<void> {
  await tx`
    insert into contact (organization_id, person_id, locale, notes, tags, keeper_id, source, place, created_at)
    select ${organizationId}, person_id, locale, notes, string_to_array(tags, chr(10)), keeper_id, source, place, ${now}
    from unnest(
      ${contacts.map(({ personId }) => personId)}::uuid[],
      ${contacts.map(({ locale }) => locale)}::text[],
      ${contacts.map(({ notes }) => notes)}::text[],
      ${contacts.map(({ tags }) => tags.join('\n'))}::text[],
      ${contacts.map(({ keeperId }) => keeperId)}::uuid[],
      ${contacts.map(({ source }) => source)}::text[],
      ${contacts.map(({ place }) => place)}::text[]
    ) as fresh (person_id, locale, notes, tags, keeper_id, source, place)
    on conflict (organization_id, person_id) do update
    set locale = excluded.locale, notes = excluded.notes, tags = excluded.tags, keeper_id = excluded.keeper_id,
      source = excluded.source, place = excluded.place, created_at = excluded.created_at`
}

export type ChangedDetails = Omit<Details, 'source' | 'place'>

export async function updateContacts(
  tx: Tx,
  organizationId: OrganizationId,
  contacts: readonly ChangedDetails[],
): Promise<void> {
  await tx`
    update contact set locale = changed.locale, notes = changed.notes,
      tags = string_to_array(changed.tags, chr(10)), keeper_id = changed.keeper_id
    from unnest(
      ${contacts.map(({ personId }) => personId)}::uuid[],
      ${contacts.map(({ locale }) => locale)}::text[],
      ${contacts.map(({ notes }) => notes)}::text[],
      ${contacts.map(({ tags }) => tags.join('\n'))}::text[],
      ${contacts.map(({ keeperId }) => keeperId)}::uuid[]
    ) as changed (person_id, locale, notes, tags, keeper_id)
    where contact.organization_id = ${organizationId} and contact.person_id = changed.person_id`
}

export type OwnedAddress = { address: string; personId: PersonId; position: number }

/** Gives these people these addresses in the place of those they had, and of whoever is no contact any more. */
export async function replaceAddresses(
  tx: Tx,
  organizationId: OrganizationId,
  addresses: readonly OwnedAddress[],
): Promise<void> {
  const personIds = addresses.map(({ personId }) => personId)
  await tx`
    delete from contact_address
    where organization_id = ${organizationId} and (
      person_id = any(${personIds}::uuid[]) or address = any(${addresses.map(({ address }) => address)}::text[]))`
  await tx`
    insert into contact_address (organization_id, address, person_id, position)
    select ${organizationId}, address, person_id, position
    from unnest(
      ${addresses.map(({ address }) => address)}::text[],
      ${personIds}::uuid[],
      ${addresses.map(({ position }) => position)}::int[]
    ) as fresh (address, person_id, position)`
  await tx`
    update contact set addresses = (
      select string_agg(address, ' ' order by position) from contact_address as own
      where own.organization_id = contact.organization_id and own.person_id = contact.person_id)
    where organization_id = ${organizationId} and person_id = any(${personIds}::uuid[])`
}

/** Whose contacts' addresses these are here. */
export async function addressOwners(tx: Tx, organizationId: OrganizationId, addresses: readonly string[]) {
  return tx<{ address: string; personId: PersonId }>`
    select address, person_id as "personId" from contact_address
    join outsider_today using (organization_id, person_id)
    where contact_address.organization_id = ${organizationId} and address = any(${addresses}::text[])`
}

/** Members present under these addresses: as the list has them, or as they sign in. */
export async function memberAddresses(
  tx: Tx,
  organizationId: OrganizationId,
  addresses: readonly string[],
): Promise<{ address: string; personId: PersonId }[]> {
  return tx<{ address: string; personId: PersonId }>`
    select address, person_id as "personId" from member
    where organization_id = ${organizationId} and state <> 'deactivated' and address = any(${addresses}::text[])
    union
    select person_address.address, person_address.person_id from person_address
    join member on member.person_id = person_address.person_id and organization_id = ${organizationId}
    where state <> 'deactivated' and person_address.address = any(${addresses}::text[])`
}

/** Those of the contacts with these ids or addresses as they are, for comparing with a list. */
export async function knownContacts(
  tx: Tx,
  organizationId: OrganizationId,
  { addresses, personIds }: { addresses: readonly string[]; personIds: readonly PersonId[] },
) {
  return tx<ChangedDetails & { name: string; addresses: string[] }>`
    select outsider.name, contact.person_id as "personId", locale, notes, keeper_id as "keeperId",
      array(select tag from unnest(tags) as tag order by tag collate "C") as tags, array(
        select address from contact_address as own
        where own.organization_id = ${organizationId} and own.person_id = contact.person_id order by position
      ) as addresses
    from (
      select person_id from contact_address
      where organization_id = ${organizationId} and address = any(${addresses}::text[])
      union
      select unnest(${personIds}::uuid[])
    ) as named
    join contact on contact.organization_id = ${organizationId} and contact.person_id = named.person_id
    join outsider_today as outsider
      on outsider.organization_id = ${organizationId} and outsider.person_id = named.person_id`
}

/** Everything but the person's place in what they wrote. */
export async function eraseDetails(tx: Tx, { organizationId, personId }: OneContact): Promise<void> {
  await tx`delete from consent where organization_id = ${organizationId} and person_id = ${personId}`
  await tx`delete from contact_address where organization_id = ${organizationId} and person_id = ${personId}`
  await tx`
    update contact set locale = null, notes = '', tags = '{}', keeper_id = null, place = '', addresses = ''
    where organization_id = ${organizationId} and person_id = ${personId}`
}

export async function setKeeperIfNone(tx: Tx, { organizationId, personId }: OneContact, keeperId: PersonId) {
  await tx`
    update contact set keeper_id = ${keeperId}
    where organization_id = ${organizationId} and person_id = ${personId} and keeper_id is null`
}

export async function tagContacts(
  tx: Tx,
  organizationId: OrganizationId,
  { personIds, add, remove }: { personIds: readonly PersonId[]; add: readonly string[]; remove: readonly string[] },
): Promise<number> {
  const [row] = await tx<{ most: number | null }>`
    with changed as (
      update contact set tags = array(
        select distinct tag from unnest(tags || ${add}::text[]) as tag
        where tag <> all(${remove}::text[]) order by tag)
      where organization_id = ${organizationId} and person_id = any(${personIds}::uuid[])
      returning cardinality(tags) as count
    )
    select max(count) as most from changed`
  return row?.most ?? 0
}

export async function insertConsent(
  tx: Tx,
  { organizationId, personId }: OneContact,
  consent: Consent & { recordedBy: PersonId | null },
): Promise<void> {
  await tx`
    insert into consent (id, organization_id, person_id, kind, is_given, at, how, wording, recorded_by)
    values (${consent.id}, ${organizationId}, ${personId}, ${consent.kind}, ${consent.isGiven}, ${consent.at},
      ${consent.how}, ${consent.wording}, ${consent.recordedBy})
    on conflict (id) do nothing`
}

export async function listConsents(tx: Tx, { organizationId, personId }: OneContact): Promise<Consent[]> {
  return tx<Consent>`
    select id, kind, is_given as "isGiven", at, how, wording from consent
    where organization_id = ${organizationId} and person_id = ${personId} order by at desc, id limit 200`
}

export async function findRules(tx: Tx, organizationId: OrganizationId): Promise<OutsiderRules | undefined> {
  const [row] = await tx<OutsiderRules>`
    select may_bring as "mayBring", admits_anonymous as "admitsAnonymous" from outsider_rules
    where organization_id = ${organizationId}`
  return row
}

export async function putRules(
  tx: Tx,
  organizationId: OrganizationId,
  { mayBring, admitsAnonymous }: OutsiderRules,
): Promise<void> {
  await tx`
    insert into outsider_rules (organization_id, may_bring, admits_anonymous)
    values (${organizationId}, ${mayBring}, ${admitsAnonymous})
    on conflict (organization_id) do update
    set may_bring = excluded.may_bring, admits_anonymous = excluded.admits_anonymous`
}
