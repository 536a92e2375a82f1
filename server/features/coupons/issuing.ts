import type { Tx } from '../../platform/sql.ts'
import { beginAdmission, Counts, type Answer, type Asked } from './admission.ts'
import { holdStocks, readStocks } from './campaign-store.ts'
import { knownOf, lookUp, storeFresh, type Issue } from './issue-coupons.ts'

/** Whether somebody gets a coupon. What is taken counts for those who ask later. */
export type Take = (issue: Issue) => Answer
export type Issuing = { take: Take; store(): Promise<void> }

/**
 * Coupons that are decided one by one, in between with what else decides, and stored together. `maybe`: all that may be
 * asked for. Holds the campaigns' stock until the transaction ends.
 */
export async function openIssuing(tx: Tx, now: Date, maybe: readonly Issue[]): Promise<Issuing> {
  const campaigns = await holdStocks(tx, campaignsOf(maybe))
  const asked = maybe.map(toAsked)
  const admission = beginAdmission(knownOf({ ...(await lookUp(tx, asked)), campaigns, now }, asked.length))
  return {
    take: (issue) => admission.take(toAsked(issue)),
    store: () => storeFresh(tx, admission.fresh, { campaigns, now }),
  }
}

export type Rehearsal = (tx: Tx, maybe: readonly Issue[]) => Promise<Take>

/** Decides like the real thing, holds nothing and stores nothing; from one portion to the next the counts go on. */
export function openRehearsal(now: Date): Rehearsal {
  let counts: Counts | undefined
  return async (tx, maybe) => {
    const asked = maybe.map(toAsked)
    const campaigns = await readStocks(tx, campaignsOf(maybe))
    const known = { ...knownOf({ ...(await lookUp(tx, asked)), campaigns, now }, 0), makeCode: () => '' }
    counts?.goOn(known)
    counts ??= new Counts(known)
    const { take } = beginAdmission(known, counts)
    return (issue) => take(toAsked(issue))
  }
}

const toAsked = (issue: Issue): Asked => ({ ...issue, isClaim: false })
const campaignsOf = (issues: readonly Issue[]) => Array.from(new Set(issues.map(({ campaignId }) => campaignId)))
