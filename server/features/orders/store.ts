import type { Order, OrderItem } from '../../../protocol/orders.ts'
import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Tx } from '../../platform/sql.ts'
import { statusOf, type Entry, type Place } from './history.ts'

export type OrderKey = { organizationId: OrganizationId; source: string; origin: string; externalId: string }
/** What an order was at some time, as far as rules may ask for it. */
export type Details = {
  source: string
  total: number
  currency: string
  place?: string
  country?: string
  placedAt: string
  items: OrderItem[]
  attributes: Record<string, string | number | boolean>
}
/** An order as it is now; what it holds stands in its history. */
export type OrderRow = OrderKey &
  Place & {
    id: string
    personId: PersonId | null
    historyCount: number
    wasCancelled: boolean
    customerKey: string
    customerName: string
    total: number
    currency: string
    place: string
    country: string
    placedAt: string
  }

/** Orders of one organization change one transaction at a time. Comes before the organization's own lock. */
export async function lockOrders(tx: Tx, organizationIds: readonly OrganizationId[]): Promise<void> {
  await tx`
    select pg_advisory_xact_lock(hashtextextended('orders:' || id, 0))
    from (select id from unnest(${organizationIds}::text[]) as asked (id) order by id) as sorted`
}

export async function findOrders(tx: Tx, keys: readonly OrderKey[]): Promise<OrderRow[]> {
  const rows = await tx<Omit<OrderRow, keyof OrderKey> & { position: number }>`
    select asked.position, stored.id, stored.version, stored.rank, stored.person_id as "personId",
      stored.history_count as "historyCount", stored.was_cancelled as "wasCancelled",
      stored.customer_key as "customerKey", stored.customer_name as "customerName", stored.total, stored.currency,
      stored.place, stored.country, stored.placed_at as "placedAt"
    from unnest(
      ${keys.map(({ organizationId }) => organizationId)}::uuid[],
      ${keys.map(({ source }) => source)}::text[],
      ${keys.map(({ origin }) => origin)}::text[],
      ${keys.map(({ externalId }) => externalId)}::text[]
    ) with ordinality as asked (organization_id, source, origin, external_id, position)
    cross join lateral (
      select * from customer_order as known
      where known.organization_id = asked.organization_id and known.source = asked.source
        and known.origin = asked.origin and known.external_id = asked.external_id
      limit 1
    ) as stored`
  return rows.flatMap(({ position, ...row }) => {
    const key = keys[position - 1]
    return key ? [{ ...key, ...row }] : []
  })
}

/** Everything that was said of these orders, in its order. */
export async function readHistories(
  tx: Tx,
  orders: readonly { organizationId: OrganizationId; id: string }[],
): Promise<(Entry & { orderId: string })[]> {
  return tx<Entry & { orderId: string }>`
    select entry.order_id as "orderId", entry.version, entry.rank, entry.is_change as "isChange"
    from unnest(
      ${orders.map(({ organizationId }) => organizationId)}::uuid[],
      ${orders.map(({ id }) => id)}::uuid[]
    ) as asked (organization_id, id)
    cross join lateral (
      select * from order_entry
      where order_entry.organization_id = asked.organization_id and order_entry.order_id = asked.id
      offset 0
    ) as entry
    order by entry.order_id, entry.version, entry.rank`
}

/** What these orders hold: what was said of them last. */
export async function readDetails(
  tx: Tx,
  orders: readonly OrderRow[],
): Promise<{ orderId: string; details: Details }[]> {
  return tx<{ orderId: string; details: Details }>`
    select entry.order_id as "orderId", entry.details
    from unnest(
      ${orders.map(({ organizationId }) => organizationId)}::uuid[],
      ${orders.map(({ id }) => id)}::uuid[],
      ${orders.map(({ version }) => version)}::bigint[],
      ${orders.map(({ rank }) => rank)}::int[]
    ) as asked (organization_id, id, version, rank)
    cross join lateral (
      select * from order_entry
      where order_entry.organization_id = asked.organization_id and order_entry.order_id = asked.id
        and order_entry.version = asked.version and order_entry.rank = asked.rank
      limit 1
    ) as entry`
}

