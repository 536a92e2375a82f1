import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { v7 as uuidv7 } from 'uuid'
import { until } from '../../../e2e/support/until.ts'
import type { Campaign } from '../../../protocol/coupons.ts'
import { OrderRun, RuleVersionList } from '../../../protocol/order-rules.ts'
import type { RedeemedCoupon } from '../../../protocol/redemptions.ts'
import { isCancelling } from './history.ts'
import { orderStates, type OrderStatus } from '../../../protocol/orders.ts'
import type { Reaction } from '../../platform/feature.ts'
import type { Tx } from '../../platform/sql.ts'
import { takePortion } from '../../platform/reaction-runner.ts'
import { createOrders, form, helpers, openOrderStage, rule, type OrderStage } from '../../testing/order-stage.ts'
import { settle } from '../../testing/settle.ts'
import { applyRules } from './apply-rules.ts'
import { forgetCustomers } from './forget-customers.ts'
import { runRule } from './run-job.ts'
import { tellChanges } from './tell-changes.ts'

let stage: OrderStage
before(async () => {
  stage = await openOrderStage()
})
after(() => stage[Symbol.asyncDispose]())
const order = createOrders()
const { pause, holders, outcomeOf } = helpers(() => stage)

const ORDERS = 400
const CHANGES = 5
const CALL = 150

/** Numbers that look like chance, the same in every run. */
function createRandom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

type Change = { externalId: string; version: number; status: OrderStatus; total: number }

function makeChanges(random: (below: number) => number): Change[] {
  return Array.from({ length: ORDERS }, (_, order) => {
    const total = 50_000 + random(100_000)
    return Array.from({ length: CHANGES }, (_, version) => {
      const status = orderStates[random(20) === 0 ? 5 + random(2) : random(5)] ?? 'submitted'
      return { externalId: `B${order}`, version, status, total }
    })
  }).flat()
}

/** Reordered, and each up to three times. */
function deliver(changes: readonly Change[], random: (below: number) => number): Change[] {
  const all = changes.flatMap((change) => Array.from({ length: 1 + random(3) }, () => change))
  return all
    .map((change) => ({ change, place: random(1_000_000) }))
    .toSorted((one, other) => one.place - other.place)
    .map(({ change }) => change)
}

/** What a rule has given in the end: for orders that were in its state, met it and were never cancelled. */
function calculate(changes: readonly Change[], meets: (change: Change) => boolean): Set<string> {
  const cancelled = new Set(changes.flatMap(({ externalId, status }) => (isCancelling(status) ? [externalId] : [])))
  return new Set(
    changes.flatMap((change) => (meets(change) && !cancelled.has(change.externalId) ? [change.externalId] : [])),
  )
}

/** Ends in the middle of a transaction, as if the process were killed there. */
function killedAfter(statements: number, reaction: Reaction): Reaction {
  let left = statements
  const die = () => {
    if (--left < 0) throw new Error('killed')
  }
  return {
    ...reaction,
    run(facts, tools, tx) {
      const dying = Object.assign(
        ((strings: TemplateStringsArray, ...values: readonly unknown[]) => {
          die()
          return tx(strings, ...values)
        }) as Tx,
        { announced: tx.announced, beforeCommit: tx.beforeCommit, withCommit: tx.withCommit },
      )
      return reaction.run(facts, tools, dying).then(die)
    },
  }
}

