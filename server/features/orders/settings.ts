import {
  ChangeOrderSettings,
  CountLevels,
  InOrders,
  LevelCounts,
  LinkCustomers,
  LinkedCustomers,
  OrderSettings,
} from '../../../protocol/orders.ts'
import { recordAct } from '../../platform/audit.ts'
import { command, query } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { isAdministratorAsking, lockOrganization } from '../organization/index.ts'
import { awaitedSince, tellKnown } from './awaited.ts'
import { dropAwaited } from './awaited-store.ts'
import * as store from './customer-store.ts'
import { levelOf } from './decide.ts'
import { findShop } from './shop-store.ts'
import { lockOrders } from './store.ts'

export const getOrderSettings = query({
  name: 'order-settings.get',
  summary: 'What the organization has decided about orders and the levels of its customers. For administrators.',
  input: InOrders,
  output: OrderSettings,
  allow: isAdministratorAsking,
  run: async ({ tx }, { organizationId }) =>
    (await store.readSettings(tx, [organizationId])).get(organizationId) ?? store.defaultSettings,
})

export const changeOrderSettings = command({
  name: 'order-settings.change',
  summary:
    'Say whether people who order become contacts, what levels customers have, and whose days count. For ' +
    'administrators.',
  input: ChangeOrderSettings,
  output: OrderSettings,

  lock: ({ tx }, { organizationId }) => lockOrganization(tx, organizationId),
  allow: isAdministratorAsking,

  async run(ctx, { organizationId, makesContacts, levels, timeZone }) {
    const known = (await store.readSettings(ctx.tx, [organizationId])).get(organizationId) ?? store.defaultSettings
    const settings = {
      makesContacts: makesContacts ?? known.makesContacts,
      levels: levels ?? known.levels,
      timeZone: timeZone ?? known.timeZone,
    }
    await store.putSettings(ctx.tx, organizationId, settings)
    recordAct(ctx, { organizationId, act: 'order-settings.changed' })
    return settings
  },
})

/** A command, though it changes nothing: levels that are not saved yet are too much for the address of a query. */
export const countLevels = command({
  name: 'order-settings.count-levels',
  summary: 'How many customers would have which of these levels if they ordered now. For administrators.',
  input: CountLevels,
  output: LevelCounts,
  allow: isAdministratorAsking,

  async run({ tx }, { organizationId, levels }) {
    const names = levels.map(({ name }) => name)
    const counts = new Map<string, number>()
    for (const { customers, ...facts } of await store.groupCustomers(tx, organizationId, names)) {
      const level = levelOf(facts, levels)
      counts.set(level, (counts.get(level) ?? 0) + customers)
    }
    return { customers: names.map((name) => counts.get(name) ?? 0), without: counts.get('') ?? 0 }
  },
})

export const linkCustomers = command({
  name: 'order.link-customers',
  summary:
    'Tell which contacts a source’s customers are, whom it knows by numbers of its own; the orders there are become ' +
    'theirs. For administrators.',
  input: LinkCustomers,
  output: LinkedCustomers,

  lock: ({ tx }, { organizationId }) => lockOrders(tx, [organizationId]),
  allow: isAdministratorAsking,

  async run({ tx, now }, { organizationId, source, shopId, links }) {
    const shop = shopId === undefined ? undefined : await findShop(tx, shopId)
    if (shopId !== undefined && shop?.organizationId !== organizationId)
      throw new Refusal('shop.not-found', { path: 'shopId' })
    const present = await store.findPresent(
      tx,
      links.map(({ personId }) => ({ organizationId, personId })),
    )
    const known = new Set(present.map(({ personId }) => personId))
    const stranger = links.findIndex(({ personId }) => !known.has(personId))
    if (stranger >= 0) throw new Refusal('contact.not-found', { path: `links.${stranger}.personId` })
    await store.putNumbers(
      tx,
      links.map((link) => ({ ...link, organizationId, source, origin: shopId ?? '' })),
    )
    const linked = await store.linkOrders(tx, organizationId, source)
    const awaited = linked.flatMap((one) => (one.wasNobodys ? [{ organizationId, ...one }] : []))
    const since = awaitedSince(now).getTime()
    await dropAwaited(tx, awaited)
    await tellKnown(
      { tx, now },
      awaited.filter(({ changedAt }) => Date.parse(changedAt) >= since),
    )
    return { orders: linked.length }
  },
})
