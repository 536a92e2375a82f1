import { createHmac } from 'node:crypto'

export const secret = 'a-secret-of-the-shop'
export const sign = (body: Uint8Array | string, key = secret) => createHmac('sha256', key).update(body).digest('base64')
export const bytes = (value: unknown) =>
  new Uint8Array(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)))

/** An order as Shopify tells it. */
export const shopifyOrder = (changes: object = {}) => ({
  id: 820982911946154508n.toString(),
  updated_at: '2026-05-14T09:00:00-04:00',
  created_at: '2026-05-13T09:00:00-04:00',
  cancelled_at: null,
  closed_at: null,
  financial_status: 'paid',
  fulfillment_status: null,
  currency: 'EUR',
  total_price: '199.65',
  email: 'jon@customers.example',
  customer: { id: 115310627314723950n.toString(), first_name: 'Jon', last_name: 'Snow' },
  billing_address: { country_code: 'DE', city: 'Berlin' },
  line_items: [{ sku: 'IPOD', name: 'iPod', quantity: 1 }],
  note: 'grüße',
  ...changes,
})
/** An order as WooCommerce tells it. */
export const wooOrder = (changes: object = {}) => ({
  id: 727,
  status: 'processing',
  currency: 'EUR',
  total: '29.35',
  date_modified_gmt: '2026-05-14T09:00:00',
  date_created_gmt: '2026-05-13T09:00:00',
  customer_id: 0,
  billing: { first_name: 'Ada', last_name: 'Lovelace', email: 'ada@customers.example', country: 'GB', city: 'London' },
  line_items: [{ sku: 'TEA', name: 'Tea', quantity: 2 }],
  ...changes,
})
/** What WooCommerce says of a call besides its body. */
export const wooHeaders = (body: Uint8Array, { topic, id }: { topic: string; id: string }) => ({
  'content-type': 'application/json',
  'x-wc-webhook-topic': topic,
  'x-wc-webhook-delivery-id': id,
  'x-wc-webhook-signature': sign(body),
})
