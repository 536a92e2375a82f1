import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { v7 as uuidv7 } from 'uuid'
import type { Campaign } from '../../../protocol/coupons.ts'
import type { OrderImport, OrderPreview } from '../../../protocol/order-imports.ts'
import type { OrderDetails, OrderRule, OrderRun } from '../../../protocol/order-rules.ts'
import type { OrganizationId } from '../../../protocol/ids.ts'
import type { Order, OrderStatus } from '../../../protocol/orders.ts'
import type { Shop, ShopDelivery } from '../../../protocol/shops.ts'
import { features } from '../../all-features.ts'
import { makeCast, type Cast } from '../../testing/cast.ts'
import { bytes, secret, shopifyOrder, sign, wooHeaders, wooOrder } from '../../testing/shop-orders.ts'
import { openSite, type From, type Site } from '../../testing/site.ts'
import { hashToken } from '../identity/index.ts'
import { readVersions } from './rule-store.ts'
import { until as untilFound } from '../../../e2e/support/until.ts'

let site: Site
let cast: Cast
let inside: { organizationId: string }
let from: From
before(async () => {
  site = await openSite(features)
  cast = await makeCast(site.database)
  inside = { organizationId: cast.organizationId }
  from = { token: `session-${uuidv7()}` }
  await site.database.transaction(
    (tx) => tx`
      insert into device (id, person_id, name, class, token_hash, created_at, seen_at)
      values (${uuidv7()}, ${cast.andrew.personId}, 'Test', 'mobile', ${hashToken(from.token ?? '')}, ${site.clock()},
        ${site.clock()})`,
  )
})
after(() => site[Symbol.asyncDispose]())

const act = <T>(name: string, input: object) => site.act<T>(name, { ...inside, ...input }, from)

type Sent = { body: Uint8Array<ArrayBuffer>; headers: Record<string, string>; shop: Shop }
async function send({ body, headers, shop }: Sent): Promise<{ status: number; outcome?: string; code?: string }> {
  const path = new URL(shop.url).pathname
  const answer = await fetch(`${site.url}${path}`, { method: 'POST', body, headers })
  return { status: answer.status, ...((await answer.json()) as object) }
}
const connect = async (kind: string, more: object = {}) =>
  act<Shop & { secret: string | null }>('shop.connect', { shopId: uuidv7(), kind, name: kind, secret, ...more })

let calls = 0
const shopify = (shop: Shop, order: object, more: { topic?: string; id?: string; key?: string } = {}) => {
  const body = bytes(order)
  const headers = {
    'content-type': 'application/json',
    'x-shopify-topic': more.topic ?? 'orders/updated',
    'x-shopify-webhook-id': more.id ?? `call-${++calls}`,
    'x-shopify-hmac-sha256': sign(body, more.key),
  }
  return { body, headers, shop }
}
const woo = (shop: Shop, order: object, topic = 'order.updated') => {
  const body = bytes(order)
  return { body, headers: wooHeaders(body, { topic, id: `delivery-${++calls}` }), shop }
}
const deliveriesOf = async ({ id: shopId }: Shop, onlyRefused = false) =>
  (await act<{ deliveries: ShopDelivery[] }>('shop.deliveries', { shopId, ...(onlyRefused && { onlyRefused }) }))
    .deliveries
const orders = async (source: string) => (await act<{ orders: Order[] }>('order.list', { source })).orders

/** Asks again until it is so. */
async function until<T>(ask: () => Promise<T>, isSo: (answer: T) => boolean): Promise<T> {
  const { answer } = await untilFound(async () => {
    const answer = await ask()
    return isSo(answer) && { answer }
  }, 'what follows has been done')
  return answer
}

