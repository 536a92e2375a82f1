import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { v7 as uuidv7 } from 'uuid'
import type { Campaign } from '../../../protocol/coupons.ts'
import { limits } from '../../../protocol/limits.ts'
import type { OrderRule } from '../../../protocol/order-rules.ts'
import { LevelCounts, orderStates } from '../../../protocol/orders.ts'
import { settle } from '../../testing/settle.ts'
import { createOrders, form, helpers, openOrderStage, rule, type OrderStage } from '../../testing/order-stage.ts'
import { applyRules } from './apply-rules.ts'
import { tellChanges } from './tell-changes.ts'

let stage: OrderStage
before(async () => {
  stage = await openOrderStage()
})
after(() => stage[Symbol.asyncDispose]())
const order = createOrders()

const ruleNow = async ({ id }: OrderRule) => {
  const { rules } = (await stage.ask('andrew', 'order-rule.list', stage.inside)) as { rules: OrderRule[] }
  return rules.find((known) => known.id === id) ?? assert.fail('there is no such rule')
}
const unsaved = (content: object) => ({ ...stage.inside, ruleId: uuidv7(), version: 0, rule: content })
const { pause, holders, outcomeOf } = helpers(() => stage)
const messages = async () =>
  stage.database.read(
    (tx) => tx<{ name: string; body: { orderId: string; from: string | null } }>`
      select name, body from event where name = any(${orderStates.map((status) => `order.${status}`)}::text[])
      order by transaction_id, id`,
  )

test('K-01 K-13 an order that meets a rule brings its customer the coupon once; others get nothing', async () => {
  const campaign = await stage.begin()
  const above = { field: 'total', operator: 'above', amount: 100_000, currency: 'EUR' }
  const one = await stage.save(rule(campaign, form({ field: 'country', operator: 'is', values: ['Germany'] }, above)))
  assert.equal(one.compiled, '(order.country in ["DE"]) && (order.currency == "EUR" && order.total > 100000)')
  const met = order()
  const others = [
    order({ country: 'FR' }),
    order({ total: 100_000 }),
    order({ currency: 'USD' }),
    order({ status: 'paid' }),
    order({ country: '' }),
    order({ customer: undefined }),
  ]
  await stage.put(met, ...others)
  await stage.react()
  await stage.put(met)
  await stage.put({ ...met, status: 'paid' }, met)
  await stage.react()
  assert.deepEqual(await holders(campaign), ['Customer 1'])
  assert.equal((await ruleNow(one)).given, 1, 'an order that comes to its state again brings nothing again')
  assert.equal(await outcomeOf('N1', one), 'given')
  assert.equal(await outcomeOf('N2', one), 'not-met')
  assert.equal(await outcomeOf('N6', one), 'missing', 'what is not there is an error and never met')
  assert.equal(await outcomeOf('N7', one), 'no-customer')
  const [seen] = (await stage.orderOf('N2')).decisions
  assert.deepEqual(
    seen?.checks.map(({ result, seen: value }) => [result, value]),
    [
      ['not-met', 'FR'],
      ['met', '150000 EUR'],
    ],
  )
  await pause(one)
  await stage.put(order())
  await stage.react()
  assert.equal((await holders(campaign)).length, 1, 'a paused rule does nothing')
})

test('K-01 the coupon lands in the booklet and in a message of the rule’s sender, filled for its customer', async () => {
  const campaign = await stage.begin()
  const message = 'Thank you, {{ first_name }}.'
  const one = await stage.save(rule(campaign, { message, senderId: stage.cast.nancy.personId }))
  await stage.put(order({ customer: { address: 'ana@customers.example', name: 'Ana Trujillo' } }))
  await stage.react()
  const [coupon] = await stage.couponsOf(campaign)
  const posted = await stage.database.read(
    (tx) => tx<{ authorId: string; parts: { type: string; text?: string; couponId?: string }[] }>`
      select author_id as "authorId", parts from message where id = ${coupon?.id}`,
  )
  assert.deepEqual(posted, [
    {
      authorId: stage.cast.nancy.personId,
      parts: [
        { type: 'text', text: 'Thank you, Ana.' },
        { type: 'coupon', campaignId: campaign.id, couponId: coupon?.id },
      ],
    },
  ])
  await pause(one)
  const wrong = unsaved(rule(campaign, { message: 'Hi {{ password }}' }))
  await stage.refuse('andrew', 'order-rule.put', wrong, 'fields.unknown')
  const stranger = unsaved(rule(campaign, { senderId: stage.cast.outsider.personId }))
  await stage.refuse('andrew', 'order-rule.put', stranger, 'member.not-found')
  await stage.refuse('andrew', 'order-rule.put', unsaved(rule(campaign, { gifts: [] })), 'input.invalid')
  const invented = unsaved(rule(campaign, { gifts: [{ campaignId: campaign.id }, { campaignId: uuidv7() }] }))
  const refused = await stage.refuse('andrew', 'order-rule.put', invented, 'campaign.not-found')
  assert.equal(refused.path, 'rule.gifts.1.campaignId')
})

