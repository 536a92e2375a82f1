import { createHash } from 'node:crypto'
import { CouponId, type CampaignId } from '../../../protocol/ids.ts'

/** A UUID of version 8, as everybody who knows campaign and source can make it: one source is one coupon. */
export function couponIdOf(campaignId: CampaignId, sourceKey: string): CouponId {
  const bytes = createHash('sha256').update(campaignId).update(' ').update(sourceKey).digest().subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 15) | 128
  bytes[8] = ((bytes[8] ?? 0) & 63) | 128
  const hex = bytes.toString('hex')
  const groups = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)]
  return CouponId.parse(groups.join('-'))
}