test('K-11 Shopify tells of an order: signed over the raw body, once, in any order', async () => {
  const shop = await connect('shopify')
  assert.equal(shop.secret, null, 'a secret that was given is not told again')
  assert.deepEqual(await send(shopify(shop, shopifyOrder(), { id: 'first' })), { status: 200, outcome: 'stored' })
  assert.deepEqual(await send(shopify(shop, shopifyOrder(), { id: 'first' })), { status: 200, outcome: 'known' })
  const shipped = shopifyOrder({ fulfillment_status: 'fulfilled', updated_at: '2026-05-14T11:00:00-04:00' })
  assert.equal((await send(shopify(shop, shipped))).outcome, 'stored')
  const earlier = shopifyOrder({ financial_status: 'authorized', updated_at: '2026-05-14T08:00:00-04:00' })
  assert.equal((await send(shopify(shop, earlier))).outcome, 'stored')
  const [order] = await orders('shopify')
  assert.equal(order?.status, 'shipped')
  assert.equal(order?.total, 19_965)
  assert.equal(order?.country, 'DE')
  assert.equal(order?.customerName, 'Jon Snow')
  const { history } = await act<OrderDetails>('order.get', { orderId: order?.id })
  assert.deepEqual(
    history.map(({ status }) => status),
    ['confirmed', 'paid', 'shipped'],
  )
  const test = bytes(JSON.stringify(shopifyOrder({ id: 1 })).replace('"id":1,', '"id":820982911946154508,'))
  const signed = { 'x-shopify-hmac-sha256': sign(test), 'x-shopify-webhook-id': 'test' }
  const sound = shopify(shop, {})
  assert.equal((await send({ ...sound, body: test, headers: { ...sound.headers, ...signed } })).outcome, 'ignored')
})

test('K-11 no order is lost for what was typed into the shop', async () => {
  const shop = await connect('shopify')
  const typed = {
    id: 'typed',
    financial_status: 'expired',
    customer: { id: 7, first_name: ' ', last_name: `${'x'.repeat(119)}😀` },
    billing_address: { country_code: 'DE', city: ' Bad\nHomburg\0' },
    line_items: [{ sku: ' TEA ', name: 'Tea\r\n\tgreen', quantity: 0.5 }],
    tags: 'a,\nb',
  }
  assert.equal((await send(shopify(shop, shopifyOrder(typed)))).outcome, 'stored')
  const found = (await orders('shopify')).find(({ externalId }) => externalId === 'typed')
  const { status, place, items, attributes } = await act<OrderDetails>('order.get', { orderId: found?.id })
  assert.deepEqual([status, place, attributes.tags], ['submitted', 'Bad Homburg', 'a, b'])
  assert.deepEqual(items, [{ sku: 'TEA', name: 'Tea green', quantity: 1 }])
  const links = { source: 'shopify', links: [{ externalId: '7', personId: cast.nancy.personId }] }
  assert.deepEqual(await act('order.link-customers', links), { orders: 0 }, 'not the number of a shop')
  assert.deepEqual(await act('order.link-customers', { ...links, shopId: shop.id }), { orders: 1 })
  assert.equal((await send(shopify(shop, shopifyOrder({ updated_at: '2300-01-01T00:00:00Z' })))).outcome, 'refused')
})

test('K-11 a body that was changed, zipped or signed with another secret is refused, and counted', async () => {
  const shop = await connect('shopify')
  const sound = shopify(shop, shopifyOrder({ id: 'forged' }))
  const tampered = bytes(Buffer.from(sound.body).toString().replace('199.65', '999.65'))
  const spaced = bytes(`${Buffer.from(sound.body).toString()} `)
  const zipped = new Uint8Array(gzipSync(sound.body))
  for (const body of [tampered, spaced, zipped, bytes('')])
    assert.equal((await send({ ...sound, body })).code, 'shop.signature-wrong')
  const zippedHeaders = { ...sound.headers, 'content-encoding': 'gzip' }
  assert.equal((await send({ ...sound, body: zipped, headers: zippedHeaders })).status, 401)
  assert.equal((await send(shopify(shop, shopifyOrder(), { key: 'another-secret-of-it' }))).status, 401)
  const { 'x-shopify-hmac-sha256': _signature, ...unsigned } = sound.headers
  assert.equal((await send({ ...sound, headers: unsigned })).status, 401)
  const { shops } = await act<{ shops: Shop[] }>('shop.list', {})
  assert.equal(shops.find(({ id }) => id === shop.id)?.forged, 7)
  assert.deepEqual(await deliveriesOf(shop), [])
  for (const url of [shop.url.replace(shop.id, uuidv7()), shop.url.replace('shopify', 'woocommerce')])
    assert.equal((await send({ ...sound, shop: { ...shop, url } })).status, 404)
  assert.equal((await send(sound)).outcome, 'stored', 'what was refused hinders nothing')
})