test('K-01 the rule’s sender writes, else who looks after the customer, else who made the rule; nobody who has left', async () => {
  const { andrew, steven, janet } = stage.cast
  const [free, named] = [await stage.begin(), await stage.begin()]
  const rules = [await stage.save(rule(free)), await stage.save(rule(named, { senderId: janet.personId }))]
  const keepers = { Kept: steven.personId, Left: janet.personId }
  for (const [name, keeperId] of Object.entries(keepers))
    await stage.act('andrew', 'contact.create', { ...stage.inside, name, addresses: [`${name}@s.example`], keeperId })
  await stage.act('andrew', 'member.remove', { ...stage.inside, personId: janet.personId })
  const names = [...Object.keys(keepers), 'Nobodys']
  await stage.put(...names.map((name) => order({ customer: { address: `${name}@s.example`, name } })))
  await stage.react()
  const authorsOf = ({ id }: { id: string }) =>
    stage.database.read(
      (tx) => tx<{ name: string; authorId: string }>`
        select outsider.name, author_id as "authorId" from coupon join message on message.id = coupon.id
        join outsider on outsider.person_id = coupon.holder_id where campaign_id = ${id} order by outsider.name`,
    )
  const authors = [steven, andrew, andrew].map(({ personId }, index) => ({ name: names[index], authorId: personId }))
  for (const campaign of [free, named]) assert.deepEqual(await authorsOf(campaign), authors)
  for (const one of rules) await pause(one)
})

test('K-02 K-10 the state after the change counts, and the message is of its kind', async () => {
  const campaign = await stage.begin()
  const one = await stage.save(rule(campaign, { status: 'completed' }))
  const passed = await stage.begin()
  const other = await stage.save(rule(passed, { status: 'confirmed' }))
  const known = (await messages()).length
  const mine = order({ status: 'submitted' })
  for (const status of orderStates.slice(0, 5)) await stage.put({ ...mine, status })
  await stage.react()
  const told = (await messages()).slice(known)
  assert.deepEqual(
    told.map(({ name, body }) => [name, body.from]),
    [
      ['order.submitted', null],
      ['order.confirmed', 'submitted'],
      ['order.paid', 'confirmed'],
      ['order.shipped', 'paid'],
      ['order.completed', 'shipped'],
    ],
  )
  assert.equal((await holders(campaign)).length, 1)
  await stage.put(order({ status: 'submitted' }), order({ status: 'paid' }))
  await stage.react()
  assert.deepEqual([(await holders(campaign)).length, (await holders(passed)).length], [1, 1])
  for (const rule of [one, other]) await pause(rule)
})

