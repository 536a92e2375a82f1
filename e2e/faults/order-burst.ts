import assert from 'node:assert/strict'
import { v7 as uuidv7 } from 'uuid'
import { orderStates, type OrderStatus } from '../../protocol/orders.ts'
import { startNode, type NodeProcess } from '../support/node-process.ts'
import { query, seedHouse, type House } from '../support/people.ts'
import type { Random } from '../support/random.ts'
import { until, untilBack } from '../support/until.ts'

type Change = { externalId: string; version: number; status: OrderStatus; total: number }
export type Burst = { changes: number; random: Random; tell(line: string): void }
export type BurstFigures = {
  changes: number
  deliveries: number
  kills: string[]
  sentAgain: number
  messages: number
  coupons: Record<string, number>
  seconds: number
}

const CHANGES_PER_ORDER = 5
const CALL = 100
const IN_FLIGHT = 6
const KILLS = 5
/** The first of them owns everything, the others order; a booklet does not hold all these coupons. */
const PEOPLE = 201
const PATIENCE_MS = 180_000
const rules = [
  { status: 'shipped', above: 100_000 },
  { status: 'paid', above: 120_000 },
] as const

/** What arrives late or twice, and whom the server loses meanwhile, makes no difference to what there is in the end. */
export async function runOrderBurst({ changes: count, random, tell }: Burst): Promise<BurstFigures> {
  await using node = await startNode()
  const house = await seedHouse(
    node.databaseUrl,
    Array.from({ length: PEOPLE }, (_, index) => `person${index}`),
  )
  const campaigns: string[] = []
  for (const rule of rules) campaigns.push(await makeRule({ node, house }, rule))
  const changes = makeChanges(count, random)
  const calls = shuffled(
    changes.flatMap((change) => Array.from({ length: 1 + random.below(3) }, () => change)),
    random,
  )
  const killsAt = Array.from({ length: KILLS }, () => random.below(Math.floor(calls.length * 0.9))).toSorted(
    (a, b) => a - b,
  )
  const victims = killsAt.map(() => (random.below(2) === 0 ? 'server' : 'server and database'))
  const begin = performance.now()
  const sentAgain = await deliver({ node, house }, { calls, killsAt, victims, tell })
  await checkAll(node, { changes, campaigns })
  const coupons = Object.fromEntries(
    rules.map(({ status, above }) => [status, expectedOf(changes, status, above).size]),
  )
  const seconds = Math.round((performance.now() - begin) / 100) / 10
  const figures = {
    changes: count,
    deliveries: calls.flat().length,
    kills: victims,
    sentAgain,
    messages: runsOf(changes),
    coupons,
    seconds,
  }
  tell(`  ${JSON.stringify(figures)}: exactly these coupons, one message for each change`)
  return figures
}

type Place = { node: NodeProcess; house: House }

