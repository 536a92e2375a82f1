import { limits } from '../../../protocol/limits.ts'
import type { OrderSettings } from '../../../protocol/orders.ts'
import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Tx } from '../../platform/sql.ts'
import type { CustomerFacts } from './decide.ts'

export const defaultSettings: OrderSettings = { makesContacts: true, levels: [], timeZone: 'UTC' }

/** Where nothing has been decided about orders: the organization's time zone. */
export async function readSettings(
  tx: Tx,
  organizationIds: readonly OrganizationId[],
): Promise<Map<OrganizationId, OrderSettings>> {
  const rows = await tx<OrderSettings & { organizationId: OrganizationId }>`
    select asked.id as "organizationId", coalesce(settings.makes_contacts, true) as "makesContacts",
      coalesce(settings.levels, '[]') as levels, coalesce(settings.time_zone, policy.time_zone, 'UTC') as "timeZone"
    from unnest(${organizationIds}::uuid[]) as asked (id)
    left join order_settings as settings on settings.organization_id = asked.id
    left join report_policy as policy on policy.organization_id = asked.id`
  return new Map(rows.map(({ organizationId, ...settings }) => [organizationId, settings]))
}

export async function putSettings(
  tx: Tx,
  organizationId: OrganizationId,
  { makesContacts, levels, timeZone }: OrderSettings,
): Promise<void> {
  await tx`
    insert into order_settings (organization_id, makes_contacts, levels, time_zone)
    values (${organizationId}, ${makesContacts}, ${JSON.stringify(levels)}::jsonb, ${timeZone})
    on conflict (organization_id) do update
    set makes_contacts = excluded.makes_contacts, levels = excluded.levels, time_zone = excluded.time_zone`
}

type Asked = { organizationId: OrganizationId }

/** Those of these people who take part in these organizations, or are known there; as `organization person`. */
export async function findPresent(
  tx: Tx,
  asked: readonly (Asked & { personId: PersonId })[],
): Promise<{ organizationId: OrganizationId; personId: PersonId }[]> {
  return tx<{ organizationId: OrganizationId; personId: PersonId }>`
    select asked.organization_id as "organizationId", asked.person_id as "personId"
    from unnest(
      ${asked.map(({ organizationId }) => organizationId)}::uuid[],
      ${asked.map(({ personId }) => personId)}::uuid[]
    ) as asked (organization_id, person_id)
    cross join lateral (
      select from member
      where member.organization_id = asked.organization_id and member.person_id = asked.person_id
        and member.state <> 'deactivated'
      union all
      select from outsider
      where outsider.organization_id = asked.organization_id and outsider.person_id = asked.person_id
        and outsider.state <> 'deactivated'
      limit 1
    ) as present`
}

/** Whose addresses these are: a contact's, else a member's. */
export async function findByAddress(
  tx: Tx,
  asked: readonly (Asked & { address: string })[],
): Promise<(Asked & { address: string; personId: PersonId })[]> {
  return tx<Asked & { address: string; personId: PersonId }>`
    select asked.organization_id as "organizationId", asked.address, known.person_id as "personId"
    from unnest(
      ${asked.map(({ organizationId }) => organizationId)}::uuid[],
      ${asked.map(({ address }) => address)}::text[]
    ) as asked (organization_id, address)
    cross join lateral (
      select person_id, 0 as place from contact_address
      where contact_address.organization_id = asked.organization_id and contact_address.address = asked.address
      union all
      select person_id, 1 from member
      where member.organization_id = asked.organization_id and member.address = asked.address
        and member.state <> 'deactivated'
      order by place limit 1
    ) as known`
}

type Numbered = Asked & { source: string; origin: string; externalId: string }

export async function findByNumber(tx: Tx, asked: readonly Numbered[]): Promise<(Numbered & { personId: PersonId })[]> {
  return tx<Numbered & { personId: PersonId }>`
    select known.organization_id as "organizationId", known.source, known.origin, known.external_id as "externalId",
      known.person_id as "personId"
    from unnest(
      ${asked.map(({ organizationId }) => organizationId)}::uuid[],
      ${asked.map(({ source }) => source)}::text[],
      ${asked.map(({ origin }) => origin)}::text[],
      ${asked.map(({ externalId }) => externalId)}::text[]
    ) as asked (organization_id, source, origin, external_id)
    join order_customer as known using (organization_id, source, origin, external_id)`
}