test('K-03 the level of the customer counts: by a tag, or by how often they have ordered', async () => {
  const levels = [
    { name: 'regular', ordersMin: 1 },
    { name: 'Gold', ordersMin: null },
  ]
  await stage.act('andrew', 'order-settings.change', { ...stage.inside, levels })
  const [gold, regular] = [await stage.begin(), await stage.begin()]
  const level = (value: string) => form({ field: 'level', operator: 'is', values: [value] })
  const before = await countLevels(levels)
  const rules = [await stage.save(rule(gold, level('Gold'))), await stage.save(rule(regular, level('regular')))]
  const input = { ...stage.inside, name: 'Gilda', addresses: ['gilda@customers.example'], tags: ['gold'] }
  await stage.act('andrew', 'contact.create', input)
  const placed = (day: number, name: string, status = 'shipped') => {
    const customer = { address: `${name.toLowerCase()}@customers.example`, name }
    return order({ customer, status, placedAt: `2026-05-0${day}T10:00:00Z` })
  }
  await stage.put(placed(1, 'Gilda'), placed(1, 'Otto'), placed(1, 'Cora', 'cancelled'))
  await stage.put(placed(2, 'Gilda'), placed(2, 'Otto'), placed(2, 'Cora'))
  await stage.react()
  assert.deepEqual(await holders(gold), ['Gilda', 'Gilda'], 'the highest level counts')
  assert.deepEqual(await holders(regular), ['Otto'], 'neither the first order nor a cancelled one makes a regular')
  for (const one of rules) await pause(one)
  const rise = (await countLevels(levels)).map((count, index) => count - (before[index] ?? 0))
  assert.deepEqual(rise, [2, 1, 0], 'Otto and Cora, who has one order that was not cancelled; and Gilda')
  const twice = [...levels, { name: 'gold', ordersMin: 3 }]
  await stage.refuse('andrew', 'order-settings.change', { ...stage.inside, levels: twice }, 'input.invalid')
  const many = [{ name: 'many', ordersMin: 1_001 }]
  await stage.refuse('andrew', 'order-settings.change', { ...stage.inside, levels: many }, 'input.invalid')
})

/** Customers of each of these levels, and of none. */
async function countLevels(levels: object[]): Promise<number[]> {
  const counted = LevelCounts.parse(
    await stage.act('andrew', 'order-settings.count-levels', { ...stage.inside, levels }),
  )
  return [...counted.customers, counted.without]
}

test('K-04 the source counts: app, phone, web site', async () => {
  const campaign = await stage.begin()
  const one = await stage.save(rule(campaign, form({ field: 'source', operator: 'is', values: ['app', 'phone'] })))
  const names = ['app', 'phone', 'web'].map((source) =>
    order({ source, customer: { address: `${source}@c.example`, name: source } }),
  )
  const others = await stage.begin()
  const isNot = { field: 'source', operator: 'is-not', values: ['app', 'phone'] }
  const other = await stage.save(rule(others, form(isNot)))
  await stage.put(...names)
  await stage.react()
  assert.deepEqual([await holders(campaign), await holders(others)], [['app', 'phone'], ['web']])
  for (const rule of [one, other]) await pause(rule)
  const bad = { ...stage.inside, orders: [order({ source: 'Web Site' })] }
  await stage.refuse('andrew', 'order.put', bad, 'input.invalid')
})

test('K-05 anything of an order can be asked for, also by an expression; what is unsound is refused when it is saved', async () => {
  const campaign = await stage.begin()
  const expression =
    'order.items.exists(item, item.sku == "TEA" && item.quantity >= 2) && order.attributes["gift"] == true'
  const one = await stage.save(rule(campaign, { expression }))
  const items = [{ sku: 'TEA', quantity: 2 }]
  const name = (text: string) => ({ customer: { address: `${text}@t.example`, name: text } })
  await stage.put(
    order({ items, attributes: { gift: true }, ...name('both') }),
    order({ items, ...name('no-gift') }),
    order({ attributes: { gift: true }, ...name('no-tea') }),
  )
  await stage.react()
  assert.deepEqual(await holders(campaign), ['both'])
  await pause(one)
  const places = { field: 'place', operator: 'is', values: ['Graz'] }
  const asked = [places, { field: 'sku', operator: 'has', values: ['CAKE'] }]
  const wide = await stage.begin()
  const either = await stage.save(rule(wide, { form: { join: 'any', conditions: asked } }))
  await stage.put(order({ place: 'Graz', ...name('graz') }), order({ place: 'Linz', ...name('linz') }))
  await stage.put(order({ items: [{ sku: 'CAKE' }], place: 'Wels', ...name('cake') }))
  await stage.react()
  assert.deepEqual(await holders(wide), ['cake', 'graz'])
  await pause(either)
  const unsound = [
    'order.total == "much"',
    'order.colour == "red"',
    'order.total',
    'order.place.matches("(a+)+$")',
    'order.items.exists(a, order.items.exists(b, a.sku == b.sku))',
    'order.items.map(i, i.sku) == []',
    'order.place ==',
    `order.total in [${Array.from({ length: 101 }, (_, index) => index).join(', ')}]`,
    `${'('.repeat(60)}true${')'.repeat(60)} || ${'!'.repeat(60)}true`,
    // Four hundred parts, none of them deep or long.
    Array.from({ length: 4 }, () => `order.total in [${'7, '.repeat(98)}7]`).join(' || '),
  ]
  for (const bad of unsound) {
    const input = { ...stage.inside, form: form().form, expression: bad }
    const { message } = await stage.refuse('andrew', 'order-rule.check', input, 'order-rule.unsound')
    if (bad.includes('much')) assert.match(message, /no such overload: int == string/)
  }
  const check = { ...stage.inside, ...form({ field: 'attribute', name: 'gift', operator: 'is', value: true }) }
  assert.deepEqual(await stage.act('andrew', 'order-rule.check', check), {
    compiled: '(order.attributes["gift"] == true)',
  })
})

