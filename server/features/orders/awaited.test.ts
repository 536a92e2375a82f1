import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { v7 as uuidv7 } from 'uuid'
import { until } from '../../../e2e/support/until.ts'
import { OrderRun } from '../../../protocol/order-rules.ts'
import { orderStates, PutOrder } from '../../../protocol/orders.ts'
import type { Tx } from '../../platform/sql.ts'
import { createOrders, form, helpers, openOrderStage, rule, type OrderStage } from '../../testing/order-stage.ts'
import { settle } from '../../testing/settle.ts'
import { knowCustomers } from './awaited.ts'
import { ingest } from './ingest.ts'
import { runRule } from './run-job.ts'

let stage: OrderStage
before(async () => {
  stage = await openOrderStage()
  await stage.act('andrew', 'order-settings.change', { ...stage.inside, makesContacts: false })
})
after(() => stage[Symbol.asyncDispose]())
const order = createOrders()
const { holders, outcomeOf } = helpers(() => stage)

const contact = (name: string, address: string, more: object = {}) =>
  stage.act<{ personId: string }>('andrew', 'contact.create', { ...stage.inside, name, addresses: [address], ...more })

test('K-01 K-12 who becomes known later gets what their orders have earned by the rules of that time, once', async () => {
  const [then, later] = [await stage.begin(), await stage.begin()]
  const when = form({ field: 'source', operator: 'is', values: ['late'] })
  const one = await stage.save(rule(then, { ...when, message: 'Thank you, {{ first_name }}.' }))
  const from = (customer: object, more: object = {}) => order({ source: 'late', customer, version: 1, ...more })
  const old = from({ address: 'ada@late.example' })
  await stage.put(old)
  await stage.react()
  stage.clock.advance(31 * 24 * 3_600_000)
  const mine = from({ address: 'ada@late.example' })
  const gone = from({ address: 'ada@late.example' })
  const numbered = from({ externalId: 'L-7' })
  const both = from({ externalId: 'L-8', address: 'bob@late.example' })
  const same = from({ externalId: 'L-8' })
  const nobodys = from({ address: 'erased@late.example' })
  await stage.put(mine, gone, numbered, both, same, nobodys)
  await stage.put({ ...gone, version: 2, status: 'cancelled' }, { ...mine, version: 2, status: 'completed' })
  await stage.react()
  assert.equal(await outcomeOf(mine.externalId, one), 'no-customer')
  stage.clock.advance(1_000)
  await stage.save(rule(later, when), { ruleId: one.id, version: 1 })
  const told = async () => {
    const rows = await stage.database.read(
      (tx) => tx`select from event where name = any(${orderStates.map((status) => `order.${status}`)}::text[])`,
    )
    return rows.length
  }
  const changes = await told()
  const ada = await contact('Ada', 'ada@late.example')
  const bob = await contact('Bob', 'bob@late.example')
  const erased = await contact('Erased', 'erased@late.example')
  await stage.act('andrew', 'contact.remove', { ...stage.inside, personId: erased.personId })
  await stage.react()
  assert.deepEqual(await holders(then), ['Ada', 'Bob', 'Bob'], 'by address, and by the number that comes with it')
  assert.deepEqual(await holders(later), [], 'the rule as it is now was not in force')
  const outcomes = await Promise.all([old, mine, gone].map(({ externalId }) => outcomeOf(externalId, one)))
  assert.deepEqual(
    outcomes,
    ['no-customer', 'given', 'cancelled'],
    'of the last month, and of no order that was cancelled',
  )
  assert.equal((await stage.orderOf(old.externalId)).personId, null, 'who ordered is forgotten after a month')
  assert.equal((await stage.orderOf(nobodys.externalId)).personId, null)
  const links = { ...stage.inside, source: 'late', links: [{ externalId: 'L-7', personId: ada.personId }] }
  await stage.act('andrew', 'order.link-customers', links)
  await stage.react()
  await stage.act('andrew', 'contact.change', {
    ...stage.inside,
    personId: bob.personId,
    addresses: ['bob@late.example'],
  })
  await stage.put(
    { ...mine, version: 3, status: 'completed' },
    { ...numbered, version: 2, customer: { personId: ada.personId } },
  )
  await stage.react()
  assert.deepEqual(await holders(then), ['Ada', 'Ada', 'Bob', 'Bob'], 'and nothing twice')
  assert.equal(await told(), changes, 'no change is told again')
  const ids = (await stage.couponsOf(then)).map(({ id }) => id)
  const words = await stage.database.read(
    (tx) => tx<{ text: string }>`
      select message.parts -> 0 ->> 'text' as text from message where id = any(${ids}::uuid[]) order by text`,
  )
  const thanks = ['Ada', 'Ada', 'Bob', 'Bob'].map((name) => ({ text: `Thank you, ${name}.` }))
  assert.deepEqual(words, thanks, 'told by a message')
})

