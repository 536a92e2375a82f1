import { z } from 'zod'
import { Instant } from './ids.ts'
import { limits } from './limits.ts'
import { inOrganization, OrderStatus } from './orders.ts'
import { line } from './text.ts'

export const ShopKind = z.enum(['shopify', 'woocommerce'])
export type ShopKind = z.infer<typeof ShopKind>
const Secret = line({ min: 16, max: 200 })
const oneShop = { ...inOrganization, shopId: z.uuid() }
/** States of a shop's own, and what they mean here; null: nothing happens. */
const StateMap = z
  .record(line({ max: 60 }), OrderStatus.nullable())
  .refine((value) => Object.keys(value).length <= limits.shopStates, { error: 'Has too many states.' })

/** For Shopify the client secret of its app; for WooCommerce one is made where none is given. */
export const ConnectShop = z.strictObject({
  ...oneShop,
  kind: ShopKind,
  name: line({ max: 80 }),
  secret: Secret.optional(),
})
export const ChangeShop = z.strictObject({
  ...oneShop,
  name: line({ max: 80 }).optional(),
  /** The one before it is good for an hour more. */
  secret: Secret.optional(),
  states: StateMap.optional(),
})
export const RemoveShop = z.strictObject(oneShop)
export const Shop = z.object({
  id: z.uuid(),
  kind: ShopKind,
  name: z.string(),
  /** Where the shop sends its webhooks. */
  url: z.string(),
  states: z.record(z.string(), OrderStatus.nullable()),
  /** What the states mean that such shops have of themselves, where `states` says nothing else. */
  usualStates: z.record(z.string(), OrderStatus.nullable()),
  createdAt: Instant,
  lastAt: Instant.nullable(),
  /** Calls whose signature was wrong, since the secret was set. */
  forged: z.int(),
  refused: z.int(),
})
export type Shop = z.infer<typeof Shop>
/** The secret is told once. */
export const ConnectedShop = Shop.extend({ secret: z.string().nullable() })
export const ShopList = z.object({ shops: z.array(Shop) })

/** `stored`: see the order. `ignored`: nothing for us in it. `refused`: cannot be used as it is; `detail` says why. */
export const DeliveryOutcome = z.enum(['stored', 'known', 'ignored', 'refused', 'ping'])
export type DeliveryOutcome = z.infer<typeof DeliveryOutcome>
export const ShopDelivery = z.object({
  id: z.string(),
  topic: z.string(),
  at: Instant,
  outcome: DeliveryOutcome,
  detail: z.string(),
  externalId: z.string(),
  /** A state of the shop's own that `states` would have to say the meaning of. */
  unknownState: z.string().nullable(),
})
export type ShopDelivery = z.infer<typeof ShopDelivery>
export const ListDeliveries = z.strictObject({ ...oneShop, onlyRefused: z.boolean().default(false) })
/** The latest 100. */
export const DeliveryList = z.object({ deliveries: z.array(ShopDelivery) })