test('K-05 items, quantities, earlier orders and attributes of any kind can be asked for, and their contrary', async () => {
  const conditions = {
    tea: { field: 'sku', operator: 'has', values: ['TEA'] },
    'no-tea': { field: 'sku', operator: 'has-not', values: ['TEA'] },
    many: { field: 'quantity', operator: 'at-least', number: 3 },
    first: { field: 'first-order', operator: 'is' },
    'not-first': { field: 'first-order', operator: 'is-not' },
    later: { field: 'earlier-orders', operator: 'above', number: 0 },
    gift: { field: 'attribute', name: 'gift', operator: 'is', value: true },
  }
  const made = await Promise.all(
    Object.entries(conditions).map(async ([name, condition]) => {
      const campaign = await stage.begin({ name })
      return { name, campaign, saved: await stage.save(rule(campaign, form(condition))) }
    }),
  )
  const customer = { address: 'ina@conditions.example', name: 'Ina' }
  const metBy = async (content: object) => {
    const mine = order({ customer, ...content })
    await stage.put(mine)
    await stage.react()
    const { decisions } = await stage.orderOf(mine.externalId)
    return made.flatMap(({ name, saved }) =>
      decisions.some(({ ruleId, outcome }) => ruleId === saved.id && outcome === 'given') ? [name] : [],
    )
  }
  assert.deepEqual(await metBy({ items: [{ sku: 'TEA', quantity: 3 }] }), ['tea', 'many', 'first'])
  const small = { items: [{ sku: 'CAKE', quantity: 2 }], attributes: { gift: true } }
  assert.deepEqual(await metBy({ ...small, placedAt: '2026-12-01T10:00:00Z' }), [
    'no-tea',
    'not-first',
    'later',
    'gift',
  ])
  for (const { saved } of made) await pause(saved)
})

test('K-06 K-07 K-08 rules differ in what they ask for and give; amounts and the limits of each kind are kept', async () => {
  const small = await stage.begin({ value: { kind: 'amount', amount: 500, currency: 'EUR' }, places: ['Berlin'] })
  const large = await stage.begin({ customers: { kind: 'tags', tags: ['vip'] }, endsAt: '2026-12-31T23:00:00Z' })
  const over = await stage.begin({ stock: 1 })
  const once = await stage.begin({ perPerson: 1 })
  const ending = await stage.begin({ endsAt: new Date(stage.clock().getTime() + 1_000).toISOString() })
  const rules = [
    await stage.save(rule(small, { gifts: [{ campaignId: small.id, count: 2 }] })),
    await stage.save(rule(large, form({ field: 'total', operator: 'at-least', amount: 200_000, currency: 'EUR' }))),
    await stage.save(rule(over)),
    await stage.save(rule(once)),
    await stage.save(rule(ending)),
  ]
  const vip = { ...stage.inside, name: 'Vera', addresses: ['vera@customers.example'], tags: ['vip'] }
  await stage.act('andrew', 'contact.create', vip)
  const first = order({ total: 300_000, customer: { address: 'vera@customers.example' } })
  await stage.put(first)
  await stage.react()
  const second = order({ total: 300_000, customer: { address: 'paul@customers.example', name: 'Paul' } })
  stage.clock.advance(1_000)
  await stage.put(second)
  await stage.react()
  assert.deepEqual(await holders(small), ['Paul', 'Paul', 'Vera', 'Vera'])
  assert.deepEqual(await holders(ending), ['Vera'], 'by time')
  assert.deepEqual(await holders(large), ['Vera'])
  assert.deepEqual(await holders(over), ['Vera'])
  const { value } = (await stage.ask('andrew', 'campaign.get', { ...stage.inside, campaignId: small.id })) as Campaign
  assert.deepEqual(value, { kind: 'amount', amount: 500, currency: 'EUR' })
  const [coupon] = await stage.couponsOf(small)
  const [{ code } = { code: '' }] = await stage.database.read(
    (tx) => tx<{ code: string }>`select code from coupon where id = ${coupon?.id}`,
  )
  const redeem = { ...stage.inside, code, redemptionId: uuidv7(), order: { amount: 9_000, currency: 'EUR' } }
  await stage.refuse('andrew', 'coupon.redeem', { ...redeem, place: 'Rome' }, 'coupon.not-here')
  const used = { ...redeem, redemptionId: uuidv7(), place: 'Berlin' }
  const { redemption } = await stage.act<RedeemedCoupon>('andrew', 'coupon.redeem', used)
  assert.equal(redemption.value, 500)
  const [, large1, over1] = rules
  assert.ok(large1 && over1)
  assert.equal(await outcomeOf(second.externalId, large1), 'no-coupon')
  assert.equal(await outcomeOf(second.externalId, over1), 'no-coupon')
  const third = order({ customer: { address: 'paul@customers.example', name: 'Paul' } })
  await stage.put(third)
  await stage.react()
  assert.deepEqual(await holders(once), ['Paul', 'Vera'], 'by user')
  for (const one of rules) await pause(one)
})

