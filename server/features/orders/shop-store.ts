import type { OrganizationId } from '../../../protocol/ids.ts'
import type { DeliveryOutcome, Shop, ShopDelivery, ShopKind } from '../../../protocol/shops.ts'
import type { Tx } from '../../platform/sql.ts'

export type ShopRow = Omit<Shop, 'url' | 'usualStates'> & { organizationId: OrganizationId }
export type SecretRow = ShopRow & { secret: Buffer; previousSecret: Buffer | null; previousUntil: string | null }

export async function listShops(tx: Tx, organizationId: OrganizationId): Promise<ShopRow[]> {
  return tx<ShopRow>`
    select id, organization_id as "organizationId", kind, name, states, created_at as "createdAt", last_at as "lastAt",
      forged, (
        select count(*) from order_delivery where shop_id = order_shop.id and outcome = 'refused'
      ) as refused
    from order_shop where organization_id = ${organizationId} and removed_at is null order by created_at limit 100`
}

/** Removed ones are gone for everybody. */
export async function findShop(tx: Tx, id: string): Promise<SecretRow | undefined> {
  const [row] = await tx<SecretRow>`
    select id, organization_id as "organizationId", kind, name, states, created_at as "createdAt", last_at as "lastAt",
      forged, secret, previous_secret as "previousSecret", previous_until as "previousUntil", (
        select count(*) from order_delivery where shop_id = order_shop.id and outcome = 'refused'
      ) as refused
    from order_shop where id = ${id} and removed_at is null`
  return row
}

export type NewShop = { id: string; organizationId: OrganizationId; kind: ShopKind; name: string; secret: Buffer }

/** False where the id is taken. */
export async function insertShop(tx: Tx, { id, organizationId, kind, name, secret }: NewShop, now: Date) {
  const rows = await tx`
    insert into order_shop (id, organization_id, kind, name, secret, created_at)
    values (${id}, ${organizationId}, ${kind}, ${name}, ${secret}, ${now})
    on conflict do nothing returning 1`
  return rows.length > 0
}

export async function updateShop(tx: Tx, { id, name, states }: Pick<ShopRow, 'id' | 'name' | 'states'>): Promise<void> {
  await tx`update order_shop set name = ${name}, states = ${JSON.stringify(states)}::jsonb where id = ${id}`
}

export async function replaceSecret(tx: Tx, id: string, { secret, until }: { secret: Buffer; until: Date }) {
  await tx`
    update order_shop set previous_secret = secret, previous_until = ${until}, secret = ${secret}, forged = 0
    where id = ${id}`
}

/** Its secrets are forgotten; its orders stay. */
export async function removeShop(tx: Tx, id: string, now: Date): Promise<void> {
  await tx`
    update order_shop set removed_at = ${now}, secret = '', previous_secret = null where id = ${id}`
  await tx`delete from order_delivery where shop_id = ${id}`
}

export async function countForged(tx: Tx, id: string): Promise<void> {
  await tx`update order_shop set forged = forged + 1 where id = ${id}`
}

export type NewDelivery = {
  shopId: string
  id: string
  topic: string
  outcome: DeliveryOutcome
  detail: string
  externalId: string
}

/** Undefined where this call has been here before. */
export async function insertDelivery(tx: Tx, delivery: NewDelivery, now: Date): Promise<boolean> {
  const rows = await tx`
    insert into order_delivery (shop_id, id, topic, at, outcome, detail, external_id)
    values (${delivery.shopId}, ${delivery.id}, ${delivery.topic}, ${now}, ${delivery.outcome}, ${delivery.detail},
      ${delivery.externalId})
    on conflict do nothing returning 1`
  return rows.length > 0
}

export async function noteDelivery(tx: Tx, shopId: string, now: Date): Promise<void> {
  await tx`update order_shop set last_at = ${now} where id = ${shopId}`
}

/** What is older than a month is forgotten, some at a time. */
export async function dropDeliveries(tx: Tx, shopId: string, before: Date): Promise<void> {
  await tx`
    delete from order_delivery where (shop_id, id) in (
      select shop_id, id from order_delivery where shop_id = ${shopId} and at < ${before} limit 100)`
}

export async function listDeliveries(
  tx: Tx,
  shopId: string,
  { onlyRefused }: { onlyRefused: boolean },
): Promise<Omit<ShopDelivery, 'unknownState'>[]> {
  return tx<Omit<ShopDelivery, 'unknownState'>>`
    select id, topic, at, outcome, detail, external_id as "externalId" from order_delivery
    where shop_id = ${shopId} and (not ${onlyRefused} or outcome = 'refused')
    order by at desc, id limit 100`
}