const columnsOf = (orders: readonly OrderRow[]) => ({
  organizationIds: orders.map(({ organizationId }) => organizationId),
  ids: orders.map(({ id }) => id),
  statuses: orders.map(({ rank }) => statusOf(rank)),
  versions: orders.map(({ version }) => version),
  ranks: orders.map(({ rank }) => rank),
  personIds: orders.map(({ personId }) => personId),
  customerKeys: orders.map(({ customerKey }) => customerKey),
  customerNames: orders.map(({ customerName }) => customerName),
  totals: orders.map(({ total }) => total),
  currencies: orders.map(({ currency }) => currency),
  places: orders.map(({ place }) => place),
  countries: orders.map(({ country }) => country),
  placedAt: orders.map(({ placedAt }) => placedAt),
  wereCancelled: orders.map(({ wasCancelled }) => wasCancelled),
  historyCounts: orders.map(({ historyCount }) => historyCount),
})

export async function insertOrders(tx: Tx, orders: readonly OrderRow[], now: Date): Promise<void> {
  const columns = columnsOf(orders)
  await tx`
    insert into customer_order (organization_id, id, source, origin, external_id, status, version, rank, person_id,
      customer_key, customer_name, total, currency, place, country, placed_at, was_cancelled, history_count, changed_at)
    select *, ${now}::timestamptz
    from unnest(
      ${columns.organizationIds}::uuid[],
      ${columns.ids}::uuid[],
      ${orders.map(({ source }) => source)}::text[],
      ${orders.map(({ origin }) => origin)}::text[],
      ${orders.map(({ externalId }) => externalId)}::text[],
      ${columns.statuses}::text[],
      ${columns.versions}::bigint[],
      ${columns.ranks}::int[],
      ${columns.personIds}::uuid[],
      ${columns.customerKeys}::text[],
      ${columns.customerNames}::text[],
      ${columns.totals}::bigint[],
      ${columns.currencies}::text[],
      ${columns.places}::text[],
      ${columns.countries}::text[],
      ${columns.placedAt}::timestamptz[],
      ${columns.wereCancelled}::boolean[],
      ${columns.historyCounts}::int[])`
}

export async function updateOrders(tx: Tx, orders: readonly OrderRow[], now: Date): Promise<void> {
  const columns = columnsOf(orders)
  await tx`
    update customer_order
    set status = fresh.status, version = fresh.version, rank = fresh.rank, person_id = fresh.person_id,
      customer_key = fresh.customer_key, customer_name = fresh.customer_name, total = fresh.total,
      currency = fresh.currency, place = fresh.place, country = fresh.country, placed_at = fresh.placed_at,
      was_cancelled = fresh.was_cancelled, history_count = fresh.history_count, changed_at = ${now}
    from unnest(
      ${columns.organizationIds}::uuid[],
      ${columns.ids}::uuid[],
      ${columns.statuses}::text[],
      ${columns.versions}::bigint[],
      ${columns.ranks}::int[],
      ${columns.personIds}::uuid[],
      ${columns.customerKeys}::text[],
      ${columns.customerNames}::text[],
      ${columns.totals}::bigint[],
      ${columns.currencies}::text[],
      ${columns.places}::text[],
      ${columns.countries}::text[],
      ${columns.placedAt}::timestamptz[],
      ${columns.wereCancelled}::boolean[],
      ${columns.historyCounts}::int[]
    ) as fresh (organization_id, id, status, version, rank, person_id, customer_key, customer_name, total, currency,
      place, country, placed_at, was_cancelled, history_count)
    where customer_order.organization_id = fresh.organization_id and customer_order.id = fresh.id`
}

export type EntryRow = Entry & {
  organizationId: OrganizationId
  orderId: string
  isPast: boolean
  details: Details
}

