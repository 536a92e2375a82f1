import { v7 as uuidv7 } from 'uuid'
import type { Campaign, Coupon } from '../../protocol/coupons.ts'
import type { RedeemedCoupon } from '../../protocol/redemptions.ts'
import type { Message } from '../../protocol/conversations.ts'

/** A campaign whose coupon stands in a message, and what has become of two of its coupons. */
export type CouponScene = {
  campaignId: string
  /** The number of the message. */
  couponNumber: number
  /** Held by whoever made it, and its code. */
  couponId: string
  couponCode: string
  redemptionId: string
}

/** Plays it: `act` carries out commands for an owner who writes in the audience. */
export async function playCoupons(
  act: (command: string, input: object) => Promise<unknown>,
  { organizationId, audienceId }: { organizationId: string; audienceId: string },
): Promise<CouponScene> {
  const inside = { organizationId }
  const campaignId = uuidv7()
  const value = { kind: 'amount', amount: 500, currency: 'EUR' }
  const campaign = { ...inside, campaignId, name: 'Spring', title: 'Five euros', value, perPerson: null }
  const { id } = (await act('campaign.create', campaign)) as Campaign
  await act('campaign.set-state', { ...inside, campaignId: id, state: 'active' })
  const message = { ...inside, audienceId, id: uuidv7(), parts: [{ type: 'coupon', campaignId }] }
  const { number } = (await act('message.post', message)) as Message
  const claim = async () => {
    const input = { ...inside, campaignId, audienceId, number, claimId: uuidv7() }
    return (await act('coupon.claim', input)) as Coupon
  }
  const [kept, used] = [await claim(), await claim()]
  const redeem = { ...inside, code: used.code, redemptionId: uuidv7() }
  const { redemption } = (await act('coupon.redeem', redeem)) as RedeemedCoupon
  return {
    campaignId,
    couponNumber: number,
    couponId: kept.id,
    couponCode: kept.code ?? '',
    redemptionId: redemption.id,
  }
}