test('K-11 a secret that was exchanged is good for an hour more; calls are known for a month', async () => {
  const shop = await connect('shopify')
  await act('shop.change', { shopId: shop.id, secret: 'the-next-secret-of-it' })
  const order = shopifyOrder({ id: 'rotated' })
  assert.equal((await send(shopify(shop, order))).status, 200)
  assert.equal((await send(shopify(shop, order, { key: 'the-next-secret-of-it' }))).status, 200)
  site.clock.advance(3_600_000)
  assert.equal((await send(shopify(shop, order))).status, 401)
  assert.equal((await send(shopify(shop, order, { key: 'the-next-secret-of-it' }))).status, 200)
  assert.equal((await deliveriesOf(shop)).length, 3)
  site.clock.advance(31 * 24 * 3_600_000)
  assert.equal((await send(shopify(shop, order, { key: 'the-next-secret-of-it' }))).status, 200)
  assert.equal((await deliveriesOf(shop)).length, 1, 'calls of the month before are forgotten')
  await act('shop.remove', { shopId: shop.id })
  assert.equal((await send(shopify(shop, order, { key: 'the-next-secret-of-it' }))).status, 404)
})

test('K-11 WooCommerce: its ping is no order; states are mapped, or refused into a list, where they can be mapped', async () => {
  const shop = await connect('woocommerce', { secret: undefined })
  assert.match(shop.secret ?? '', /^[\w-]{32}$/)
  await act('shop.change', { shopId: shop.id, secret })
  const ping = { 'content-type': 'application/x-www-form-urlencoded' }
  assert.deepEqual(await send({ shop, headers: ping, body: bytes('webhook_id=42') }), { status: 200, outcome: 'ping' })
  assert.equal((await send(woo(shop, wooOrder()))).outcome, 'stored')
  const [order] = await orders('woocommerce')
  assert.deepEqual(
    [order?.status, order?.total, order?.customerName, order?.country],
    ['paid', 2_935, 'Ada Lovelace', 'GB'],
  )
  const packed = wooOrder({ status: 'packed', date_modified_gmt: '2026-05-14T10:00:00' })
  assert.equal((await send(woo(shop, packed))).outcome, 'refused')
  assert.equal((await send(woo(shop, wooOrder({ status: 'checkout-draft' })))).outcome, 'ignored')
  assert.equal((await send(woo(shop, { id: 1 }))).outcome, 'refused')
  assert.equal((await send(woo(shop, wooOrder(), 'product.updated'))).outcome, 'ignored')
  const refused = await deliveriesOf(shop, true)
  assert.deepEqual(refused.map(({ detail }) => detail).toSorted(), [
    'This order lacks status, or it cannot be read.',
    'status packed',
  ])
  assert.deepEqual(
    refused.flatMap(({ unknownState }) => unknownState ?? []),
    ['packed'],
  )
  const changed = await act<Shop>('shop.change', { shopId: shop.id, states: { 'wc-packed': 'confirmed', trash: null } })
  assert.deepEqual(changed.states, { packed: 'confirmed', trash: null }, 'known by the name that its webhooks use')
  assert.equal(changed.usualStates['on-hold'], 'confirmed')
  const other = await connect('shopify')
  const fixed = { ...inside, shopId: other.id, states: { refunded: 'paid' } }
  assert.equal((await site.refuse('shop.change', fixed, from)).code, 'shop.state-fixed')
  assert.equal((await send(woo(shop, packed))).outcome, 'stored')
  assert.equal((await orders('woocommerce'))[0]?.status, 'confirmed')
  // What the shop tells within one second has one id.
  const guest = { first_name: 'Grace', email: 'grace@customers.example' }
  const [one, next] = [woo(shop, wooOrder({ id: 728 })), woo(shop, wooOrder({ id: 729, billing: guest }))]
  next.headers['x-wc-webhook-delivery-id'] = one.headers['x-wc-webhook-delivery-id']
  const outcomes = [await send(one), await send(next), await send(one)].map(({ outcome }) => outcome)
  assert.deepEqual(outcomes, ['stored', 'stored', 'known'])
  const names = (await orders('woocommerce')).map(({ externalId, customerName }) => `${externalId} ${customerName}`)
  assert.deepEqual(names.toSorted(), ['727 Ada Lovelace', '728 Ada Lovelace', '729 Grace'], 'guests are not one')
})

