import { z } from 'zod'
import { OrganizationId } from '../../../protocol/ids.ts'
import { orderEvents, type CustomerLevel, type OrderStatus, type RuleOutcome } from '../../../protocol/orders.ts'
import type { Context } from '../../platform/command.ts'
import type { Reaction, RecordedFact } from '../../platform/feature.ts'
import type { Tx } from '../../platform/sql.ts'
import { awaitedSince, CUSTOMER_KNOWN } from './awaited.ts'
import { compiledRule } from './compile-rule.ts'
import { readSettings } from './customer-store.ts'
import { dayOf } from './day.ts'
import { compareRules, factsOf, inForce, judge, timed, type CustomerFacts, type RuleVersion } from './decide.ts'
import * as store from './decision-store.ts'
import { give, takeBack } from './give.ts'
import { comparePlaces } from './history.ts'
import { readVersions } from './rule-store.ts'

const Fact = z.object({
  organizationId: OrganizationId,
  body: z.object({ orderId: z.string(), version: z.int(), rank: z.int() }),
})
const KnownFact = z.object({ organizationId: OrganizationId, body: z.object({ orderId: z.string() }) })

/**
 * The order filter: takes the messages of the order state machine and the rules, finds which orders meet which rule,
 * and lets their coupons be given. All of it in the transaction that moves on, so that it has happened once or not at
 * all.
 */
export const applyRules: Reaction = {
  name: 'orders.apply-rules',
  to: [...orderEvents, CUSTOMER_KNOWN],
  portionMax: 1_000,
  async run(facts, { clock }, tx) {
    const now = clock()
    const triggers = await readInOrder({ tx, now }, facts)
    await takeBack({ tx, now }, triggers)
    const asked = await withRules(
      tx,
      triggers.filter(({ isPast }) => !isPast),
    )
    if (asked.length === 0) return
    const known = await readCustomersOf(tx, asked)
    const zones = Array.from(new Set(asked.map(({ zone }) => zone)))
    const days = new Map(zones.map((zone) => [zone, dayOf(now, zone)]))
    const candidates = asked.map(({ trigger, rules, zone, levels }, index) => ({
      trigger,
      day: days.get(zone) ?? '',
      judged: judge(trigger, rules, factsOf(trigger, known[index], levels)),
    }))
    const decided = await give({ tx, now }, candidates)
    const decisions = asked.map(({ trigger: { organizationId, orderId, status, version, rank, at } }, index) => ({
      organizationId,
      orderId,
      status,
      version,
      rank,
      at,
      customer: known[index] ?? null,
      outcomes: (decided[index] ?? []).map(({ rule, outcome }) => ({
        ruleId: rule.ruleId,
        version: rule.version,
        outcome,
      })),
    }))
    tx.withCommit(store.putDecisions(tx, latest(decisions)))
  },
}

/** Where a customer has become known, what their order has been lately is looked at as if it became that now. */
async function readInOrder({ tx, now }: Pick<Context, 'tx' | 'now'>, facts: readonly RecordedFact[]) {
  const [known = [], changed = []] = [true, false].map((isKnown) =>
    facts.filter(({ name }) => (name === CUSTOMER_KNOWN) === isKnown),
  )
  const changes = changed.map((fact) => {
    const { organizationId, body } = Fact.parse(fact)
    return { organizationId, ...body }
  })
  const orders = known.map((fact) => {
    const { organizationId, body } = KnownFact.parse(fact)
    return { organizationId, ...body }
  })
  const recent = orders.length === 0 ? [] : await store.readRecentChanges(tx, orders, awaitedSince(now))
  return store.readTriggers(tx, [...changes, ...recent])
}

type Asked = { trigger: store.ReadTrigger; rules: RuleVersion[]; levels: readonly CustomerLevel[]; zone: string }

/** Rules are looked up by the state they wait for; who waits for another is not asked. */
async function withRules(tx: Tx, triggers: readonly store.ReadTrigger[]): Promise<Asked[]> {
  if (triggers.length === 0) return []
  const ids = Array.from(new Set(triggers.map(({ organizationId }) => organizationId)))
  const statuses = Array.from(new Set(triggers.map(({ status }) => status)))
  const since = triggers.reduce((first, { at }) => (at < first ? at : first), triggers[0]?.at ?? '')
  const [versions, settings] = await Promise.all([readVersions(tx, ids, { statuses, since }), readSettings(tx, ids)])
  const keyOf = (one: { organizationId: OrganizationId; status: OrderStatus }) => `${one.organizationId} ${one.status}`
  const byStatus = Map.groupBy(versions.toSorted(compareRules).map(timed), keyOf)
  return triggers.flatMap((trigger) => {
    const rules = inForce(byStatus.get(keyOf(trigger)) ?? [], trigger)
    const { levels = [], timeZone = 'UTC' } = settings.get(trigger.organizationId) ?? {}
    return rules.length === 0 ? [] : [{ trigger, rules, levels, zone: timeZone }]
  })
}

/** Only where a rule asks for them. */
async function readCustomersOf(tx: Tx, asked: readonly Asked[]): Promise<(CustomerFacts | undefined)[]> {
  const known: (CustomerFacts | undefined)[] = asked.map(() => undefined)
  const wanted = asked.flatMap(({ trigger: { organizationId, orderId, personId, details }, rules }, index) =>
    personId && rules.some(({ compiled }) => compiledRule(compiled).needsCustomer)
      ? [{ index, organizationId, orderId, personId, placedAt: details.placedAt }]
      : [],
  )
  if (wanted.length === 0) return known
  const customers = await store.readCustomers(tx, wanted)
  wanted.forEach(({ index }, place) => (known[index] = customers[place]))
  return known
}

type Outcomes = { ruleId: string; version: number; outcome: RuleOutcome }[]
type Decision = store.Decision & { outcomes: Outcomes }

/** Of an order that came to the same state twice in one portion the later one. */
function latest(decisions: readonly Decision[]): Decision[] {
  const kept = new Map<string, Decision>()
  for (const one of decisions) {
    const key = `${one.orderId} ${one.status}`
    const known = kept.get(key)
    if (!known || comparePlaces(known, one) <= 0) kept.set(key, one)
  }
  return Array.from(kept.values())
}
