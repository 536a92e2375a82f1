import { z } from 'zod'
import { PutOrder, type OrderStatus } from '../../../protocol/orders.ts'
import { Address } from '../../../protocol/identity.ts'
import { readDecimal } from './money.ts'
import { faultIn, lineOf, unknownState, type ReadWebhook, type StateMap } from './webhook.ts'

const Words = z.string().nullish()
const Place = z.object({ country_code: Words, city: Words }).nullish()
/** What is read of an order of Shopify's REST and webhook format; all else is passed over. */
const ShopifyOrder = z.object({
  id: z.union([z.number(), z.string()]),
  updated_at: z.iso.datetime({ offset: true }),
  created_at: z.iso.datetime({ offset: true }).nullish(),
  cancelled_at: Words,
  closed_at: Words,
  financial_status: Words,
  fulfillment_status: Words,
  currency: z.string(),
  total_price: z.string(),
  current_total_price: Words,
  email: Words,
  phone: Words,
  source_name: Words,
  tags: Words,
  customer: z
    .object({ id: z.union([z.number(), z.string()]).nullish(), email: Words, first_name: Words, last_name: Words })
    .nullish(),
  billing_address: Place,
  shipping_address: Place,
  line_items: z
    .array(z.object({ sku: Words, name: Words, title: Words, quantity: z.number().min(0).nullish() }))
    .nullish(),
})
type ShopifyOrder = z.infer<typeof ShopifyOrder>

/** Topics that carry the order as a whole. */
const orderTopics = /^orders\/(create|updated|edited|paid|fulfilled|partially_fulfilled|cancelled)$/

/** Reads a webhook of Shopify. */
export const readShopify: ReadWebhook = ({ topic, body, states }) => {
  if (!orderTopics.test(topic)) return { outcome: 'ignored', detail: topic }
  const read = ShopifyOrder.safeParse(body)
  if (!read.success) return { outcome: 'refused', detail: faultIn(read.error) }
  if (isTest(read.data)) return { outcome: 'ignored', detail: 'test notification' }
  const externalId = String(read.data.id)
  const status = statusOf(read.data, states)
  if (status === null) return { outcome: 'ignored', detail: 'state', externalId }
  if (typeof status === 'object') return { outcome: 'refused', detail: status.unknown, externalId }
  return toOrder(read.data, status)
}

/** What its states mean, as far as one of them alone says it. */
export const shopifyStates: Readonly<Record<string, OrderStatus>> = {
  pending: 'submitted',
  partially_paid: 'submitted',
  expired: 'submitted',
  authorized: 'confirmed',
  paid: 'paid',
  fulfilled: 'shipped',
  voided: 'cancelled',
  refunded: 'refunded',
}
/** These mean what they mean, whatever else the order is. */
export const fixedStates = ['voided', 'refunded']

/** Shopify's test notification has numbers that no order has: too long for a computer to read exactly. */
const isTest = ({ id }: ShopifyOrder) => typeof id === 'number' && !Number.isSafeInteger(id)

/** The later states say more than the earlier ones. `partially_refunded` leaves the order what it is. */
function statusOf(order: ShopifyOrder, states: StateMap): OrderStatus | null | { unknown: string } {
  const financial = order.financial_status ?? 'pending'
  const fulfilment = order.fulfillment_status ?? 'unfulfilled'
  if (financial === 'refunded') return 'refunded'
  if (order.cancelled_at || financial === 'voided') return 'cancelled'
  for (const own of [fulfilment, financial]) if (states[own] !== undefined) return states[own]
  const isPaid = financial === 'paid' || financial === 'partially_refunded'
  if (!isPaid && !isUnpaid.has(financial)) return { unknown: unknownState('financial_status', financial) }
  if (!isKnownFulfilment.has(fulfilment)) return { unknown: unknownState('fulfillment_status', fulfilment) }
  if (fulfilment === 'fulfilled') return order.closed_at ? 'completed' : 'shipped'
  if (isPaid) return 'paid'
  return financial === 'authorized' ? 'confirmed' : 'submitted'
}

const isUnpaid = new Set(['pending', 'authorized', 'partially_paid', 'expired', 'unpaid'])
const isKnownFulfilment = new Set(['unfulfilled', 'fulfilled', 'partial', 'restocked', 'scheduled', 'on_hold'])

function toOrder(order: ShopifyOrder, status: OrderStatus): ReturnType<ReadWebhook> {
  const externalId = String(order.id)
  const total = readDecimal(order.current_total_price ?? order.total_price, order.currency)
  if (total === undefined)
    return { outcome: 'refused', detail: `The total ${order.total_price} is no amount.`, externalId }
  const address = [order.email, order.customer?.email, order.phone].flatMap(
    (one) => Address.safeParse(one).data ?? [],
  )[0]
  const name = lineOf([order.customer?.first_name, order.customer?.last_name].filter(Boolean).join(' '), 120)
  const number = order.customer?.id
  const customer = {
    ...(number !== undefined && number !== null && { externalId: String(number) }),
    ...(address && { address }),
    ...(name && { name }),
  }
  const place = order.billing_address ?? order.shipping_address
  const put = PutOrder.safeParse({
    source: 'shopify',
    externalId,
    status,
    updatedAt: order.updated_at,
    ...(order.created_at && { placedAt: order.created_at }),
    ...(Object.keys(customer).length > 0 && { customer }),
    total,
    currency: order.currency,
    items: (order.line_items ?? []).slice(0, 100).map(({ sku, name, title, quantity }) => ({
      sku: lineOf(sku, 100),
      name: lineOf(name ?? title, 200),
      quantity: Math.ceil(quantity ?? 1),
    })),
    place: lineOf(place?.city, 120),
    country: lineOf(place?.country_code, 80),
    attributes: {
      ...(order.source_name && { sourceName: lineOf(order.source_name, 200) }),
      ...(order.tags && { tags: lineOf(order.tags, 200) }),
    },
  })
  if (put.success) return { outcome: 'stored', order: put.data }
  return { outcome: 'refused', detail: `${put.error.issues[0]?.path.join('.')} cannot be used.`, externalId }
}