test('K-08 priority, stacking, limits and the budget of a rule are kept', async () => {
  const [first, second] = [await stage.begin(), await stage.begin()]
  const limits = { total: 3, perPerson: 1, perDay: 2, budget: { amount: 1_000, each: 400, currency: 'EUR' } }
  const low = await stage.save(rule(second, { priority: 1 }))
  const top = await stage.save(rule(first, { priority: 900, isLast: true, limits }))
  const from = (name: string) => order({ customer: { address: `${name}@l.example`, name } })
  const all = [from('a'), from('a'), from('b'), from('c')]
  await stage.put(...all)
  await stage.react()
  const outcomes = await Promise.all(all.map(({ externalId }) => outcomeOf(externalId, top)))
  assert.deepEqual(outcomes, ['given', 'limit-person', 'given', 'limit-day'])
  stage.clock.advance(24 * 3_600_000)
  const later = from('d')
  await stage.put(later)
  await stage.react()
  assert.equal(await outcomeOf(later.externalId, top), 'budget')
  assert.deepEqual(await holders(first), ['a', 'b'])
  assert.deepEqual(await holders(second), ['a', 'c', 'd'], 'behind a last rule that gave something nothing is given')
  assert.equal(await outcomeOf(all[0]?.externalId ?? '', low), 'stopped')
  const gone = await stage.save(rule(await stage.begin({ stock: 1 }), { priority: 950, isLast: true }))
  await stage.put(from('e'), from('f'))
  await stage.react()
  assert.deepEqual(await holders(second), ['a', 'c', 'd', 'f'], 'a rule whose campaign had nothing left stops none')
  const more = { ...limits, total: 2, budget: null }
  await pause(gone)
  await stage.save(rule(first, { priority: 900, isLast: true, limits: more }), { ruleId: top.id, version: 1 })
  const beyond = from('g')
  await stage.put(beyond)
  await stage.react()
  assert.equal(await outcomeOf(beyond.externalId, top), 'limit-total')
  const raised = { ...limits, total: 9, budget: null }
  await stage.save(rule(first, { priority: 900, isLast: true, limits: raised }), { ruleId: top.id, version: 2 })
  const known = from('b')
  await stage.put(known)
  await stage.react()
  assert.equal(await outcomeOf(known.externalId, top), 'limit-person')
  for (const one of [top, low]) await pause(one)
})

test('K-08 the version in force when the order changed decides, and two who change a rule do not undo each other', async () => {
  const [before, after] = [await stage.begin(), await stage.begin()]
  const one = await stage.save(rule(before, form({ field: 'source', operator: 'is', values: ['version'] })))
  const gifts = { gifts: [{ campaignId: after.id, count: 2 }] }
  const content = rule(after, { ...gifts, ...form({ field: 'source', operator: 'is', values: ['version'] }) })
  await stage.put(order({ source: 'version', customer: { address: 'old@v.example', name: 'old' } }))
  stage.clock.advance(1_000)
  const changed = await stage.save(content, { ruleId: one.id, version: 1 })
  assert.equal(changed.version, 2)
  assert.equal((await stage.save(content, { ruleId: one.id, version: 1 })).version, 2, 'saved twice is saved once')
  await stage.put(order({ source: 'version', customer: { address: 'new@v.example', name: 'new' } }))
  await stage.react()
  assert.deepEqual([await holders(before), await holders(after)], [['old'], ['new', 'new']])
  const stale = { ...stage.inside, ruleId: one.id, version: 1, rule: rule(before) }
  await stage.refuse('andrew', 'order-rule.put', stale, 'order-rule.changed')
  const elsewhere = { organizationId: stage.cast.otherOrganizationId, ruleId: one.id, version: 0, rule: rule(before) }
  await stage.refuse('outsider', 'order-rule.put', elsewhere, 'order-rule.id-taken')
  const ended = rule(before, { validUntil: stage.clock().toISOString(), ...form() })
  const over = await stage.save(ended, { ruleId: one.id, version: 2 })
  const later = new Date(stage.clock().getTime() + 1_000).toISOString()
  const soon = await stage.save(rule(before, { validFrom: later }))
  await stage.put(order({ customer: { address: 'late@v.example', name: 'late' } }))
  await stage.react()
  assert.deepEqual(await holders(before), ['old'])
  for (const ended of [over, soon]) await pause(ended)
  const { versions, next } = await versionsOf(one.id, { limit: 2 })
  assert.deepEqual([versions.map(({ version }) => version), next], [[4, 3], 3])
  const older = (await versionsOf(one.id, { before: next })).versions
  assert.deepEqual(
    older.map(({ version, given, takenBack, coupons, gifts }) => [version, given, takenBack, coupons, gifts.length]),
    [
      [2, 1, 0, 2, 1],
      [1, 1, 0, 1, 1],
    ],
    'each version tells what it gave as such',
  )
  assert.deepEqual([versions[0]?.supersededAt, older[1]?.supersededAt], [null, older[0]?.madeAt])
  await stage.refuse('robert', 'order-rule.list-versions', { ...stage.inside, ruleId: one.id }, 'access.refused')
  const strange = { organizationId: stage.cast.otherOrganizationId, ruleId: one.id }
  await stage.refuse('outsider', 'order-rule.list-versions', strange, 'order-rule.not-found')
})

