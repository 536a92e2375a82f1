import type { Feature } from '../../platform/feature.ts'
import { registerCodeKind } from '../codes/index.ts'
import { registerOwnThings, registerPartRule } from '../conversations/index.ts'
import { checkCoupon, lockCoupon, unlockCoupon } from './check-coupon.ts'
import { claimCoupon } from './claim-coupon.ts'
import { couponKind } from './coupon-kind.ts'
import { saveCoupon, transferCoupon, voidCoupon } from './hold-coupon.ts'
import { changeCampaign, createCampaign, getCampaign, setCampaignState } from './keep-campaigns.ts'
import { ownCoupons } from './own-coupons.ts'
import { allowCouponParts } from './part-rule.ts'
import { addPictures, setCampaignPicture } from './pictures.ts'
import { getCoupon, getOffer, readBooklet } from './read-booklet.ts'
import { getCampaignStatistics, listCampaigns, listCoupons } from './read-campaigns.ts'
import { redeemCoupon } from './redeem-coupon.ts'
import { listRedemptions, rollBackRedemption } from './roll-back.ts'
import { sendCoupons } from './send-coupons.ts'
import { sendReminders } from './send-reminders.ts'
import { tendCampaign } from './tend-job.ts'

registerCodeKind(couponKind)
registerOwnThings(ownCoupons)
registerPartRule({ type: 'coupon', allow: allowCouponParts })

export const feature: Feature = {
  name: 'coupons',
  definitions: [
    createCampaign,
    changeCampaign,
    setCampaignState,
    setCampaignPicture,
    getCampaign,
    listCampaigns,
    getCampaignStatistics,
    claimCoupon,
    getOffer,
    readBooklet,
    getCoupon,
    saveCoupon,
    transferCoupon,
    sendCoupons,
    voidCoupon,
    listCoupons,
    checkCoupon,
    lockCoupon,
    unlockCoupon,
    redeemCoupon,
    rollBackRedemption,
    listRedemptions,
  ],
  jobs: [tendCampaign],
  reactions: [sendReminders],
  addRoutes: addPictures,
}

export { mayDo, standingOf, type May } from './access.ts'
export { refuseOffer, type CampaignFacts } from './admission.ts'
export type { CampaignContent } from './campaign-content.ts'
export { findCampaigns } from './campaign-store.ts'
export { holdStocks } from './campaign-store.ts'
export { findCoupons, type CouponRow } from './coupon-store.ts'
export { toCoupon } from './coupon-view.ts'
export { withOffers } from './read-booklet.ts'
export { openIssuing, openRehearsal, type Rehearsal, type Take } from './issuing.ts'
export {
  issueCoupons,
  voidCoupons,
  type Issue,
  type IssueResult,
  type Voiding,
  type VoidResult,
} from './issue-coupons.ts'
export { deliver } from './send-coupons.ts'
export { followChanges } from './tell-holders.ts'
