import { z } from 'zod'
import { CampaignId, CouponId } from './ids.ts'
import { partType } from './part-type.ts'

/**
 * A coupon of a campaign, for everybody who sees the message: each claims their own. With `couponId` it tells of one
 * that was issued already, and is worth something to its holder only. It never carries a code.
 */
export const CouponPart = partType({
  type: 'coupon',
  schema: z.strictObject({ type: z.literal('coupon'), campaignId: CampaignId, couponId: CouponId.optional() }),
  fallback: () => '🎟',
})
