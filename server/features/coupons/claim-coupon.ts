import { ClaimCoupon, Coupon } from '../../../protocol/coupons.ts'
import type { CampaignId } from '../../../protocol/ids.ts'
import { batchCommand, type Item } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import type { Asked } from './admission.ts'
import { existingCampaigns, holdFreeStocks, holdStocks } from './campaign-store.ts'
import { findCoupons, seesCoupons } from './coupon-store.ts'
import { toCoupon } from './coupon-view.ts'
import { couponOf, issueHeld, lookUp } from './issue-coupons.ts'

export const claimCoupon = batchCommand({
  name: 'coupon.claim',
  summary:
    'Take a coupon that one sees in a message: everybody who sees it their own, with a code of its own, as long as ' +
    'there are some.',
  input: ClaimCoupon,
  output: Coupon,
  key: (input) => input.campaignId,
  share: (input) => input.organizationId,

  async lockBatch(tx, claims, whenHeld) {
    const ids = Array.from(new Set(claims.map(({ input }) => input.campaignId)))
    // One trip, but one statement after the other: what the later ones read is true under the lock.
    const [campaigns, sees, lookedUp] = await Promise.all([
      whenHeld === 'skip' ? holdFreeStocks(tx, ids) : holdStocks(tx, ids),
      seesCoupons(tx, claims, 'for-all'),
      lookUp(tx, claims.map(toAsked)),
    ])
    const held = new Set(campaigns.map(({ id }) => id))
    const missing = ids.filter((id) => !held.has(id))
    const busy = whenHeld === 'skip' && missing.length > 0 ? await existingCampaigns(tx, missing) : []
    const seen = new Set(claims.filter((_, index) => sees[index]))
    return { campaigns, seen, lookedUp, busy: new Set<CampaignId>(busy) }
  },

  allowBatch: (_tx, claims, { seen }) => Promise.resolve(claims.map((claim) => seen.has(claim))),

  async runBatch(tx, claims, { campaigns, lookedUp }, now) {
    const { answers, fresh } = await issueHeld(tx, claims.map(toAsked), { ...lookedUp, campaigns, now })
    const coupons = new Map(fresh.map((one) => [one.id, couponOf(one, now)]))
    const known = answers.flatMap((answer) =>
      'refusal' in answer || coupons.has(answer.couponId) ? [] : [answer.couponId],
    )
    const rows = known.length === 0 ? [] : await findCoupons(tx, known)
    for (const row of rows) coupons.set(row.id, toCoupon(row))
    return answers.map((answer) => {
      if ('refusal' in answer) return new Refusal(answer.refusal)
      const coupon = coupons.get(answer.couponId)
      if (!coupon) throw new Error('A coupon vanished under its lock.')
      return coupon
    })
  },
})

/** A claim is the person's own: ids of others mean nothing. */
const toAsked = ({ actorId, input }: Item<ClaimCoupon>): Asked => ({
  organizationId: input.organizationId,
  campaignId: input.campaignId,
  personId: actorId,
  sourceKey: `claim ${actorId} ${input.claimId}`,
  isClaim: true,
})
