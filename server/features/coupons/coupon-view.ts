import type { Coupon, Offer } from '../../../protocol/coupons.ts'
import type { TillCoupon } from '../../../protocol/redemptions.ts'
import type { CampaignFacts } from './admission.ts'
import type { OfferRow } from './campaign-store.ts'
import { isOpen } from './coupon-rules.ts'
import { shownCode } from './coupon-code.ts'
import type { CouponRow } from './coupon-store.ts'

/** As its holder sees it. */
export function toCoupon(row: CouponRow): Coupon {
  return {
    id: row.id,
    campaignId: row.campaignId,
    organizationId: row.organizationId,
    state: row.state,
    code: isOpen(row.state) ? shownCode(row.code) : null,
    balance: row.balance,
    issuedAt: row.issuedAt,
    expiresAt: row.expiresAt,
    lockedUntil: row.lockedUntil,
    redeemedAt: row.redeemedAt,
    redeemedPlace: row.redeemedPlace,
    remindedAt: row.remindedAt,
  }
}

/** As the till sees it. */
export function toTillCoupon(row: CouponRow, { content }: CampaignFacts): TillCoupon {
  const { title, text, terms, value, minimumOrder } = content
  const { id: couponId, campaignId, state, balance, expiresAt, lockedUntil } = row
  return { couponId, campaignId, state, title, text, terms, value, minimumOrder, balance, expiresAt, lockedUntil }
}

/** As customers see the campaign. */
export function toOffer({ id, organizationId, organizationName, accent, pictureHash, content }: OfferRow): Offer {
  const { title, text, terms, value, minimumOrder, timeZone, startsAt, endsAt, validDays, windows, places } = content
  return {
    campaignId: id,
    organization: { id: organizationId, name: organizationName, accent },
    picture: pictureAddress(id, pictureHash),
    isTransferable: content.isTransferable,
    title,
    text,
    terms,
    value,
    minimumOrder,
    timeZone,
    startsAt,
    endsAt,
    validDays,
    windows,
    places,
  }
}

export const pictureAddress = (campaignId: string, hash: string | null): string | null =>
  hash === null ? null : `/coupon-pictures/${campaignId}/${hash}`
