import type { CampaignId, CouponId, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { RuleContent } from '../../../protocol/order-rules.ts'
import type { OrderStatus } from '../../../protocol/orders.ts'
import type { Context } from '../../platform/command.ts'
import { record } from '../../platform/events.ts'
import { issueCoupons, voidCoupons, type Issue, type IssueResult } from '../coupons/index.ts'
import type { RuleVersion, Trigger } from './decide.ts'
import * as store from './decision-store.ts'
import { isCancelling } from './history.ts'
import { admit, issueKey, type Candidate, type Counters, type Decided } from './limits.ts'

type Writing = Pick<Context, 'tx' | 'now'>
type Gift = { campaignId: CampaignId; sourceKey: string }
/** What goes to a customer, once: told by the fact `order.rewarded`. */
export type Reward = {
  ruleId: string
  version: number
  orderId: string
  status: OrderStatus
  personId: PersonId
  coupons: { campaignId: CampaignId; couponId: CouponId }[]
}

/**
 * Gives the coupons of the rules that were met, within their limits, and once for each rule, order and trigger: the
 * database holds what was given, and the coupons themselves go by that key too. Answers with what became of each rule,
 * in the order of the candidates.
 */
export async function give({ tx, now }: Writing, candidates: readonly Candidate[]): Promise<Decided[][]> {
  const met = candidates.flatMap(({ trigger, day, judged }) =>
    judged.flatMap(({ rule, outcome }) => (outcome === 'given' ? [{ rule, trigger, day }] : [])),
  )
  if (met.length === 0) return candidates.map(({ judged }) => judged.map((one) => ({ ...one, isFresh: false })))
  const counters = await readCounters(tx, met)
  const decided = candidates.map((candidate) => admit(candidate, counters))
  const fresh = candidates.flatMap(({ trigger, day }, index) =>
    (decided[index] ?? []).flatMap((one) => (one.isFresh ? [{ trigger, day, decided: one }] : [])),
  )
  if (fresh.length > 0) await issue({ tx, now }, fresh)
  return decided
}

type Met = { rule: RuleVersion; trigger: Trigger; day: string }

/** Under the lock of the rules that were met: two who give by one rule do so one after the other. */
async function readCounters(tx: Writing['tx'], met: readonly Met[]): Promise<Counters> {
  const ruleIds = Array.from(new Set(met.map(({ rule }) => rule.ruleId))).toSorted()
  const keys = met.map(({ rule, trigger: { orderId, status } }) => ({ ruleId: rule.ruleId, orderId, status }))
  const limited = met.flatMap(({ rule: { ruleId, content }, trigger: { personId }, day }) => {
    const isCounted = content.limits.perPerson !== null || content.limits.perDay !== null
    return isCounted && personId ? [{ ruleId, personId, day }] : []
  })
  const [rules, before, parts] = await Promise.all([
    store.lockRuleCounts(tx, ruleIds),
    store.findIssues(tx, keys),
    limited.length === 0 ? [] : store.countIssues(tx, limited),
  ])
  return {
    rules: new Map(rules.map(({ ruleId, given, takenBack, spent }) => [ruleId, { given: given - takenBack, spent }])),
    parts: new Map(parts.map(({ ruleId, key, count }) => [`${ruleId} ${key}`, count])),
    before: new Set(before.map((one) => issueKey(one.ruleId, one))),
  }
}

type Fresh = { trigger: Trigger; day: string; decided: Decided }

/** Where a campaign has nothing left for somebody, its rule has given nothing. */
async function issue({ tx, now }: Writing, fresh: readonly Fresh[]): Promise<void> {
  const asked = fresh.map((one) => giftsOf(one.decided.rule.content, one.decided.rule.ruleId, one.trigger))
  const flat = fresh.flatMap(({ trigger: { organizationId, personId } }, index): Issue[] =>
    personId ? (asked[index] ?? []).map((gift) => ({ ...gift, organizationId, personId })) : [],
  )
  const answers = new Map((await issueCoupons(tx, now, flat)).map((answer, index) => [flat[index]?.sourceKey, answer]))
  const rewards = fresh.flatMap(({ trigger, decided }, index): (Reward & { organizationId: OrganizationId })[] => {
    const coupons = (asked[index] ?? []).flatMap(({ campaignId, sourceKey }) =>
      couponIn(campaignId, answers.get(sourceKey)),
    )
    const { organizationId, orderId, status, personId } = trigger
    const { ruleId, version } = decided.rule
    if (coupons.length > 0 && personId) return [{ organizationId, ruleId, version, orderId, status, personId, coupons }]
    Object.assign(decided, { outcome: 'no-coupon', isFresh: false })
    return []
  })
  await note({ tx, now }, fresh, rewards)
}

async function note(
  { tx, now }: Writing,
  fresh: readonly Fresh[],
  rewards: readonly (Reward & { organizationId: OrganizationId })[],
): Promise<void> {
  const given = fresh.filter(({ decided }) => decided.isFresh)
  if (given.length === 0) return
  const rows = given.flatMap(({ trigger: { organizationId, orderId, status, personId }, day, decided: { rule } }) => {
    const { ruleId, version: ruleVersion } = rule
    return personId ? [{ ruleId, ruleVersion, organizationId, orderId, status, personId, day }] : []
  })
  const byRule = Map.groupBy(given, ({ decided }) => decided.rule.ruleId)
  const deltas = Array.from(byRule, ([ruleId, own]) => ({
    ruleId,
    given: own.length,
    takenBack: 0,
    spent: own.reduce((sum, { decided }) => sum + (decided.rule.content.limits.budget?.each ?? 0), 0),
  }))
  tx.withCommit(store.insertIssues(tx, rows, now))
  tx.withCommit(store.addRuleCounts(tx, deltas))
  await record(tx, factsOf(rewards), now)
}

/** Rewards that one fact names: each takes a transaction of its own to be told. */
const REWARDS_PER_FACT = 20

function factsOf(rewards: readonly (Reward & { organizationId: OrganizationId })[]) {
  const byOrganization = Map.groupBy(rewards, ({ organizationId }) => organizationId)
  return Array.from(byOrganization).flatMap(([organizationId, own]) =>
    Array.from({ length: Math.ceil(own.length / REWARDS_PER_FACT) }, (_, index) => ({
      name: 'order.rewarded',
      organizationId,
      body: { rewards: own.slice(index * REWARDS_PER_FACT, (index + 1) * REWARDS_PER_FACT) },
    })),
  )
}

function couponIn(campaignId: CampaignId, answer: IssueResult | undefined): Reward['coupons'] {
  return answer && !('refusal' in answer) ? [{ campaignId, couponId: answer.couponId }] : []
}

function giftsOf(
  { gifts }: RuleContent,
  ruleId: string,
  { orderId, status }: Pick<Trigger, 'orderId' | 'status'>,
): Gift[] {
  return gifts.flatMap(({ campaignId, count }, place) =>
    Array.from({ length: count }, (_, index) => ({
      campaignId,
      sourceKey: `order-rule:${ruleId}:${orderId}:${status}:${place}.${index}`,
    })),
  )
}

/** Takes back what orders have brought that are cancelled or refunded now, as far as it has not been redeemed. */
export async function takeBack({ tx, now }: Writing, triggers: readonly Trigger[]): Promise<void> {
  const ended = triggers.filter(({ status }) => isCancelling(status))
  if (ended.length === 0) return
  const issues = (await store.issuesOf(tx, ended)).filter(
    ({ takenBackAt, status }) => takenBackAt === null && !isCancelling(status),
  )
  if (issues.length === 0) return
  const keys = issues.map(({ ruleId, ruleVersion: version }) => ({ ruleId, version }))
  const contents = await store.readContents(tx, keys)
  const contentOf = new Map(contents.map(({ ruleId, version, content }) => [`${ruleId} ${version}`, content]))
  const wanted = issues.flatMap((one) => {
    const content = contentOf.get(`${one.ruleId} ${one.ruleVersion}`)
    return content?.takesBack ? [{ ...one, content, gifts: giftsOf(content, one.ruleId, one) }] : []
  })
  if (wanted.length === 0) return
  await store.lockRuleCounts(tx, Array.from(new Set(wanted.map(({ ruleId }) => ruleId))).toSorted())
  const voidings = wanted.flatMap(({ gifts }) => gifts)
  const answers = await voidCoupons(tx, now, { voidings, reason: 'order-cancelled' })
  const isVoid = new Map(
    answers.map(({ outcome }, index) => [voidings[index]?.sourceKey, outcome === 'void' || outcome === 'already-void']),
  )
  const back = wanted.filter(({ gifts }) => gifts.some(({ sourceKey }) => isVoid.get(sourceKey)))
  if (back.length === 0) return
  await store.markTakenBack(tx, back, now)
  const byRule = Map.groupBy(back, ({ ruleId }) => ruleId)
  const deltas = Array.from(byRule, ([ruleId, own]) => ({
    ruleId,
    given: 0,
    takenBack: own.length,
    spent: -own.reduce((sum, { content }) => sum + (content.limits.budget?.each ?? 0), 0),
  }))
  await store.addRuleCounts(tx, deltas)
}
