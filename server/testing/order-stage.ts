import { pino } from 'pino'
import { v7 as uuidv7 } from 'uuid'
import type { z } from 'zod'
import type { Campaign, CouponList } from '../../protocol/coupons.ts'
import type { OrderDetails, OrderRule, PutRule } from '../../protocol/order-rules.ts'
import type { Order, OrderList, PutResult } from '../../protocol/orders.ts'
import { features } from '../all-features.ts'
import type { Tools } from '../platform/feature.ts'
import { createSeal } from '../platform/seal.ts'
import { readSettings } from '../platform/settings.ts'
import { settle } from './settle.ts'
import { openWorld, type World } from './world.ts'

export type Issued = z.infer<typeof CouponList>['coupons'][number]
/** A world with orders, rules and campaigns; what follows from a change happens when it is told to. */
export type OrderStage = World & {
  tools: Tools
  inside: { organizationId: string }
  put(...orders: object[]): Promise<PutResult[]>
  /** An active campaign without limits for a person. */
  begin(more?: object): Promise<Campaign>
  save(rule: object, more?: { ruleId?: string; version?: number }): Promise<OrderRule>
  react(): Promise<void>
  orderOf(externalId: string): Promise<OrderDetails>
  orders(): Promise<Order[]>
  /** What is held, by the numbers of the orders. */
  couponsOf(campaign: Campaign): Promise<Issued[]>
}

export async function openOrderStage(): Promise<OrderStage> {
  const world = await openWorld(features)
  const { database, clock } = world
  const seal = createSeal(new Uint8Array(32))
  const tools = { database, clock, seal, settings: readSettings([], {}), log: pino({ enabled: false }) }
  const inside = { organizationId: world.cast.organizationId }
  const all = features.find(({ name }) => name === 'orders')?.reactions ?? []
  const orders = async () => ((await world.ask('andrew', 'order.list', inside)) as z.infer<typeof OrderList>).orders
  return {
    ...world,
    tools,
    inside,
    async put(...orders) {
      const { results } = await world.act<{ results: PutResult[] }>('andrew', 'order.put', { ...inside, orders })
      return results
    },
    async begin(more = {}) {
      const value = { kind: 'percentage', percent: 10 }
      const made = { campaignId: uuidv7(), name: 'Thanks', title: 'Ten per cent', value, perPerson: null, ...more }
      const { id: campaignId } = await world.act<Campaign>('andrew', 'campaign.create', { ...inside, ...made })
      return world.act('andrew', 'campaign.set-state', { ...inside, campaignId, state: 'active' })
    },
    save(rule, { ruleId = uuidv7(), version = 0 } = {}) {
      const input = { ...inside, ruleId, version, rule }
      return world.act<OrderRule>('andrew', 'order-rule.put', input satisfies Partial<z.input<typeof PutRule>> | object)
    },
    react: () => settle(all, tools),
    orders,
    async orderOf(externalId) {
      const found = (await orders()).find((one) => one.externalId === externalId)
      return (await world.ask('andrew', 'order.get', { ...inside, orderId: found?.id })) as OrderDetails
    },
    async couponsOf({ id: campaignId }) {
      const list = (await world.ask('andrew', 'coupon.list', { ...inside, campaignId, limit: 200 })) as z.infer<
        typeof CouponList
      >
      return list.coupons
    },
  }
}

/** Each with a number and a customer of its own; what they are else may be said. */
export function createOrders() {
  let last = 0
  return (changes: object = {}) => ({
    source: 'web',
    externalId: `N${++last}`,
    status: 'shipped',
    total: 150_000,
    currency: 'EUR',
    country: 'Germany',
    customer: { address: `customer${last}@customers.example`, name: `Customer ${last}` },
    ...changes,
  })
}

/** For orders that are shipped, where nothing else is said. */
export const rule = (campaign: Campaign, changes: object = {}) => ({
  name: 'A rule',
  status: 'shipped',
  form: { join: 'all', conditions: [] },
  gifts: [{ campaignId: campaign.id }],
  ...changes,
})
export const form = (...conditions: object[]) => ({ form: { join: 'all', conditions } })

export const helpers = (stage: () => OrderStage) => ({
  pause: (one: OrderRule) =>
    stage().act('andrew', 'order-rule.set-active', { ...stage().inside, ruleId: one.id, isActive: false }),
  /** Who has got a coupon of it, by name. */
  holders: async (campaign: Campaign) =>
    (await stage().couponsOf(campaign)).map(({ holderName }) => holderName).toSorted(),
  outcomeOf: async (externalId: string, one: OrderRule) =>
    (await stage().orderOf(externalId)).decisions.find(({ ruleId }) => ruleId === one.id)?.outcome,
})
