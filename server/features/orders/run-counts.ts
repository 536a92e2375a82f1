import type { ErrorCode } from '../../../protocol/errors.ts'
import type { RunCounts, RunCut } from '../../../protocol/order-rules.ts'
import { issueKey, type Candidate, type Decided } from './limits.ts'

export const noCounts: RunCounts = {
  looked: 0,
  met: 0,
  given: 0,
  coupons: 0,
  withoutCustomer: 0,
  cancelled: 0,
  limited: 0,
  cuts: {},
  missing: 0,
  before: 0,
}

type Added = { looked: number; decided: Decided[][]; candidates: Candidate[]; before: ReadonlySet<string> }

export function addCounts(counts: RunCounts, { looked, decided, candidates, before }: Added): RunCounts {
  const all = decided.flat()
  const of = (outcome: Decided['outcome']) => all.filter((one) => one.outcome === outcome).length
  const known = candidates.filter(({ trigger, judged }) =>
    judged.some(({ rule, outcome }) => outcome === 'given' && before.has(issueKey(rule.ruleId, trigger))),
  ).length
  const cuts = { ...counts.cuts }
  for (const cut of all.flatMap((one) => cutOf(one) ?? [])) cuts[cut] = (cuts[cut] ?? 0) + 1
  return {
    looked: counts.looked + looked,
    met: counts.met + all.length - of('missing'),
    given: counts.given + of('given') - known,
    coupons: all.reduce((sum, one) => sum + one.coupons, counts.coupons),
    withoutCustomer: counts.withoutCustomer + of('no-customer'),
    cancelled: counts.cancelled + of('cancelled'),
    limited: Object.values(cuts).reduce((sum, count) => sum + count, 0),
    cuts,
    missing: counts.missing + of('missing'),
    before: counts.before + known,
  }
}

function cutOf({ outcome, refusal }: Decided): RunCut | undefined {
  if (outcome === 'no-coupon') return cutBy[refusal ?? 'coupon.not-offered'] ?? 'not-offered'
  const isOwn = outcome === 'limit-total' || outcome === 'limit-person' || outcome === 'limit-day'
  return isOwn || outcome === 'budget' ? outcome : undefined
}

/** All else means that the campaign gives nothing out at present. */
const cutBy: Partial<Record<ErrorCode, RunCut>> = {
  'coupon.sold-out': 'sold-out',
  'coupon.budget-spent': 'campaign-budget',
  'coupon.person-limit': 'campaign-person',
  'coupon.booklet-full': 'booklet-full',
  'coupon.not-for-person': 'not-for-person',
}