test('K-09 without a change of state there is no message; K-11 the table says what an order is now', async () => {
  const known = (await messages()).length
  const mine = order({ status: 'paid', version: 5 })
  const outcomes = async (...orders: object[]) => (await stage.put(...orders)).map(({ outcome }) => outcome)
  assert.deepEqual(await outcomes(mine), ['new'])
  assert.deepEqual(await outcomes(mine), ['known'])
  const times = ['1969-12-31T23:59:59Z', '2200-01-01T00:00:00Z'].map((updatedAt) => ({ updatedAt }))
  for (const more of [{ version: Number.MAX_SAFE_INTEGER }, ...times])
    await stage.refuse('andrew', 'order.put', { ...stage.inside, orders: [order(more)] }, 'input.invalid')
  assert.deepEqual(await outcomes({ ...mine, version: 6, total: 1 }), ['updated'])
  assert.deepEqual(await outcomes({ ...mine, version: 7, status: 'shipped' }, { ...mine, version: 4 }), [
    'changed',
    'late',
  ])
  await stage.react()
  assert.deepEqual(
    (await messages()).slice(known).map(({ name }) => name),
    ['order.paid', 'order.shipped'],
  )
  const { status, history } = await stage.orderOf(mine.externalId)
  assert.equal(status, 'shipped')
  assert.deepEqual(
    history.map((one) => [one.status, one.isChange]),
    [
      ['paid', false],
      ['paid', true],
      ['paid', false],
      ['shipped', true],
    ],
  )
})

test('K-09 what an order has been is kept up to a number of entries; what comes after them is refused', async () => {
  const mine = order()
  const [first] = await stage.put(
    ...Array.from({ length: limits.orderHistory }, (_, version) => ({ ...mine, version })),
  )
  const more = { ...mine, version: limits.orderHistory, status: 'refunded' }
  const refused = { orderId: first?.orderId, outcome: 'refused', code: 'order.history-full' }
  assert.deepEqual(await stage.put(more), [refused])
  assert.deepEqual(await stage.put({ ...mine, version: 7 }), [{ orderId: first?.orderId, outcome: 'known' }])
  const { status, history } = await stage.orderOf(mine.externalId)
  assert.deepEqual([status, history.length], ['shipped', limits.orderHistory])
})

test('K-13 what was given for an order that is cancelled or refunded is taken back, and not given again', async () => {
  const campaign = await stage.begin()
  const limits = { total: 1, budget: { amount: 100, each: 60, currency: 'EUR' } }
  const one = await stage.save(
    rule(campaign, { limits, ...form({ field: 'source', operator: 'is', values: ['back'] }) }),
  )
  const mine = order({ source: 'back', version: 1 })
  await stage.put(mine)
  await settle([tellChanges, applyRules], stage.tools)
  await stage.put({ ...mine, version: 2, status: 'cancelled' })
  await stage.put({ ...mine, version: 3, status: 'refunded' })
  await settle([tellChanges, applyRules], stage.tools)
  await stage.put({ ...mine, version: 4 })
  await stage.react()
  const { rules } = (await stage.ask('andrew', 'order-rule.list', stage.inside)) as { rules: OrderRule[] }
  const { given, takenBack, spent } = rules.find(({ id }) => id === one.id) ?? one
  assert.deepEqual([given, takenBack, spent], [1, 1, 0], 'cancelled and refunded at once is taken back once')
  const [gone] = await stage.couponsOf(campaign)
  const told = await stage.database.read((tx) => tx`select from message where id = ${gone?.id}`)
  assert.deepEqual(told, [], 'what was taken back before it was told of is not told of')
  assert.deepEqual(
    (await stage.couponsOf(campaign)).map(({ state, voidReason }) => [state, voidReason]),
    [['void', 'order-cancelled']],
  )
  assert.ok((await stage.orderOf(mine.externalId)).decisions.some(({ takenBackAt }) => takenBackAt !== null))
  await stage.put(order({ source: 'back', customer: { address: 'next@b.example', name: 'next' } }))
  await stage.react()
  assert.equal(
    (await stage.couponsOf(campaign)).filter(({ state }) => state !== 'void').length,
    1,
    'limits count it no more',
  )
  const late = order({
    source: 'back',
    version: 2,
    status: 'refunded',
    customer: { address: 'l@b.example', name: 'l' },
  })
  await stage.put(late)
  await stage.put({ ...late, version: 1, status: 'shipped' })
  await stage.react()
  assert.equal(await outcomeOf(late.externalId, one), 'cancelled', 'what is heard of later was before')
  await pause(one)
})