test('K-11 what cannot be stored now is a fault, and the same call is stored when it comes again', async () => {
  const shop = await connect('shopify')
  const call = shopify(shop, shopifyOrder({ id: 'later' }))
  await site.database.transaction((tx) => tx`alter table order_entry rename to order_entry_away`)
  const { status } = await send(call)
  await site.database.transaction((tx) => tx`alter table order_entry_away rename to order_entry`)
  assert.equal(status, 500)
  assert.deepEqual(await deliveriesOf(shop), [])
  assert.equal((await send(call)).outcome, 'stored')
})

const northwind = readFileSync(join(import.meta.dirname, '../../samples/orders.csv'))
const file = { fileName: 'orders.csv', content: northwind.toString('base64'), currency: 'USD' }

async function importOrders(rulesAct: boolean): Promise<OrderImport> {
  const { digest } = await act<OrderPreview>('order.preview-import', file)
  const importId = uuidv7()
  await act('order.import', { ...file, importId, digest, rulesAct })
  return until(
    () => act<OrderImport>('order.get-import', { importId }),
    ({ state }) => state !== 'running',
  )
}

async function begin(more: object = {}) {
  const value = { kind: 'percentage', percent: 10 }
  const made = { campaignId: uuidv7(), name: 'Ten', title: 'Ten per cent', value, perPerson: null, ...more }
  const { id: campaignId } = await act<Campaign>('campaign.create', made)
  return act<Campaign>('campaign.set-state', { campaignId, state: 'active' })
}

