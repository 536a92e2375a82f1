import { randomBytes } from 'node:crypto'
import { Nothing } from '../../../protocol/conversations.ts'
import { InOrders } from '../../../protocol/orders.ts'
import {
  ChangeShop,
  ConnectedShop,
  ConnectShop,
  DeliveryList,
  ListDeliveries,
  RemoveShop,
  Shop,
  ShopList,
} from '../../../protocol/shops.ts'
import { limits } from '../../../protocol/limits.ts'
import { recordAct } from '../../platform/audit.ts'
import { command, query, type Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { publicUrl } from '../../platform/server-settings.ts'
import { isAdministratorAsking, lockOrganization } from '../organization/index.ts'
import { HOOKS } from './hooks.ts'
import { fixedStates, shopifyStates } from './shopify.ts'
import * as store from './shop-store.ts'
import { unknownStateIn } from './webhook.ts'
import { wooStates } from './woocommerce.ts'

const SECRET_BYTES = 24
/** What is on its way when the secret is exchanged was signed with the one before it. */
const PREVIOUS_MS = 3_600_000

export const connectShop = command({
  name: 'shop.connect',
  summary: 'Connect a shop of Shopify or WooCommerce, which then tells of its orders by webhooks. For administrators.',
  input: ConnectShop,
  output: ConnectedShop,

  lock: ({ tx }, { organizationId }) => lockOrganization(tx, organizationId),
  allow: isAdministratorAsking,

  async run(ctx, { organizationId, shopId, kind, name, secret: given }) {
    const { tx, now, seal } = ctx
    const known = await store.findShop(tx, shopId)
    if (known) return { ...toShop(ctx, ownOnly(known, organizationId)), secret: null }
    if ((await store.listShops(tx, organizationId)).length >= limits.shopsPerOrganization)
      throw new Refusal('shop.limit')
    if (kind === 'shopify' && given === undefined) throw new Refusal('shop.secret-needed', { path: 'secret' })
    const secret = given ?? randomBytes(SECRET_BYTES).toString('base64url')
    const made = { id: shopId, organizationId, kind, name, secret: seal.seal(secret) }
    if (!(await store.insertShop(tx, made, now))) throw new Refusal('shop.not-found', { path: 'shopId' })
    recordAct(ctx, { organizationId, act: 'shop.connected', thingId: shopId, facts: { kind } })
    const row = ownOnly(await store.findShop(tx, shopId), organizationId)
    return { ...toShop(ctx, row), secret: given === undefined ? secret : null }
  },
})

export const listShops = query({
  name: 'shop.list',
  summary: 'The shops that tell of their orders. For administrators.',
  input: InOrders,
  output: ShopList,
  allow: isAdministratorAsking,
  run: async (ctx, { organizationId }) => ({
    shops: (await store.listShops(ctx.tx, organizationId)).map((row) => toShop(ctx, row)),
  }),
})

export const changeShop = command({
  name: 'shop.change',
  summary:
    'Give a shop another name or secret, or say what its own states mean. The secret before it is good for an hour ' +
    'more. For administrators.',
  input: ChangeShop,
  output: Shop,

  lock: ({ tx }, { organizationId }) => lockOrganization(tx, organizationId),
  allow: isAdministratorAsking,

  async run(ctx, { organizationId, shopId, name, secret, states }) {
    const { tx, now, seal } = ctx
    const known = ownOnly(await store.findShop(tx, shopId), organizationId)
    const meant = states ? ownStates(known.kind, states) : known.states
    await store.updateShop(tx, { id: shopId, name: name ?? known.name, states: meant })
    if (secret !== undefined && secret !== seal.open(known.secret))
      await store.replaceSecret(tx, shopId, { secret: seal.seal(secret), until: new Date(now.getTime() + PREVIOUS_MS) })
    const facts = { fields: [name && 'name', secret && 'secret', states && 'states'].filter(Boolean).join(' ') }
    recordAct(ctx, { organizationId, act: 'shop.changed', thingId: shopId, facts })
    return toShop(ctx, ownOnly(await store.findShop(tx, shopId), organizationId))
  },
})

export const removeShop = command({
  name: 'shop.remove',
  summary: 'Hear a shop no more. Its orders stay. For administrators.',
  input: RemoveShop,
  output: Nothing,

  lock: ({ tx }, { organizationId }) => lockOrganization(tx, organizationId),
  allow: isAdministratorAsking,

  async run(ctx, { organizationId, shopId }) {
    ownOnly(await store.findShop(ctx.tx, shopId), organizationId)
    await store.removeShop(ctx.tx, shopId, ctx.now)
    recordAct(ctx, { organizationId, act: 'shop.removed', thingId: shopId })
    return {}
  },
})

export const listShopDeliveries = query({
  name: 'shop.deliveries',
  summary: 'What a shop has sent lately, and what became of it. For administrators.',
  input: ListDeliveries,
  output: DeliveryList,
  allow: isAdministratorAsking,

  async run({ tx }, { organizationId, shopId, onlyRefused }) {
    ownOnly(await store.findShop(tx, shopId), organizationId)
    const rows = await store.listDeliveries(tx, shopId, { onlyRefused })
    return { deliveries: rows.map((row) => ({ ...row, unknownState: unknownStateIn(row) })) }
  },
})

/** As the reader of webhooks looks them up. What cannot be meant otherwise is refused. */
function ownStates(kind: Shop['kind'], states: Shop['states']): Shop['states'] {
  if (kind === 'woocommerce')
    return Object.fromEntries(Object.entries(states).map(([own, meaning]) => [own.replace(/^wc-/, ''), meaning]))
  const fixed = fixedStates.find((own) => states[own] !== undefined)
  if (fixed) throw new Refusal('shop.state-fixed', { path: `states.${fixed}` })
  return states
}

/** A shop of another organization is as good as none. */
function ownOnly(row: store.SecretRow | undefined, organizationId: string): store.SecretRow {
  if (row?.organizationId !== organizationId) throw new Refusal('shop.not-found', { path: 'shopId' })
  return row
}

function toShop({ settings }: Context, { id, kind, name, states, createdAt, lastAt, forged, refused }: store.ShopRow) {
  const usualStates = kind === 'shopify' ? shopifyStates : wooStates
  const url = `${settings.get(publicUrl)}${HOOKS}/${kind}/${id}`
  return { id, kind, name, url, states, usualStates, createdAt, lastAt, forged, refused }
}
