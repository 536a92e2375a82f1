/** An order as WooCommerce tells of it. */
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