test('K-01 K-12 a list of 830 orders: a dry run, a live run and the changes themselves find the same 72', async () => {
  const [live, told] = [await begin(), await begin()]
  const rule = (campaign: Campaign) => ({
    name: 'Large orders from Germany',
    status: 'shipped',
    form: {
      join: 'all',
      conditions: [
        { field: 'country', operator: 'is', values: ['Germany'] },
        { field: 'total', operator: 'above', amount: 100_000, currency: 'USD' },
        { field: 'source', operator: 'is', values: ['import'] },
      ],
    },
    gifts: [{ campaignId: campaign.id }],
  })
  const preview = await act<OrderPreview>('order.preview-import', file)
  assert.deepEqual(preview.states, { shipped: 809, confirmed: 21 })
  assert.deepEqual(preview.counts, { orders: 830, faulty: 0 })
  const past = await importOrders(false)
  assert.deepEqual(past.counts, { new: 830, changed: 0, known: 0, skipped: 0 })
  assert.deepEqual((await importOrders(false)).counts, { new: 0, changed: 0, known: 830, skipped: 0 })
  const run = async (mode: 'dry' | 'live', content: object, ruleId: string | null) => {
    const runId = uuidv7()
    await act('order-run.start', { runId, mode, rule: content, ruleId })
    return until(
      () => act<OrderRun>('order-run.get', { runId }),
      ({ state }) => state !== 'running',
    )
  }
  const dry = await run('dry', rule(live), null)
  assert.equal(dry.counts.given, 72)
  assert.equal(dry.counts.looked, 810, 'the one of Shopify too')
  assert.equal(dry.sample.length, 20)
  const ruleId = uuidv7()
  const refused = await site.refuse(
    'order-run.start',
    { ...inside, runId: uuidv7(), mode: 'live', rule: rule(live), ruleId },
    from,
  )
  assert.equal(refused.code, 'order-rule.inactive')
  await act<OrderRule>('order-rule.put', { ruleId, version: 0, rule: rule(live) })
  assert.equal((await run('live', rule(live), ruleId)).counts.given, 72)
  const again = await run('live', rule(live), ruleId)
  assert.deepEqual([again.counts.given, again.counts.before], [0, 72])
  const issued = async ({ id: campaignId }: Campaign) =>
    (await act<Campaign>('campaign.get', { campaignId })).counts.issued
  assert.equal(await issued(live), 72)
  await rehearseLimits()
  /** By what the limits leave, over more than one portion of orders: what is tried is what is given. */
  async function rehearseLimits() {
    const [few, more] = [await begin({ stock: 20 }), await begin({ perPerson: 3 })]
    const limits = { total: 28, perPerson: 8, budget: { amount: 3_500, each: 100, currency: 'EUR' } }
    const limited = { ...rule(few), gifts: [{ campaignId: more.id }, { campaignId: few.id }], limits }
    const asked = uuidv7()
    await act<OrderRule>('order-rule.put', { ruleId: asked, version: 0, rule: limited })
    const tried = (await run('dry', limited, asked)).counts
    assert.deepEqual([await issued(few), await issued(more)], [0, 0], 'a dry run gives nothing')
    const given = (await run('live', limited, asked)).counts
    assert.deepEqual(tried, given)
    assert.equal(given.coupons, (await issued(few)) + (await issued(more)))
    assert.equal(await issued(few), 20)
    assert.equal(given.given, 28)
    assert.equal(given.met, 72)
    assert.equal(given.limited, 72 - given.given)
    const after = (await run('dry', limited, asked)).counts
    assert.deepEqual([after.given, after.before, after.limited], [0, given.given, given.limited])
    assert.deepEqual(Object.keys(given.cuts).toSorted(), ['campaign-person', 'limit-total'])
    await act('order-rule.set-active', { ruleId: asked, isActive: false })
  }
  // The same orders as news, in an organization that does not know them yet: the changes themselves bring as many.
  await site.database.transaction(async (tx) => {
    await tx`delete from order_entry`
    await tx`delete from customer_order`
    await tx`delete from order_issue`
  })
  await act('order-rule.set-active', { ruleId, isActive: false })
  await act('order-rule.put', { ruleId: uuidv7(), version: 0, rule: rule(told) })
  assert.deepEqual((await importOrders(true)).counts, past.counts)
  await until(
    () => act<{ lagMs: number; rules: OrderRule[] }>('order-rule.list', {}),
    ({ rules }) => rules.filter(({ given }) => given === 72).length === 2,
  )
  await until(
    () => issued(told),
    (count) => count >= 72,
  )
  assert.equal(await issued(told), 72)
})

