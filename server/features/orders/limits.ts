import type { ErrorCode } from '../../../protocol/errors.ts'
import type { RuleOutcome } from '../../../protocol/orders.ts'
import type { PersonId } from '../../../protocol/ids.ts'
import type { Judged, RuleVersion, Trigger } from './decide.ts'

/** An order with the rules it meets, the first to be asked first. */
export type Candidate = { trigger: Trigger; day: string; judged: Judged[] }
export type Decided = {
  rule: RuleVersion
  outcome: RuleOutcome
  isFresh: boolean
  /** How many it brought just now. */
  coupons: number
  /** Why its campaigns had none. */
  refusal?: ErrorCode
}
/** Gets the coupons of a rule for an order, or a refusal where its campaigns have none for them. */
export type GiveCoupons = (rule: RuleVersion, trigger: Trigger) => { coupons: number } | { refusal: ErrorCode }
export type Counters = {
  /** What each rule has given and has not taken back, and spent. */
  rules: Map<string, { given: number; spent: number }>
  /** The same for each `rule person` and `rule day`. */
  parts: Map<string, number>
  /** What was given before, by `issueKey`. */
  before: Set<string>
}

export const issueKey = (ruleId: string, { orderId, status }: Pick<Trigger, 'orderId' | 'status'>) =>
  `${ruleId} ${orderId} ${status}`

/**
 * Who gets something, first come, first served: limits and budgets are kept, what is not stacked is left out, and what
 * was given before is not given again. The counters go on with what is given here; where a campaign has nothing left
 * for somebody, its rule has given nothing.
 */
export function admit({ trigger, day, judged }: Candidate, counters: Counters, give: GiveCoupons): Decided[] {
  let isStopped = false
  return judged.map(({ rule, outcome: met }): Decided => {
    const nothing = (outcome: RuleOutcome, refusal?: ErrorCode) =>
      ({ rule, outcome, isFresh: false, coupons: 0, ...(refusal && { refusal }) }) as const
    if (isStopped) return nothing('stopped')
    if (met !== 'given' || trigger.personId === null) return nothing(met)
    const scope = { day, personId: trigger.personId }
    if (counters.before.has(issueKey(rule.ruleId, trigger))) {
      isStopped = rule.content.isLast
      return nothing('given')
    }
    const limit = limitReached(rule, counters, scope)
    if (limit) return nothing(limit)
    const got = give(rule, trigger)
    if ('refusal' in got) return nothing('no-coupon', got.refusal)
    count(rule, counters, scope)
    counters.before.add(issueKey(rule.ruleId, trigger))
    isStopped = rule.content.isLast
    return { rule, outcome: 'given', isFresh: true, coupons: got.coupons }
  })
}

type Scope = { day: string; personId: PersonId }

function limitReached(
  { ruleId, content: { limits } }: RuleVersion,
  { rules, parts }: Counters,
  { day, personId }: Scope,
): RuleOutcome | undefined {
  const { given = 0, spent = 0 } = rules.get(ruleId) ?? {}
  const part = (key: string) => parts.get(`${ruleId} ${key}`) ?? 0
  if (limits.total !== null && given >= limits.total) return 'limit-total'
  if (limits.perPerson !== null && part(personId) >= limits.perPerson) return 'limit-person'
  if (limits.perDay !== null && part(day) >= limits.perDay) return 'limit-day'
  if (limits.budget !== null && spent + limits.budget.each > limits.budget.amount) return 'budget'
  return undefined
}

function count({ ruleId, content: { limits } }: RuleVersion, { rules, parts }: Counters, { day, personId }: Scope) {
  const { given = 0, spent = 0 } = rules.get(ruleId) ?? {}
  rules.set(ruleId, { given: given + 1, spent: spent + (limits.budget?.each ?? 0) })
  for (const key of [`${ruleId} ${personId}`, `${ruleId} ${day}`]) parts.set(key, (parts.get(key) ?? 0) + 1)
}