test('K-13 what was redeemed stays, and so does what an order has brought by being cancelled', async () => {
  const [thanks, comfort] = [await stage.begin(), await stage.begin()]
  const from = form({ field: 'source', operator: 'is', values: ['redeemed'] })
  const rules = [
    await stage.save(rule(thanks, from)),
    await stage.save(rule(comfort, { ...from, status: 'cancelled' })),
  ]
  const mine = order({ source: 'redeemed', version: 1 })
  await stage.put(mine)
  await stage.react()
  const [{ code } = {}] = await stage.database.read(
    (tx) => tx`select code from coupon where campaign_id = ${thanks.id}`,
  )
  const used = { ...stage.inside, code, redemptionId: uuidv7(), order: { amount: 9_000, currency: 'EUR' } }
  await stage.act('andrew', 'coupon.redeem', used)
  for (const [index, status] of ['cancelled', 'refunded'].entries()) {
    await stage.put({ ...mine, version: index + 2, status })
    await stage.react()
  }
  const statesOf = async (campaign: Campaign) => (await stage.couponsOf(campaign)).map(({ state }) => state)
  assert.deepEqual([await statesOf(thanks), await statesOf(comfort)], [['redeemed'], ['issued']])
  for (const one of rules) {
    const { given, takenBack } = await ruleNow(one)
    assert.deepEqual([given, takenBack], [1, 0])
    await pause(one)
  }
})

test('K-01 only administrators see orders and rules, each of their own organization', async () => {
  const { orders } = (await stage.ask('andrew', 'order.list', stage.inside)) as { orders: { id: string }[] }
  const elsewhere = { organizationId: stage.cast.otherOrganizationId }
  await stage.refuse('robert', 'order.list', stage.inside, 'access.refused')
  await stage.refuse('robert', 'order.put', { ...stage.inside, orders: [order()] }, 'access.refused')
  const campaign = await stage.begin()
  const one = await stage.save(rule(campaign, { isActive: false }))
  await stage.refuse('robert', 'order-rule.put', unsaved(rule(campaign)), 'access.refused')
  const start = { ...stage.inside, ruleId: one.id, isActive: true }
  await stage.refuse('robert', 'order-rule.set-active', start, 'access.refused')
  await stage.refuse('outsider', 'order-rule.set-active', { ...start, ...elsewhere }, 'order-rule.not-found')
  const theirs = { ...unsaved(rule(campaign)), ...elsewhere }
  await stage.refuse('outsider', 'order-rule.put', theirs, 'campaign.not-found')
  await stage.act('outsider', 'order.put', { ...elsewhere, orders: [order({ externalId: 'theirs' })] })
  assert.ok((await stage.orders()).every(({ externalId }) => externalId !== 'theirs'))
  const own = (await stage.ask('outsider', 'order.list', elsewhere)) as { orders: { externalId: string }[] }
  assert.deepEqual(
    own.orders.map(({ externalId }) => externalId),
    ['theirs'],
  )
  await stage.refuse('outsider', 'order.get', { ...elsewhere, orderId: orders[0]?.id }, 'order.not-found')
  await stage.refuse('andrew', 'order.put', { ...elsewhere, orders: [order()] }, 'access.refused')
  const stranger = order({ customer: { personId: stage.cast.outsider.personId } })
  assert.deepEqual(await stage.put(stranger), [{ orderId: null, outcome: 'refused', code: 'order.customer-unknown' }])
})