test('K-11 a list with faults: each is named by its line, and the others are imported as what is past', async () => {
  const list = [
    'Bestellnummer;Datum;Status;Kunde;Summe;Währung;E-Mail',
    'A1;14.05.2026;bezahlt;1;1.234,50;EUR;a@customers.example',
    ';14.05.2026;bezahlt;1;1,00;EUR;',
    'A2;32.13.2026;bezahlt;1;1,00;EUR;',
    'A3;14.05.2026;verpackt;1;1,00;EUR;',
    'A4;14.05.2026;bezahlt;1;viel;EUR;',
    'A5;14.05.2026;bezahlt;1;1,00;Euro;',
    'A6;14.05.2026;bezahlt;1;1,00;EUR;nobody',
    'A7;31.02.2026;bezahlt;1;1,00;EUR;',
    'A8;28.02.2026;bezahlt;1;12,345;KWD;k@customers.example',
  ].join('\n')
  const input = { fileName: 'list.csv', content: Buffer.from(list).toString('base64') }
  const { faults, counts, digest } = await act<OrderPreview>('order.preview-import', input)
  assert.deepEqual(
    faults.map(({ line, code }) => [line, code]),
    [
      [3, 'order.missing'],
      [4, 'date.bad'],
      [5, 'status.unknown'],
      [6, 'total.bad'],
      [7, 'currency.bad'],
      [8, 'address.bad'],
      [9, 'date.bad'],
    ],
  )
  assert.deepEqual(counts, { orders: 2, faulty: 7 })
  const other = { ...inside, ...input, importId: uuidv7(), digest: 'another' }
  assert.equal((await site.refuse('order.import', other, from)).code, 'import.changed')
  const { ruleId, issued } = await ruleForPaid()
  const importId = uuidv7()
  await act('order.import', { ...input, importId, digest })
  const done = await until(
    () => act<OrderImport>('order.get-import', { importId }),
    ({ state }) => state === 'done',
  )
  assert.deepEqual(done.counts, { new: 2, changed: 0, known: 0, skipped: 7 })
  const [dinars] = (await act<{ orders: Order[] }>('order.list', { search: 'A8' })).orders
  assert.equal(dinars?.total, 12_345, 'of a currency with thousandths')
  const [order] = (await act<{ orders: Order[] }>('order.list', { search: 'A1' })).orders
  assert.deepEqual([order?.status, order?.total], ['paid', 123_450])
  const customer = { address: 'news@customers.example' }
  await act('order.put', {
    orders: [{ source: 'import', externalId: 'news', status: 'paid', total: 1, currency: 'EUR', customer }],
  })
  await until(issued, (count) => count > 0)
  assert.equal(await issued(), 1, 'what is news brings something, and what was before it in the log did not')
  await act('order-rule.set-active', { ruleId, isActive: false })
  const nothing = { ...inside, fileName: 'x.csv', content: Buffer.from('Name\nx\n').toString('base64') }
  assert.equal((await site.refuse('order.preview-import', nothing, from)).code, 'import.unreadable')
})

async function ruleForPaid() {
  const { id: campaignId } = await begin()
  const ruleId = uuidv7()
  const content = { name: 'Paid', status: 'paid', form: { join: 'all', conditions: [] }, gifts: [{ campaignId }] }
  await act('order-rule.put', { ruleId, version: 0, rule: content })
  const issued = async () => (await act<Campaign>('campaign.get', { campaignId })).counts.issued
  return { ruleId, issued }
}

test('K-01 K-02 K-08 rules are looked up by organization and by the state they wait for', async () => {
  const { ruleId } = await ruleForPaid()
  const since = new Date(0).toISOString()
  const { organizationId, otherOrganizationId } = cast
  const found = (asked: OrganizationId, status: OrderStatus) =>
    site.database.read((tx) => readVersions(tx, [asked], { statuses: [status], since }))
  const isFound = async (asked: OrganizationId, status: OrderStatus) =>
    (await found(asked, status)).some((one) => one.ruleId === ruleId)
  assert.equal(await isFound(organizationId, 'paid'), true)
  assert.equal(await isFound(organizationId, 'shipped'), false)
  assert.equal(await isFound(otherOrganizationId, 'paid'), false)
})