/** The later word counts. */
export async function putNumbers(tx: Tx, links: readonly (Numbered & { personId: PersonId })[]): Promise<void> {
  await tx`
    insert into order_customer (organization_id, source, origin, external_id, person_id)
    select distinct on (organization_id, source, origin, external_id) * from unnest(
      ${links.map(({ organizationId }) => organizationId)}::uuid[],
      ${links.map(({ source }) => source)}::text[],
      ${links.map(({ origin }) => origin)}::text[],
      ${links.map(({ externalId }) => externalId)}::text[],
      ${links.map(({ personId }) => personId)}::uuid[]
    ) as fresh (organization_id, source, origin, external_id, person_id)
    on conflict (organization_id, source, origin, external_id) do update set person_id = excluded.person_id`
}

export type Linked = { orderId: string; changedAt: string; wasNobodys: boolean }

/** Orders under these customers' numbers become theirs. `wasNobodys`: of nobody who is known, until now. */
export async function linkOrders(tx: Tx, organizationId: OrganizationId, source: string): Promise<Linked[]> {
  return tx<Linked>`
    update customer_order set person_id = theirs.person_id
    from (
      select before.id, before.person_id is null as was_nobodys, known.person_id
      from customer_order as before
      join order_customer as known on known.organization_id = before.organization_id and known.source = before.source
        and known.origin = before.origin and known.external_id = before.customer_key
      where before.organization_id = ${organizationId} and before.source = ${source}
        and before.person_id is distinct from known.person_id
    ) as theirs
    where customer_order.organization_id = ${organizationId} and customer_order.id = theirs.id
    returning customer_order.id as "orderId", customer_order.changed_at as "changedAt",
      theirs.was_nobodys as "wasNobodys"`
}

/** Takes the name off somebody's orders, and their numbers at the sources. */
export async function forgetCustomer(tx: Tx, { organizationId, personId }: Asked & { personId: PersonId }) {
  await tx`
    update customer_order set customer_name = '', customer_key = ''
    where organization_id = ${organizationId} and person_id = ${personId}`
  await tx`delete from order_customer where organization_id = ${organizationId} and person_id = ${personId}`
}

/** The members who look after them. */
export async function keepersOf(
  tx: Tx,
  organizationId: OrganizationId,
  personIds: readonly PersonId[],
): Promise<Map<PersonId, PersonId | null>> {
  const rows = await tx<{ personId: PersonId; keeperId: PersonId | null }>`
    select person_id as "personId", keeper_id as "keeperId" from contact
    where organization_id = ${organizationId} and person_id = any(${personIds}::uuid[])`
  return new Map(rows.map(({ personId, keeperId }) => [personId, keeperId]))
}

export type CustomerGroup = CustomerFacts & { customers: number }

/** Everybody who is known as a customer, gathered by how often they have ordered and which of these tags they have. */
export async function groupCustomers(
  tx: Tx,
  organizationId: OrganizationId,
  tags: readonly string[],
): Promise<CustomerGroup[]> {
  return tx<CustomerGroup>`
    select tags, orders as "earlierOrders", count(*) as customers
    from (
      select coalesce(known.tags, '{}') as tags, coalesce(ordered.orders, 0) as orders
      from (
        select contact.person_id, array(
          select tag from unnest(contact.tags) as tag where tag = any(${tags}::text[]) order by tag
        ) as tags
        from contact
        join outsider_today as present on present.organization_id = contact.organization_id
          and present.person_id = contact.person_id
        where contact.organization_id = ${organizationId}
      ) as known
      full join (
        select person_id, least(count(*) filter (where not was_cancelled), ${limits.earlierOrders}::bigint) as orders
        from customer_order
        where organization_id = ${organizationId} and person_id is not null
        group by person_id
      ) as ordered using (person_id)
    ) as customer
    group by tags, orders`
}
