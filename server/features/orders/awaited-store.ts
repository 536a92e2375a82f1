import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Tx } from '../../platform/sql.ts'

/** An order whose customer nobody knows, and by what they would be known; either may be empty. */
export type Awaited = {
  organizationId: OrganizationId
  orderId: string
  source: string
  origin: string
  externalId: string
  address: string
}

export async function putAwaited(tx: Tx, awaited: readonly Awaited[], now: Date): Promise<void> {
  await tx`
    insert into order_awaited (organization_id, order_id, source, origin, external_id, address, at)
    select *, ${now}::timestamptz
    from unnest(
      ${awaited.map(({ organizationId }) => organizationId)}::uuid[],
      ${awaited.map(({ orderId }) => orderId)}::uuid[],
      ${awaited.map(({ source }) => source)}::text[],
      ${awaited.map(({ origin }) => origin)}::text[],
      ${awaited.map(({ externalId }) => externalId)}::text[],
      ${awaited.map(({ address }) => address)}::text[])
    on conflict (organization_id, order_id) do update
    set external_id = excluded.external_id, address = excluded.address, at = excluded.at`
}

export async function dropAwaited(
  tx: Tx,
  orders: readonly { organizationId: OrganizationId; orderId: string }[],
): Promise<void> {
  await tx`
    delete from order_awaited
    where (organization_id, order_id) in (
      select * from unnest(
        ${orders.map(({ organizationId }) => organizationId)}::uuid[],
        ${orders.map(({ orderId }) => orderId)}::uuid[]))`
}

/** Those who did not become known in time, some at once. */
export async function dropOldAwaited(tx: Tx, organizationIds: readonly OrganizationId[], before: Date): Promise<void> {
  await tx`
    delete from order_awaited where (organization_id, order_id) in (
      select organization_id, order_id from order_awaited
      where organization_id = any(${organizationIds}::uuid[]) and at < ${before} limit 500)`
}

export type Found = Awaited & { personId: PersonId }

/** Orders that wait for somebody with an address of these people, as they have them now. */
export async function findByPeople(
  tx: Tx,
  organizationId: OrganizationId,
  personIds: readonly PersonId[],
): Promise<Found[]> {
  return tx<Found>`
    select awaited.organization_id as "organizationId", awaited.order_id as "orderId", awaited.source, awaited.origin,
      awaited.external_id as "externalId", awaited.address, own.person_id as "personId"
    from contact_address as own
    join order_awaited as awaited on awaited.organization_id = own.organization_id
      and awaited.address = own.address and awaited.address <> ''
    where own.organization_id = ${organizationId} and own.person_id = any(${personIds}::uuid[])`
}

export type Numbers = { source: string; origin: string; externalIds: readonly string[] }

/** Orders that wait for whoever has these numbers, as far as it is known now who that is. */
export async function findByNumbers(
  tx: Tx,
  organizationId: OrganizationId,
  { source, origin, externalIds }: Numbers,
): Promise<Found[]> {
  return tx<Found>`
    select awaited.organization_id as "organizationId", awaited.order_id as "orderId", awaited.source, awaited.origin,
      awaited.external_id as "externalId", awaited.address, known.person_id as "personId"
    from order_awaited as awaited
    join order_customer as known on known.organization_id = awaited.organization_id and known.source = awaited.source
      and known.origin = awaited.origin and known.external_id = awaited.external_id
    where awaited.organization_id = ${organizationId} and awaited.source = ${source} and awaited.origin = ${origin}
      and awaited.external_id = any(${externalIds}::text[]) and awaited.external_id <> ''`
}

/** They are theirs from now on. */
export async function giveOrders(tx: Tx, found: readonly Found[]): Promise<void> {
  await tx`
    update customer_order set person_id = theirs.person_id
    from unnest(
      ${found.map(({ organizationId }) => organizationId)}::uuid[],
      ${found.map(({ orderId }) => orderId)}::uuid[],
      ${found.map(({ personId }) => personId)}::uuid[]
    ) as theirs (organization_id, order_id, person_id)
    where customer_order.organization_id = theirs.organization_id and customer_order.id = theirs.order_id
      and customer_order.person_id is null`
}
