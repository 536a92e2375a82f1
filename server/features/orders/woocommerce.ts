import { z } from 'zod'
import { PutOrder, type OrderStatus } from '../../../protocol/orders.ts'
import { Address } from '../../../protocol/identity.ts'
import { readDecimal } from './money.ts'
import { faultIn, lineOf, unknownState, type ReadWebhook } from './webhook.ts'

const Words = z.string().nullish()
const Party = z
  .object({ first_name: Words, last_name: Words, email: Words, phone: Words, country: Words, city: Words })
  .partial()
  .nullish()
/** What is read of an order of WooCommerce's REST API, versions 2 and 3; all else is passed over. */
const WooOrder = z.object({
  id: z.int(),
  status: z.string(),
  currency: z.string(),
  total: z.string(),
  date_modified_gmt: z.string(),
  date_created_gmt: Words,
  customer_id: z.int().nullish(),
  created_via: Words,
  billing: Party,
  shipping: Party,
  line_items: z.array(z.object({ sku: Words, name: Words, quantity: z.number().min(0).nullish() })).nullish(),
})
type WooOrder = z.infer<typeof WooOrder>

/** The states that WooCommerce has of itself. A draft is no order yet. */
export const wooStates: Readonly<Record<string, OrderStatus | null>> = {
  pending: 'submitted',
  failed: 'submitted',
  'on-hold': 'confirmed',
  processing: 'paid',
  completed: 'completed',
  cancelled: 'cancelled',
  refunded: 'refunded',
  'checkout-draft': null,
  'auto-draft': null,
  trash: null,
}

/** Reads a webhook of WooCommerce. */
export const readWooCommerce: ReadWebhook = ({ topic, body, states }) => {
  if (!/^order\.(created|updated|restored)$/.test(topic)) return { outcome: 'ignored', detail: topic }
  const read = WooOrder.safeParse(body)
  if (!read.success) return { outcome: 'refused', detail: faultIn(read.error) }
  const externalId = String(read.data.id)
  const own = read.data.status.replace(/^wc-/, '')
  const status = states[own] === undefined ? wooStates[own] : states[own]
  if (status === null) return { outcome: 'ignored', detail: own, externalId }
  if (status === undefined) return { outcome: 'refused', detail: unknownState('status', own), externalId }
  return toOrder(read.data, status)
}

/** WooCommerce writes UTC without saying so. */
const asUtc = (time: string) => (/(Z|[+-]\d{2}:\d{2})$/.test(time) ? time : `${time}Z`)

function toOrder(order: WooOrder, status: OrderStatus): ReturnType<ReadWebhook> {
  const externalId = String(order.id)
  const total = readDecimal(order.total, order.currency)
  if (total === undefined) return { outcome: 'refused', detail: `The total ${order.total} is no amount.`, externalId }
  const { billing, shipping } = order
  const address = [billing?.email, billing?.phone].flatMap((one) => Address.safeParse(one).data ?? [])[0]
  const name = lineOf([billing?.first_name, billing?.last_name].filter(Boolean).join(' '), 120)
  const customer = {
    // Guests have none.
    ...(order.customer_id && { externalId: String(order.customer_id) }),
    ...(address && { address }),
    ...(name && { name }),
  }
  const put = PutOrder.safeParse({
    source: 'woocommerce',
    externalId,
    status,
    updatedAt: asUtc(order.date_modified_gmt),
    ...(order.date_created_gmt && { placedAt: asUtc(order.date_created_gmt) }),
    ...(Object.keys(customer).length > 0 && { customer }),
    total,
    currency: order.currency,
    items: (order.line_items ?? []).slice(0, 100).map(({ sku, name: called, quantity }) => ({
      sku: lineOf(sku, 100),
      name: lineOf(called, 200),
      quantity: Math.ceil(quantity ?? 1),
    })),
    place: lineOf(billing?.city ?? shipping?.city, 120),
    country: lineOf(billing?.country ?? shipping?.country, 80),
    attributes: order.created_via ? { createdVia: lineOf(order.created_via, 200) } : {},
  })
  if (put.success) return { outcome: 'stored', order: put.data }
  return { outcome: 'refused', detail: `${put.error.issues[0]?.path.join('.')} cannot be used.`, externalId }
}