test('K-03 K-08 K-12 what a later known customer gets is within the limits, by the level they have', async () => {
  const [few, gold] = [await stage.begin(), await stage.begin()]
  const source = { field: 'source', operator: 'is', values: ['level'] }
  const rules = [
    await stage.save(rule(few, { ...form(source), limits: { total: 1 } })),
    await stage.save(rule(gold, form(source, { field: 'tag', operator: 'has', values: ['gold'] }))),
  ]
  const from = (name: string) => order({ source: 'level', customer: { address: `${name}@level.example` } })
  const [first, second] = [from('first'), from('second')]
  await stage.put(first, second)
  await stage.react()
  await contact('Second', 'second@level.example', { tags: ['gold'] })
  await stage.react()
  // An order that says itself who it was.
  const { personId } = await contact('First', 'other@level.example')
  await stage.put({ ...first, customer: { personId }, total: 7 })
  await stage.react()
  assert.deepEqual([await holders(few), await holders(gold)], [['Second'], ['Second']])
  const [limited, levelled] = rules
  assert.ok(limited && levelled)
  assert.equal(await outcomeOf(first.externalId, limited), 'limit-total')
  assert.equal(await outcomeOf(first.externalId, levelled), 'not-met')
})

test('K-11 a customer is known by the number at the source, else by an address, which is a contact’s before a member’s', async () => {
  const ann = await contact('Ann', 'ann@who.example', { addresses: ['ann@who.example', 'both@who.example'] })
  const ben = await contact('Ben', 'ben@who.example')
  const member = { name: 'Both', address: 'both@who.example', managerId: stage.cast.andrew.personId }
  await stage.act('andrew', 'member.add', { ...stage.inside, ...member })
  const from = (customer: object) => order({ source: 'who', customer, version: 1 })
  const personOf = async (one: { externalId: string }) => {
    await stage.put(one)
    return (await stage.orderOf(one.externalId)).personId
  }
  assert.equal(await personOf(from({ address: 'both@who.example' })), ann.personId)
  assert.equal(await personOf(from({ address: 'nancy@northwind.example' })), stage.cast.nancy.personId)
  assert.equal(await personOf(from({ externalId: 'W-1', address: 'ann@who.example' })), ann.personId)
  const mine = from({ externalId: 'W-1', name: 'Ann W.' })
  assert.equal(await personOf(mine), ann.personId, 'the number was learned with the address')
  assert.equal(await personOf(from({ externalId: 'W-1', address: 'ben@who.example' })), ann.personId)
  const links = [{ externalId: 'W-1', personId: ben.personId }]
  const link = { ...stage.inside, source: 'who', links }
  const strangers = [...links, { externalId: 'W-2', personId: stage.cast.outsider.personId }]
  const stranger = { ...link, links: strangers }
  const { path } = await stage.refuse('andrew', 'order.link-customers', stranger, 'contact.not-found')
  assert.equal(path, 'links.1.personId')
  const shop = { shopId: uuidv7(), kind: 'shopify', name: 'Theirs', secret: 'a-secret-of-their-own' }
  await stage.act('outsider', 'shop.connect', { organizationId: stage.cast.otherOrganizationId, ...shop })
  const foreign = { ...link, shopId: shop.shopId }
  await stage.refuse('andrew', 'order.link-customers', foreign, 'shop.not-found')
  const later = { ...mine, customer: undefined, version: 2 }
  assert.equal(await personOf(later), ann.personId, 'who once ordered has ordered')
})