async function ask({ node, house }: Place, command: string, input: object): Promise<unknown> {
  const answer = await fetch(`${node.url}/v1/${command}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${house.people[0]?.token}` },
    body: JSON.stringify({ organizationId: house.organizationId, ...input }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${command} was answered ${answer.status}: ${text}`)
  return JSON.parse(text)
}

async function makeRule(place: Place, { status, above }: (typeof rules)[number]): Promise<string> {
  const campaignId = uuidv7()
  const value = { kind: 'percentage', percent: 10 }
  await ask(place, 'campaign.create', { campaignId, name: status, title: status, value, perPerson: null })
  await ask(place, 'campaign.set-state', { campaignId, state: 'active' })
  const form = { join: 'all', conditions: [{ field: 'total', operator: 'above', amount: above, currency: 'EUR' }] }
  const rule = { name: status, status, form, gifts: [{ campaignId }] }
  await ask(place, 'order-rule.put', { ruleId: uuidv7(), version: 0, rule })
  return campaignId
}

function makeChanges(count: number, random: Random): Change[] {
  return Array.from({ length: Math.ceil(count / CHANGES_PER_ORDER) }, (_, order) => {
    const total = 50_000 + random.below(100_000)
    return Array.from({ length: CHANGES_PER_ORDER }, (_, version) => {
      const status = orderStates[random.below(20) === 0 ? 5 + random.below(2) : random.below(5)] ?? 'submitted'
      return { externalId: `B${order}`, version, status, total }
    })
  }).flat()
}

function shuffled(changes: readonly Change[], random: Random): Change[][] {
  const all = changes
    .map((change) => ({ change, place: random.next() }))
    .toSorted((one, other) => one.place - other.place)
    .map(({ change }) => change)
  return Array.from({ length: Math.ceil(all.length / CALL) }, (_, index) => all.slice(index * CALL, (index + 1) * CALL))
}

type Delivery = { calls: Change[][]; killsAt: number[]; victims: string[]; tell(line: string): void }

/** Whoever gets no answer sends the same again. */
async function deliver(place: Place, { calls, killsAt, victims, tell }: Delivery): Promise<number> {
  const { node, house } = place
  let sent = 0
  let sentAgain = 0
  let killing: Promise<void> | undefined
  const killNext = async () => {
    const victim = victims[KILLS - killsAt.length]
    killsAt.shift()
    await (victim === 'server' ? node.kill() : node.killWithDatabase())
    tell(`  kill -9 of the ${victim} after ${sent} of ${calls.length} calls`)
    await node.start()
  }
  const waiting = calls.values()
  const sendSome = async () => {
    for (const call of waiting) {
      if (killsAt[0] !== undefined && sent >= killsAt[0] && !killing) {
        killing = killNext().finally(() => (killing = undefined))
      }
      const orders = call.map((change) => {
        const personId = house.people[1 + (Number(change.externalId.slice(1)) % (PEOPLE - 1))]?.personId
        return { source: 'app', currency: 'EUR', customer: { personId }, ...change }
      })
      await untilBack(async () => {
        const isStored = await ask(place, 'order.put', { orders }).then(
          () => true,
          () => false,
        )
        if (!isStored) sentAgain++
        return isStored
      }, 'a call was answered')
      sent++
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, sendSome))
  await killing
  assert.equal(killsAt.length, 0, 'not all kills have come about')
  return sentAgain
}

/** Runs of one state, by the order of the source: each is one change. */
function runsOf(changes: readonly Change[]): number {
  return changes.filter(({ externalId, status }, index) => {
    const before = changes[index - 1]
    return before?.externalId !== externalId || before.status !== status
  }).length
}

/** The orders that a rule gives something for in the end: in its state once, above its amount, never cancelled. */
function expectedOf(changes: readonly Change[], status: OrderStatus, above: number): Set<string> {
  const ended = new Set(
    changes.flatMap((one) => (one.status === 'cancelled' || one.status === 'refunded' ? [one.externalId] : [])),
  )
  return new Set(
    changes.flatMap((one) =>
      one.status === status && one.total > above && !ended.has(one.externalId) ? [one.externalId] : [],
    ),
  )
}

type Expected = { changes: readonly Change[]; campaigns: readonly string[] }

async function checkAll({ databaseUrl }: NodeProcess, { changes, campaigns }: Expected): Promise<void> {
  const told = () =>
    query<{ count: number; orders: number }>(
      databaseUrl,
      `select count(*)::int as count, count(distinct (body ->> 'orderId', body ->> 'version'))::int as orders
       from event where name = any($1)`,
      [orderStates.map((status) => `order.${status}`)],
    )
  const isQuiet = async () => {
    const [{ behind } = {}] = await query<{ behind: number }>(
      databaseUrl,
      `select count(*)::int as behind from event
       where (name = 'order.changed' and (transaction_id, id) > (
           select transaction_id, event_id from reaction_position where reaction = 'orders.tell-changes'))
         or (name = any($1) and (transaction_id, id) > (
           select transaction_id, event_id from reaction_position where reaction = 'orders.apply-rules'))`,
      [orderStates.map((status) => `order.${status}`)],
    )
    return behind === 0
  }
  await until(isQuiet, 'everything was decided', PATIENCE_MS, 500)
  const [messages] = await told()
  assert.deepEqual(messages, { count: runsOf(changes), orders: runsOf(changes) }, 'one message for each change')
  for (const [index, { status, above }] of rules.entries()) {
    const held = await query<{ order: string }>(
      databaseUrl,
      `select customer_order.external_id as order from coupon
       join customer_order on customer_order.id = split_part(source_key, ':', 3)::uuid
       where campaign_id = $1 and coupon.state = 'issued' order by 1`,
      [campaigns[index]],
    )
    assert.deepEqual(
      held.map(({ order }) => order),
      Array.from(expectedOf(changes, status, above)).toSorted(),
      `the coupons for ${status}`,
    )
  }
}
