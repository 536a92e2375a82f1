import { z } from 'zod'
import { OrganizationId } from '../../../protocol/ids.ts'
import type { CustomerLevel } from '../../../protocol/orders.ts'
import type { Job, Tools } from '../../platform/feature.ts'
import { progress } from '../../platform/progress.ts'
import type { Tx } from '../../platform/sql.ts'
import { openRehearsal, type Rehearsal } from '../coupons/index.ts'
import { compiledRule } from './compile-rule.ts'
import { defaultSettings, readSettings } from './customer-store.ts'
import { dayOf } from './day.ts'
import { factsOf, judge, type CustomerFacts, type RuleVersion, type Trigger } from './decide.ts'
import { findIssues, readCustomers } from './decision-store.ts'
import { give, rehearse } from './give.ts'
import { rankOf } from './history.ts'
import { issueKey, type Candidate, type Counters, type Decided } from './limits.ts'
import { findRule } from './rule-store.ts'
import { addCounts, noCounts } from './run-counts.ts'
import * as store from './run-store.ts'

const Payload = z.object({ organizationId: OrganizationId, runId: z.uuid() })
const PORTION = 500
const SAMPLE_MAX = 20

/** Looks at the orders there are, portion by portion; after an interruption it goes on where it was. */
export const runRule: Job = {
  name: 'orders.run-rule',
  async run(payload, tools) {
    const { organizationId, runId } = Payload.parse(payload)
    /** What a dry run would have given so far: limits count it. After an interruption it begins anew. */
    const rehearsal = {
      counters: { rules: new Map(), parts: new Map(), before: new Set<string>() },
      coupons: openRehearsal(tools.clock()),
    }
    for (let isDone = false, isFirst = true; !isDone; isFirst = false)
      isDone = await takePortion({ organizationId, runId, rehearsal, isFirst }, tools)
  },
}

type Rehearsing = { counters: Counters; coupons: Rehearsal }
type Portion = { organizationId: OrganizationId; runId: string; rehearsal: Rehearsing; isFirst: boolean }

async function takePortion({ organizationId, runId, rehearsal, isFirst }: Portion, { database, clock }: Tools) {
  const run = await database.transaction(async (tx) => {
    const found = await store.lockRun(tx, organizationId, runId)
    if (found?.state !== 'running') return undefined
    const before = isFirst && found.mode === 'dry' ? { ...found, ...afresh } : found
    const next = await look(tx, before, { rehearsal, now: clock() })
    await store.moveRun(tx, next)
    return next
  })
  if (!run) return true
  progress.report(run.askedBy, { id: run.id, step: 'orders', done: run.done, total: Math.max(run.done, run.total) })
  return run.state === 'done'
}

const afresh = { done: 0, position: null, sample: [], counts: noCounts }

type Around = { rehearsal: Rehearsing; now: Date }

async function look(tx: Tx, run: store.RunRow, { rehearsal, now }: Around): Promise<store.RunRow> {
  const { organizationId, content } = run
  const orders = await store.readPortion(tx, organizationId, { after: run.position, limit: PORTION })
  const last = orders.at(-1)
  if (!last) return { ...run, state: 'done' }
  const orderIds = orders.map(({ id }) => id)
  const asked = { orderIds, rank: rankOf(content.status), status: content.status }
  const triggers = await store.readPastTriggers(tx, organizationId, asked)
  const rule = await ruleOf(tx, run)
  const { levels, timeZone } = (await readSettings(tx, [organizationId])).get(organizationId) ?? defaultSettings
  const day = dayOf(now, timeZone)
  const candidates = onePerOrder(await judgeAll(tx, { triggers, rule, levels, day }))
  const before = new Set((await issuedBefore(tx, candidates)).map((one) => issueKey(one.ruleId, one)))
  const decided = run.mode === 'live' ? await give({ tx, now }, candidates) : await rehearse(tx, candidates, rehearsal)
  const looked = new Set(triggers.map(({ orderId }) => orderId)).size
  return {
    ...run,
    done: run.done + orders.length,
    position: last.id,
    state: orders.length < PORTION ? 'done' : 'running',
    counts: addCounts(run.counts, { looked, decided, candidates, before }),
    sample: [...run.sample, ...sampleOf(orders, candidates, decided)].slice(0, SAMPLE_MAX),
  }
}

/** A rule that is not saved has no id; what it would have given is counted under none. */
const UNSAVED = '00000000-0000-0000-0000-000000000000'

async function ruleOf(
  tx: Tx,
  { organizationId, ruleId, content, compiled, askedBy, at }: store.RunRow,
): Promise<RuleVersion> {
  const saved = ruleId === null ? undefined : await findRule(tx, organizationId, ruleId)
  return {
    ruleId: saved?.ruleId ?? UNSAVED,
    version: saved?.version ?? 0,
    organizationId,
    status: content.status,
    isActive: true,
    content,
    compiled,
    madeBy: askedBy,
    madeAt: at,
    supersededAt: null,
  }
}

type Judging = { triggers: readonly Trigger[]; rule: RuleVersion; levels: readonly CustomerLevel[]; day: string }

async function judgeAll(tx: Tx, { triggers, rule, levels, day }: Judging): Promise<Candidate[]> {
  const known = new Map<number, CustomerFacts | undefined>()
  if (compiledRule(rule.compiled).needsCustomer) {
    const wanted = triggers.flatMap(({ organizationId, orderId, personId, details }, index) =>
      personId ? [{ index, organizationId, orderId, personId, placedAt: details.placedAt }] : [],
    )
    const customers = await readCustomers(tx, wanted)
    wanted.forEach(({ index }, place) => known.set(index, customers[place]))
  }
  return triggers.map((trigger, index) => {
    const facts = factsOf(trigger, known.get(index), levels)
    return { trigger, day, judged: judge(trigger, [rule], facts) }
  })
}

/** An order that has come to a state twice brings one coupon: the first time that meets the rule. */
function onePerOrder(candidates: readonly Candidate[]): Candidate[] {
  const byOrder = Map.groupBy(candidates, ({ trigger }) => trigger.orderId)
  return Array.from(byOrder.values()).flatMap((own) => {
    const best = own.find(({ judged }) => judged.some(({ outcome }) => outcome === 'given')) ?? own[0]
    return best ? [best] : []
  })
}

const issuedBefore = (tx: Tx, candidates: readonly Candidate[]) =>
  findIssues(
    tx,
    candidates.flatMap(({ trigger: { orderId, status }, judged }) =>
      judged.map(({ rule: { ruleId } }) => ({ ruleId, orderId, status })),
    ),
  )

function sampleOf(orders: readonly store.PastOrder[], candidates: readonly Candidate[], decided: readonly Decided[][]) {
  const byId = new Map(orders.map((order) => [order.id, order]))
  return candidates.flatMap(({ trigger: { orderId, details } }, index) => {
    const isGiven = (decided[index] ?? []).some(({ outcome }) => outcome === 'given')
    const order = byId.get(orderId)
    if (!isGiven || !order) return []
    const { externalId, customerName } = order
    const { total, currency, country = '' } = details
    return [{ orderId, externalId, customerName, total, currency, country }]
  })
}
