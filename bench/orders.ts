import { parseArgs } from 'node:util'
import { setTimeout as delay } from 'node:timers/promises'
import type { Pool } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { writeCouponResults } from './coupons/results.ts'
import { describeCommit, describeMachine } from './machine.ts'
import { seedOrganization, seedPeople, settle, type Person } from './seed.ts'
import { startShoptalk } from './targets/shoptalk.ts'

const ORDERS = 12_000
/** Sent before, and not counted: a server that has just been started is still being compiled. */
const WARM_ORDERS = 2_000
const STATES = ['submitted', 'confirmed', 'paid', 'shipped', 'completed'] as const
const EVENTS = ORDERS * STATES.length
const RULES_PER_STATE = 20
/** Each rule wants one of so many segments: with 20 rules a state, one change in ten meets one. */
const SEGMENTS = 200
const CUSTOMERS = 2_000
const ORDERS_PER_CALL = 100
const CALLS_IN_FLIGHT = 6
const LOOK_MS = 100
/** So long anything that follows may take. */
const UNTIL_MAX_MS = 80_000

const { values } = parseArgs({ options: { profile: { type: 'string' } } })
await measureOrders(values.profile)

/**
 * Changes of state through 100 rules: sent by the API, stored with their history and told by one message each, decided
 * by the rules that wait for the state, coupons issued. The time counts from the first call until the last decision is
 * stored; the messages to customers follow, until the last of them is there.
 */
