import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { isCancelling } from './history.ts'
import { orderStates, type OrderStatus } from '../../../protocol/orders.ts'
import type { Reaction } from '../../platform/feature.ts'
import type { Tx } from '../../platform/sql.ts'
import { takePortion } from '../../platform/reaction-runner.ts'
import { createOrders, form, openOrderStage, rule, type OrderStage } from '../../testing/order-stage.ts'
import { settle } from '../../testing/settle.ts'
import { applyRules } from './apply-rules.ts'
import { forgetCustomers } from './forget-customers.ts'
import { tellChanges } from './tell-changes.ts'

let stage: OrderStage
before(async () => {
  stage = await openOrderStage()
})
after(() => stage[Symbol.asyncDispose]())

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
  let deaths = 0
  for (let at = 0; at < delivered.length; at += CALL) {
    const orders = delivered.slice(at, at + CALL).map((change) => ({
      source: 'app',
      currency: 'EUR',
      customer: { address: `${change.externalId}@burst.example`, name: change.externalId },
      ...change,
    }))
    await stage.ask('andrew', 'order.put', { ...stage.inside, orders })
    for (const reaction of [tellChanges, applyRules]) {
      const died = await takePortion(killedAfter(random(14), reaction), stage.tools).then(
        () => false,
        () => true,
      )
      if (died) deaths++
    }
  }
  await settle([tellChanges, applyRules], stage.tools)
  assert.ok(deaths >= 5, `only ${deaths} deaths`)
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
  const order = createOrders()
  const putTen = () => stage.put(...Array.from({ length: 10 }, () => order({ source: 'apart' })))
  const given = async () => (await stage.couponsOf(campaign)).length
  const [machine, filter] = await Promise.all([start(tellChanges.name), start(applyRules.name)])
  await putTen()
  while ((await given()) < 10) await setTimeout(10)
  filter.kill('SIGKILL')
  await once(filter, 'exit')
  await putTen()
  while ((await given()) < 20) await settle([applyRules], stage.tools)
  machine.disconnect()
  await once(machine, 'exit')
  await settle([tellChanges, applyRules], stage.tools)
  assert.equal(await given(), 20)
})

test('K-11 orders of a contact who is erased have no name, and their number at the source is nobody’s', async () => {
  const order = createOrders()
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