const versionsOf = async (ruleId: string, more: object) =>
  RuleVersionList.parse(await stage.ask('andrew', 'order-rule.list-versions', { ...stage.inside, ruleId, ...more }))

test('K-12 two thousand changes, reordered, up to three times, with the modules killed again and again: the coupons of a fresh calculation', async () => {
  const random = createRandom(2_026)
  const [shipped, paid] = [await stage.begin(), await stage.begin()]
  const above = (amount: number) => [{ field: 'total', operator: 'above', amount, currency: 'EUR' }]
  const saveRule = (status: OrderStatus, amount: number, campaignId: string) =>
    stage.save({ name: status, status, form: { join: 'all', conditions: above(amount) }, gifts: [{ campaignId }] })
  await saveRule('shipped', 100_000, shipped.id)
  await saveRule('paid', 120_000, paid.id)
  const changes = makeChanges(random)
  const delivered = deliver(changes, random)
  const ends = { died: 0, lived: 0 }
  for (let at = 0; at < delivered.length; at += CALL) {
    const orders = delivered.slice(at, at + CALL).map((change) => ({
      source: 'app',
      currency: 'EUR',
      customer: { address: `${change.externalId}@burst.example`, name: change.externalId },
      ...change,
    }))
    await stage.ask('andrew', 'order.put', { ...stage.inside, orders })
    for (const reaction of [tellChanges, applyRules]) {
      await takePortion(killedAfter(random(40), reaction), stage.tools).then(
        () => ends.lived++,
        () => ends.died++,
      )
    }
  }
  await settle([tellChanges, applyRules], stage.tools)
  assert.ok(ends.died >= 5 && ends.lived >= 5, JSON.stringify(ends))
  const held = async (campaignId: string) => {
    const rows = await stage.database.read(
      (tx) => tx<{ name: string }>`
        select outsider.name from coupon join outsider on outsider.person_id = coupon.holder_id
        where campaign_id = ${campaignId} and coupon.state = 'issued'`,
    )
    return rows.map(({ name }) => name).toSorted()
  }
  const expected = (status: OrderStatus, amount: number) =>
    Array.from(calculate(changes, (change) => change.status === status && change.total > amount)).toSorted()
  assert.deepEqual(await held(shipped.id), expected('shipped', 100_000))
  assert.deepEqual(await held(paid.id), expected('paid', 120_000))
})

