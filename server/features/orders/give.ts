import type { CampaignId, CouponId, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { ErrorCode } from '../../../protocol/errors.ts'
import type { RuleContent } from '../../../protocol/order-rules.ts'
import type { OrderStatus } from '../../../protocol/orders.ts'
import type { Context } from '../../platform/command.ts'
import { record } from '../../platform/events.ts'
import type { Tx } from '../../platform/sql.ts'
import { openIssuing, voidCoupons, type Issue, type Rehearsal, type Take } from '../coupons/index.ts'
import { addCounters, readCounters, type Met } from './counters.ts'
import type { RuleVersion, Trigger } from './decide.ts'
import * as store from './decision-store.ts'
import { isCancelling } from './history.ts'
import { admit, issueKey, type Candidate, type Counters, type Decided, type GiveCoupons } from './limits.ts'

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
  const met = metIn(candidates)
  if (met.length === 0) return undecided(candidates)
  const counters = await readCounters(tx, met)
  const issuing = await openIssuing(tx, now, giftsFor(met, counters))
  const rewards: (Reward & { organizationId: OrganizationId })[] = []
  const reward: GiveCoupons = (rule, trigger) => {
    const got = takeGifts(issuing.take, rule, trigger)
    if ('refusal' in got) return got
    const { organizationId, orderId, status } = trigger
    rewards.push({ organizationId, ruleId: rule.ruleId, version: rule.version, orderId, status, ...got })
    return { coupons: got.coupons.length }
  }
  const decided = candidates.map((candidate) => admit(candidate, counters, reward))
  await issuing.store()
  const fresh = candidates.flatMap(({ trigger, day }, index) =>
    (decided[index] ?? []).flatMap((one) => (one.isFresh ? [{ trigger, day, decided: one }] : [])),
  )
  await note({ tx, now }, fresh, rewards)
  return decided
}

/** What would be given, by the counters of the rules and campaigns as they would be by now. Nothing is stored. */
export async function rehearse(
  tx: Tx,
  candidates: readonly Candidate[],
  { counters, coupons }: { counters: Counters; coupons: Rehearsal },
): Promise<Decided[][]> {
  const met = metIn(candidates)
  if (met.length === 0) return undecided(candidates)
  await addCounters(tx, met, counters)
  const take = await coupons(tx, giftsFor(met, counters))
  return candidates.map((candidate) =>
    admit(candidate, counters, (rule, trigger) => {
      const got = takeGifts(take, rule, trigger)
      return 'refusal' in got ? got : { coupons: got.coupons.length }
    }),
  )
}

function metIn(candidates: readonly Candidate[]): Met[] {
  return candidates.flatMap(({ trigger, day, judged }) =>
    judged.flatMap(({ rule, outcome }) => (outcome === 'given' ? [{ rule, trigger, day }] : [])),
  )
}

function undecided(candidates: readonly Candidate[]): Decided[][] {
  return candidates.map(({ judged }) => judged.map((one) => ({ ...one, isFresh: false, coupons: 0 })))
}

/** All coupons that may be wanted; what was given before is not asked for again. */
function giftsFor(met: readonly Met[], { before }: Counters): Issue[] {
  return met.flatMap(({ rule, trigger }) =>
    before.has(issueKey(rule.ruleId, trigger)) ? [] : issuesFor(rule, trigger),
  )
}

function issuesFor({ content, ruleId }: RuleVersion, trigger: Trigger): Issue[] {
  const { organizationId, personId } = trigger
  if (personId === null) return []
  return giftsOf(content, ruleId, trigger).map((gift) => ({ ...gift, organizationId, personId }))
}

type Taken = Pick<Reward, 'personId' | 'coupons'> | { refusal: ErrorCode }

/** As many of the rule's coupons as there are for this customer; the first refusal where there is none. */
function takeGifts(take: Take, rule: RuleVersion, trigger: Trigger): Taken {
  const coupons: Reward['coupons'] = []
  let refusal: ErrorCode | undefined
  for (const issue of issuesFor(rule, trigger)) {
    const answer = take(issue)
    if ('refusal' in answer) refusal ??= answer.refusal
    else coupons.push({ campaignId: issue.campaignId, couponId: answer.couponId })
  }
  if (coupons.length === 0 || trigger.personId === null) return { refusal: refusal ?? 'coupon.not-for-person' }
  return { personId: trigger.personId, coupons }
}

type Fresh = { trigger: Trigger; day: string; decided: Decided }

async function note(
  { tx, now }: Writing,
  given: readonly Fresh[],
  rewards: readonly (Reward & { organizationId: OrganizationId })[],
): Promise<void> {
  if (given.length === 0) return
  const rows = given.flatMap(
    ({ trigger: { organizationId, orderId, status, personId }, day, decided: { rule, coupons } }) => {
      const { ruleId, version: ruleVersion } = rule
      return personId ? [{ ruleId, ruleVersion, organizationId, orderId, status, personId, day, coupons }] : []
    },
  )
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
  // One that is cancelled and refunded at once has one end.
  const ended = new Map(triggers.flatMap((one) => (isCancelling(one.status) ? [[one.orderId, one]] : [])))
  if (ended.size === 0) return
  const issues = (await store.issuesOf(tx, Array.from(ended.values()))).filter(
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