export async function insertEntries(tx: Tx, entries: readonly EntryRow[], now: Date): Promise<void> {
  await tx`
    insert into order_entry (organization_id, order_id, version, rank, is_change, is_past, details, at)
    select organization_id, order_id, version, rank, is_change, is_past, details::json, ${now}::timestamptz
    from unnest(
      ${entries.map(({ organizationId }) => organizationId)}::uuid[],
      ${entries.map(({ orderId }) => orderId)}::uuid[],
      ${entries.map(({ version }) => version)}::bigint[],
      ${entries.map(({ rank }) => rank)}::int[],
      ${entries.map(({ isChange }) => isChange)}::boolean[],
      ${entries.map(({ isPast }) => isPast)}::boolean[],
      ${entries.map(({ details }) => JSON.stringify(details))}::text[]
    ) as fresh (organization_id, order_id, version, rank, is_change, is_past, details)`
}

export type EntryKey = Place & { organizationId: OrganizationId; orderId: string }

/** Entries that have become changes by something that arrived late. */
export async function markChanges(tx: Tx, entries: readonly EntryKey[]): Promise<void> {
  await tx`
    update order_entry set is_change = true
    from unnest(
      ${entries.map(({ organizationId }) => organizationId)}::uuid[],
      ${entries.map(({ orderId }) => orderId)}::uuid[],
      ${entries.map(({ version }) => version)}::bigint[],
      ${entries.map(({ rank }) => rank)}::int[]
    ) as told (organization_id, order_id, version, rank)
    where order_entry.organization_id = told.organization_id and order_entry.order_id = told.order_id
      and order_entry.version = told.version and order_entry.rank = told.rank`
}

export type OrderFilter = {
  organizationId: OrganizationId
  status: string | null
  source: string | null
  /** Patterns for the number and the customer's name. */
  number: string | null
  name: string | null
  before: string | null
  limit: number
}

export async function listOrders(tx: Tx, filter: OrderFilter): Promise<Order[]> {
  const { organizationId, status, source, number, name, before, limit } = filter
  return tx<Order>`
    select id, source, external_id as "externalId", status, customer_order.person_id as "personId",
      coalesce(nullif(outsider.name, ''), nullif(customer_name, ''), customer_key) as "customerName", total, currency,
      place, country, placed_at as "placedAt", changed_at as "changedAt"
    from customer_order
    left join outsider on outsider.organization_id = customer_order.organization_id
      and outsider.person_id = customer_order.person_id
    where customer_order.organization_id = ${organizationId}
      and (${before}::uuid is null or id < ${before}::uuid)
      and (${status}::text is null or status = ${status}::text)
      and (${source}::text is null or source = ${source}::text)
      and (${number}::text is null or external_id ilike ${number}::text or customer_name ilike ${name}::text
        or outsider.name ilike ${name}::text)
    order by id desc limit ${limit}`
}

export async function findOrder(tx: Tx, organizationId: OrganizationId, id: string): Promise<Order | undefined> {
  const [row] = await tx<Order>`
    select id, source, external_id as "externalId", status, customer_order.person_id as "personId",
      coalesce(nullif(outsider.name, ''), nullif(customer_name, ''), customer_key) as "customerName", total, currency,
      place, country, placed_at as "placedAt", changed_at as "changedAt"
    from customer_order
    left join outsider on outsider.organization_id = customer_order.organization_id
      and outsider.person_id = customer_order.person_id
    where customer_order.organization_id = ${organizationId} and id = ${id}`
  return row
}

export type HistoryRow = Entry & { isPast: boolean; at: string; details: Details }

export async function readHistory(tx: Tx, organizationId: OrganizationId, orderId: string): Promise<HistoryRow[]> {
  return tx<HistoryRow>`
    select version, rank, is_change as "isChange", is_past as "isPast", at, details from order_entry
    where organization_id = ${organizationId} and order_id = ${orderId}
    order by version, rank limit 200`
}