async function measureOrders(profileFolder: string | undefined): Promise<void> {
  const machine = await describeMachine()
  const startedAt = new Date().toISOString()
  const nodeOptions = profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`]
  await using shoptalk = await startShoptalk({ nodeOptions })
  const { pool, port } = shoptalk
  const organizationId = await seedOrganization(pool)
  const people = await seedPeople(pool, organizationId, { all: CUSTOMERS, withDevice: 1 })
  const [owner] = people
  if (!owner) throw new Error('Nobody was seeded.')
  await pool.query(`update member set role = 'owner' where person_id = $1`, [owner.id])
  const ask = (command: string, input: object) =>
    request(port, { token: owner.token, command, body: JSON.stringify(input) })
  await makeRules(ask, organizationId)
  await settle(pool)

  const send = (range: Range) => sendAll(port, owner.token, callsFor(range, { organizationId, people }))
  const decided = () => countOf(pool, 'select count(*)::int as count from order_decision')
  const messages = () => countOf(pool, 'select count(*)::int as count from message')
  const warm = { first: ORDERS, count: WARM_ORDERS }
  const warmMet = expectedMet(warm)
  await send(warm)
  await until(decided, WARM_ORDERS * STATES.length)
  await until(messages, warmMet)

  const counted = { first: 0, count: ORDERS }
  const calls = callsFor(counted, { organizationId, people })
  const begin = performance.now()
  await sendAll(port, owner.token, calls)
  const sentAfter = performance.now() - begin
  await until(decided, EVENTS + WARM_ORDERS * STATES.length)
  const decidedAfter = performance.now() - begin
  const issued = (await countOf(pool, 'select count(*)::int as count from coupon')) - warmMet
  const met = (await countOf(pool, 'select count(*)::int as count from order_issue')) - warmMet
  const toldBefore = (await messages()) - warmMet
  await until(messages, met + warmMet)
  const toldAfter = performance.now() - begin
  const told = (await messages()) - warmMet
  const orderEventsPerSecond = Math.round(EVENTS / (decidedAfter / 1_000))
  writeCouponResults({
    orders: {
      ...describeCommit(),
      startedAt,
      machine,
      events: EVENTS,
      warmEvents: WARM_ORDERS * STATES.length,
      orders: ORDERS,
      rules: RULES_PER_STATE * STATES.length,
      rulesAskedPerEvent: RULES_PER_STATE,
      met,
      coupons: issued,
      storedSeconds: round(sentAfter),
      decidedSeconds: round(decidedAfter),
      toldSeconds: round(toldAfter),
      messagesPerSecond: Math.round((told - toldBefore) / ((toldAfter - decidedAfter) / 1_000)),
    },
    orderEventsPerSecond,
  })
  console.log(
    `${orderEventsPerSecond} order events a second, ${met} of ${EVENTS} met a rule, ${issued} coupons; stored after ` +
      `${round(sentAfter)} s, decided after ${round(decidedAfter)} s, ${told} customers told after ` +
      `${round(toldAfter)} s`,
  )
  const right = expectedMet(counted)
  if (met !== right || issued !== right || told !== right) {
    console.log(`FAULT ${right} changes meet a rule`)
    process.exitCode = 1
  }
}

type Ask = (command: string, input: object) => Promise<unknown>

async function makeRules(ask: Ask, organizationId: string): Promise<void> {
  const campaignId = uuidv7()
  const value = { kind: 'percentage', percent: 10 }
  await ask('campaign.create', { organizationId, campaignId, name: 'Load', title: 'Ten', value, perPerson: null })
  await ask('campaign.set-state', { organizationId, campaignId, state: 'active' })
  for (const status of STATES)
    for (let segment = 0; segment < RULES_PER_STATE; segment++) {
      const conditions = [
        { field: 'country', operator: 'is', values: ['DE', 'FR', 'NL'] },
        { field: 'total', operator: 'above', amount: 1_000, currency: 'EUR' },
        { field: 'attribute', name: 'segment', operator: 'is', value: segment },
      ]
      const rule = { name: `${status} ${segment}`, status, form: { join: 'all', conditions }, gifts: [{ campaignId }] }
      await ask('order-rule.put', { organizationId, ruleId: uuidv7(), version: 0, rule })
    }
}

/** An order keeps its segment, so its five changes meet a rule each, or none does. */
function segmentOf(order: number): number {
  return order % SEGMENTS
}

type Range = { first: number; count: number }

function expectedMet({ first, count }: Range): number {
  const segments = Array.from({ length: count }, (_, index) => segmentOf(first + index))
  return segments.filter((segment) => segment < RULES_PER_STATE).length * STATES.length
}

/** Each state of a thousand orders after the other, as shops tell of them: the changes of one order are apart. */
function callsFor(range: Range, { organizationId, people }: { organizationId: string; people: readonly Person[] }) {
  const calls: string[] = []
  for (let first = range.first; first < range.first + range.count; first += 1_000)
    for (const [version, status] of STATES.entries())
      for (let from = first; from < first + 1_000; from += ORDERS_PER_CALL) {
        const orders = Array.from({ length: ORDERS_PER_CALL }, (_, index) => {
          const order = from + index
          const customer = { personId: people[1 + (order % (people.length - 1))]?.id }
          const attributes = { segment: segmentOf(order) }
          const items = [{ sku: `SKU-${order % 50}`, quantity: 1 + (order % 3) }]
          const content = { total: 1_001 + order, currency: 'EUR', country: 'DE', place: 'Berlin', items, attributes }
          return { source: 'app', externalId: `${order}`, status, version: version + 1, customer, ...content }
        })
        calls.push(JSON.stringify({ organizationId, orders }))
      }
  return calls
}

async function sendAll(port: number, token: string, calls: readonly string[]): Promise<void> {
  const waiting = calls.values()
  const sendSome = async () => {
    for (const body of waiting) await request(port, { token, command: 'order.put', body })
  }
  await Promise.all(Array.from({ length: CALLS_IN_FLIGHT }, sendSome))
}

async function request(port: number, { token, command, body }: { token: string; command: string; body: string }) {
  const answer = await fetch(`http://127.0.0.1:${port}/v1/${command}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body,
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${command} was answered ${answer.status}: ${text}`)
  return JSON.parse(text)
}

async function countOf(pool: Pool, statement: string): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(statement)
  return rows[0]?.count ?? 0
}

async function until(count: () => Promise<number>, wanted: number): Promise<void> {
  const end = performance.now() + UNTIL_MAX_MS
  while ((await count()) < wanted) {
    if (performance.now() > end) throw new Error(`Only ${await count()} of ${wanted} have come.`)
    await delay(LOOK_MS)
  }
}

function round(ms: number): number {
  return Math.round(ms / 10) / 100
}