test('K-14 the modules run in processes of their own and hand on by the database alone, whichever of them dies', async () => {
  const campaign = await stage.begin()
  await stage.save(rule(campaign, form({ field: 'source', operator: 'is', values: ['apart'] })))
  const start = async (reaction: string) => {
    const url = stage.database.pool.options.connectionString ?? ''
    const script = join(import.meta.dirname, '../../testing/run-reaction.ts')
    const child = fork(script, [url, reaction, stage.clock().toISOString()])
    await once(child, 'message')
    return child
  }
  const putTen = () => stage.put(...Array.from({ length: 10 }, () => order({ source: 'apart' })))
  const given = async () => (await stage.couponsOf(campaign)).length
  const [machine, filter] = await Promise.all([start(tellChanges.name), start(applyRules.name)])
  await putTen()
  await until(async () => (await given()) === 10, 'both modules have worked in processes of their own')
  filter.kill('SIGKILL')
  await once(filter, 'exit')
  await putTen()
  await until(async () => {
    await settle([applyRules], stage.tools)
    return (await given()) === 20
  }, 'another filter goes on where the killed one was')
  machine.disconnect()
  await once(machine, 'exit')
  await settle([tellChanges, applyRules], stage.tools)
  assert.equal(await given(), 20)
})

test('K-14 a live run and the filter give at once, and no more than the rule has', async () => {
  const campaign = await stage.begin()
  const mine = () => order({ source: 'at-once' })
  await stage.put(mine())
  await stage.react()
  stage.clock.advance(1_000)
  const content = rule(campaign, {
    limits: { total: 1 },
    ...form({ field: 'source', operator: 'is', values: ['at-once'] }),
  })
  const { id: ruleId } = await stage.save(content)
  const runId = uuidv7()
  await stage.act('andrew', 'order-run.start', { ...stage.inside, runId, mode: 'live', rule: content, ruleId })
  await stage.put(mine())
  await settle([tellChanges], stage.tools)
  const waiting = async () => {
    const [row] = await stage.database.read(
      (tx) => tx<{ count: number }>`
        select count(*) as count from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`,
    )
    return row?.count === 2
  }
  const both = await stage.database.transaction(async (tx) => {
    await tx`select from campaign_stock where campaign_id = ${campaign.id} for update`
    const giving = [
      runRule.run({ ...stage.inside, runId }, { ...stage.tools, attempt: 1, attemptsMax: 1 }),
      settle([applyRules], stage.tools),
    ]
    await until(waiting, 'both are about to give')
    return giving
  })
  await Promise.all(both)
  assert.equal((await stage.couponsOf(campaign)).length, 1)
})

test('K-12 a dry run that was killed begins anew, and its limits count each order once', async () => {
  const content = rule(await stage.begin(), { limits: { total: 40 } })
  for (let at = 0; at < 600; at += CALL) {
    const orders = Array.from({ length: CALL }, () => order({ customer: { address: 'often@killed.example' } }))
    await stage.ask('andrew', 'order.put', { ...stage.inside, orders })
  }
  const asked = { ...stage.inside, runId: uuidv7() }
  await stage.act('andrew', 'order-run.start', { ...asked, mode: 'dry', rule: content })
  let portions = 0
  const { transaction } = stage.database
  const dying: typeof transaction = (run) => (++portions > 1 ? Promise.reject(new Error('killed')) : transaction(run))
  const tools = { ...stage.tools, attempt: 1, attemptsMax: 2 }
  const database = { ...stage.database, transaction: dying }
  await assert.rejects(runRule.run(asked, { ...tools, database }), /killed/)
  assert.equal(OrderRun.parse(await stage.ask('andrew', 'order-run.get', asked)).done, 500)
  await runRule.run(asked, tools)
  const { done, total, counts } = OrderRun.parse(await stage.ask('andrew', 'order-run.get', asked))
  assert.deepEqual([done, counts.given], [total, 40])
})

test('K-11 orders of a contact who is erased have no name, and their number at the source is nobody’s', async () => {
  const customer = { externalId: 'gone-1', address: 'gone@customers.example', name: 'Gone Soon' }
  const mine = order({ source: 'gone', version: 1, customer })
  await stage.put(mine)
  const { personId } = await stage.orderOf(mine.externalId)
  await stage.act('andrew', 'contact.remove', { ...stage.inside, personId })
  await settle([forgetCustomers], stage.tools)
  assert.equal((await stage.orderOf(mine.externalId)).customerName, '')
  const next = order({ source: 'gone', customer: { externalId: 'gone-1', name: 'Somebody new' } })
  await stage.put(next)
  assert.notEqual((await stage.orderOf(next.externalId)).personId, personId)
})
