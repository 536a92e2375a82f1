import { Refusal } from '../../platform/refusal.ts'
import type { Allowed } from '../../platform/command.ts'
import type { AskedPart } from '../conversations/index.ts'
import type { Tx } from '../../platform/sql.ts'
import { mayDo, standingOf } from './access.ts'
import { findCampaigns } from './campaign-store.ts'
import { findCoupons } from './coupon-store.ts'

/**
 * Who manages coupons, or is named by the campaign, puts one into a message; what is given out is decided on claiming.
 */
export async function allowCouponParts(tx: Tx, asked: readonly AskedPart[]): Promise<Allowed[]> {
  const parts = asked.map(({ part }) => (part.type === 'coupon' ? part : undefined))
  const campaignIds = parts.flatMap((part) => part?.campaignId ?? [])
  const couponIds = parts.flatMap((part) => part?.couponId ?? [])
  const campaigns = new Map((await findCampaigns(tx, campaignIds)).map((campaign) => [campaign.id, campaign]))
  const coupons = new Map((await findCoupons(tx, couponIds)).map((coupon) => [coupon.id, coupon]))
  const allowed: Allowed[] = []
  for (const [index, { organizationId, actorId }] of asked.entries()) {
    const part = parts[index]
    const campaign = part && campaigns.get(part.campaignId)
    const standing = await standingOf(tx, organizationId, actorId)
    const isTheirs = campaign?.organizationId === organizationId
    const may = standing && isTheirs ? mayDo(standing, campaign) : undefined
    const isOfIt = part?.couponId === undefined || coupons.get(part.couponId)?.campaignId === part.campaignId
    if (!may?.send || !isOfIt) allowed.push(new Refusal('campaign.not-found', { path: 'parts' }))
    else allowed.push(campaign?.state === 'active' || new Refusal('coupon.not-offered', { path: 'parts' }))
  }
  return allowed
}
