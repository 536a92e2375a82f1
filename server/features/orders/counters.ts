import type { Tx } from '../../platform/sql.ts'
import type { RuleVersion, Trigger } from './decide.ts'
import * as store from './decision-store.ts'
import { issueKey, type Counters } from './limits.ts'

/** A rule that an order meets, and the day on which that counts. */
export type Met = { rule: RuleVersion; trigger: Trigger; day: string }

/** Under the lock of the rules that were met: two who give by one rule do so one after the other. */
export async function readCounters(tx: Tx, met: readonly Met[]): Promise<Counters> {
  const [rules, before, parts] = await Promise.all([
    store.lockRuleCounts(tx, rulesOf(met)),
    store.findIssues(tx, issuesOf(met)),
    countParts(tx, met),
  ])
  const counters: Counters = { rules: new Map(), parts: new Map(), before: new Set() }
  enterCounts(counters, { rules, parts })
  for (const one of before) counters.before.add(issueKey(one.ruleId, one))
  return counters
}

/** What is not counted yet; what is, goes on as it is. Nothing is held. */
export async function addCounters(tx: Tx, met: readonly Met[], counters: Counters): Promise<void> {
  const [rules, before, parts] = await Promise.all([
    store.readRuleCounts(tx, rulesOf(met)),
    store.findIssues(tx, issuesOf(met)),
    countParts(tx, met),
  ])
  enterCounts(counters, {
    rules: rules.filter(({ ruleId }) => !counters.rules.has(ruleId)),
    parts: parts.filter(({ ruleId, key }) => !counters.parts.has(`${ruleId} ${key}`)),
  })
  // Each order is looked at in one portion.
  counters.before.clear()
  for (const one of before) counters.before.add(issueKey(one.ruleId, one))
}

type Counted = { rules: readonly store.RuleCount[]; parts: readonly { ruleId: string; key: string; count: number }[] }

function enterCounts(counters: Counters, { rules, parts }: Counted): void {
  for (const { ruleId, given, takenBack, spent } of rules)
    counters.rules.set(ruleId, { given: given - takenBack, spent })
  for (const { ruleId, key, count } of parts) counters.parts.set(`${ruleId} ${key}`, count)
}

const rulesOf = (met: readonly Met[]) => Array.from(new Set(met.map(({ rule }) => rule.ruleId))).toSorted()
const issuesOf = (met: readonly Met[]) =>
  met.map(({ rule: { ruleId }, trigger: { orderId, status } }) => ({ ruleId, orderId, status }))

async function countParts(tx: Tx, met: readonly Met[]) {
  const limited = met.flatMap(({ rule: { ruleId, content }, trigger: { personId }, day }) => {
    const isCounted = content.limits.perPerson !== null || content.limits.perDay !== null
    return isCounted && personId ? [{ ruleId, personId, day }] : []
  })
  return limited.length === 0 ? [] : store.countIssues(tx, limited)
}