test('K-12 a contact who is made while their order is being stored gets its coupon', async () => {
  const campaign = await stage.begin()
  await stage.save(rule(campaign, form({ field: 'source', operator: 'is', values: ['race'] })))
  const mine = PutOrder.parse(order({ source: 'race', customer: { address: 'racer@race.example' } }))
  let knowing: Promise<void> | undefined
  const isWaiting = async () => {
    const [row] = await stage.database.read(
      (tx) => tx<{ count: number }>`
        select count(*) as count from pg_stat_activity where datname = current_database() and wait_event = 'advisory'`,
    )
    return row?.count === 1
  }
  await stage.database.transaction(async (tx) => {
    const look = async (strings: TemplateStringsArray, ...values: readonly unknown[]) => {
      const rows = await tx(strings, ...values)
      if (knowing || !strings.join('').includes('from contact_address')) return rows
      // Nobody with this address was found; now there is somebody, and who waits for them is told.
      await contact('Racer', 'racer@race.example')
      let isDone = false
      knowing = settle([knowCustomers], stage.tools).then(() => void (isDone = true))
      await until(async () => isDone || (await isWaiting()), 'who waits for the contact was told')
      return rows
    }
    const { announced, beforeCommit, withCommit } = tx
    const racing = Object.assign(look as Tx, { announced, beforeCommit, withCommit })
    const organizationId = stage.cast.organizationId
    await ingest({ tx: racing, now: stage.clock() }, [{ organizationId, origin: '', isPast: false, order: mine }])
  })
  await knowing
  await stage.react()
  assert.deepEqual(await holders(campaign), ['Racer'])
})

test('K-02 K-09 K-12 a run looks at changes of state alone, and counts an order once; three are under way at most', async () => {
  const campaign = await stage.begin()
  await contact('Runner', 'runner@run.example')
  const customer = { address: 'runner@run.example' }
  const large = { field: 'total', operator: 'above', amount: 100_000, currency: 'EUR' }
  const content = rule(campaign, form({ field: 'source', operator: 'is', values: ['run'] }, large))
  /** What it is, one version after the other, and its total then. */
  const past = (externalId: string, ...versions: [string, number][]) =>
    versions.map(([status, total], version) => order({ source: 'run', externalId, status, total, version, customer }))
  await stage.put(...past('grown', ['shipped', 5], ['shipped', 200_000]))
  await stage.put(...past('twice', ['shipped', 150_000], ['paid', 150_000], ['shipped', 160_000]))
  await stage.put(...past('second', ['shipped', 5], ['paid', 5], ['shipped', 170_000]))
  const theirs = { organizationId: stage.cast.otherOrganizationId }
  const asked = (more: object = {}) => ({ ...stage.inside, runId: uuidv7(), mode: 'dry', rule: content, ...more })
  const mine = asked()
  for (const one of [mine, asked(), asked()]) await stage.act('andrew', 'order-run.start', one)
  await stage.act('andrew', 'order-run.start', mine)
  await stage.refuse('andrew', 'order-run.start', asked(), 'order-run.busy')
  await stage.act('outsider', 'order-run.start', asked(theirs))
  await stage.refuse('outsider', 'order-run.get', { ...theirs, runId: mine.runId }, 'order-run.not-found')
  await runRule.run({ ...stage.inside, runId: mine.runId }, { ...stage.tools, attempt: 1, attemptsMax: 1 })
  const { counts, sample } = OrderRun.parse(
    await stage.ask('andrew', 'order-run.get', { ...stage.inside, runId: mine.runId }),
  )
  assert.deepEqual([counts.met, counts.given, counts.coupons], [2, 2, 2])
  const found = sample.map(({ externalId, total }) => `${externalId} ${total}`).toSorted()
  assert.deepEqual(found, ['second 170000', 'twice 150000'])
  await stage.act('andrew', 'order-run.start', asked())
})
