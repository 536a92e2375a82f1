import { z } from 'zod'
import { Currency } from './currency.ts'
import { inOrganization } from './orders.ts'
import { line } from './text.ts'

export const OrderColumn = z.enum([
  'order',
  'status',
  'placedAt',
  'shippedAt',
  'updatedAt',
  'customer',
  'address',
  'name',
  'total',
  'currency',
  'place',
  'country',
  'sku',
  'attribute',
  'none',
])
export type OrderColumn = z.infer<typeof OrderColumn>
const file = {
  ...inOrganization,
  fileName: line({ max: 200 }),
  /** The file's bytes; see `limits.importBytes`. */
  content: z.base64(),
  /** The meaning of each column, in the file's order; detected where absent. */
  columns: z.array(OrderColumn).max(100).optional(),
  /** For rows that name none. */
  currency: Currency.default('EUR'),
}
export const OrderFault = z.object({
  line: z.int(),
  code: z.enum(['order.missing', 'status.unknown', 'date.bad', 'total.bad', 'currency.bad', 'address.bad', 'text.bad']),
  value: z.string(),
})
export type OrderFault = z.infer<typeof OrderFault>
export const PreviewOrders = z.strictObject(file)
export const OrderPreview = z.object({
  digest: z.string(),
  encoding: z.string(),
  delimiter: z.string(),
  columns: z.array(z.object({ heading: z.string(), meaning: OrderColumn, sample: z.string() })),
  rowCount: z.int(),
  counts: z.object({ orders: z.int(), faulty: z.int() }),
  states: z.record(z.string(), z.int()),
  faults: z.array(OrderFault),
})
export type OrderPreview = z.infer<typeof OrderPreview>
/** `rulesAct`: the orders are news, and rules give coupons for them. Else they are the past. */
export const ImportOrders = z.strictObject({
  ...file,
  importId: z.uuid(),
  digest: z.string().max(100),
  rulesAct: z.boolean().default(false),
})
export const GetOrderImport = z.strictObject({ ...inOrganization, importId: z.uuid() })
/** The import goes on while nobody looks; `done` of `total` rows. */
export const OrderImport = z.object({
  id: z.uuid(),
  state: z.enum(['running', 'done', 'failed']),
  done: z.int(),
  total: z.int(),
  /** New orders and changes of state, what was known already, and rows that were left out. */
  counts: z.object({ new: z.int(), changed: z.int(), known: z.int(), skipped: z.int() }),
})
export type OrderImport = z.infer<typeof OrderImport>
