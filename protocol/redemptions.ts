import { z } from 'zod'
import { CouponState, CouponValue } from './coupons.ts'
import { MinorUnits, Money } from './currency.ts'
import { CampaignId, CouponId, Instant, Moment, OrganizationId, PersonId } from './ids.ts'
import { limits } from './limits.ts'
import { line } from './text.ts'

const inOrganization = { organizationId: OrganizationId }
/** As it is typed or scanned: groups, blanks and small letters make no difference. */
export const CouponCode = z.string().trim().min(1).max(100)
/** What a till asks. `place` is the till's own; `order` what is paid for, in minor units. */
const atTill = {
  ...inOrganization,
  code: CouponCode,
  place: line({ min: 0, max: limits.place }).default(''),
  order: Money.nullable().default(null),
}
/** Of a gift: how much of it is spent, in minor units. */
const spent = { amount: MinorUnits.min(1).nullable().default(null) }
export const CheckCoupon = z.strictObject({ ...atTill, ...spent })
/** A coupon as the till sees it. */
export const TillCoupon = z.object({
  couponId: CouponId,
  campaignId: CampaignId,
  state: CouponState,
  title: z.string(),
  text: z.string(),
  terms: z.string(),
  value: CouponValue,
  minimumOrder: Money.nullable(),
  balance: z.int().nullable(),
  expiresAt: Instant.nullable(),
  lockedUntil: Instant.nullable(),
})
export type TillCoupon = z.infer<typeof TillCoupon>
/** Why it is not redeemed: the code of the refusal, and when and where it was used, where that is why. */
export const CouponRefusal = z.object({
  code: z.string(),
  message: z.string(),
  usedAt: Instant.nullable(),
  usedPlace: z.string().nullable(),
})
export const CheckedCoupon = z.object({
  coupon: TillCoupon,
  /** Null: it could be redeemed now. */
  refusal: CouponRefusal.nullable(),
  /** What it would give, in minor units; null where that depends on the order. */
  gives: z.int().nullable(),
})
export type CheckedCoupon = z.infer<typeof CheckedCoupon>

/** Holds a coupon for a till, so that nobody else redeems it meanwhile. The same `lockId` again makes it longer. */
export const LockCoupon = z.strictObject({
  ...inOrganization,
  code: CouponCode,
  lockId: z.uuid(),
  ttlSeconds: z.int().min(5).max(limits.couponLockSeconds).default(120),
})
export const UnlockCoupon = z.strictObject({ ...inOrganization, code: CouponCode, lockId: z.uuid() })
/**
 * `redemptionId` is chosen by the till: the same one twice is one try, with one answer. `takenAt`: when it was scanned,
 * where that was without network; it is decided now, first come.
 */
export const RedeemCoupon = z.strictObject({
  ...atTill,
  ...spent,
  redemptionId: z.uuid(),
  lockId: z.uuid().optional(),
  takenAt: Moment.optional(),
})
/** A redemption, or a try that was refused. */
export const Redemption = z.object({
  /** Of the server. */
  id: z.uuid(),
  /** Of the till. */
  redemptionId: z.uuid(),
  couponId: CouponId.nullable(),
  campaignId: CampaignId.nullable(),
  staffId: PersonId,
  place: z.string(),
  /** `redeemed`, or the code of the refusal. */
  outcome: z.string(),
  /** What it gave, in minor units, and how much of that was taken back. */
  value: z.int(),
  rolledBack: z.int(),
  at: Instant,
  takenAt: Instant.nullable(),
  rolledBackAt: Instant.nullable(),
})
export type Redemption = z.infer<typeof Redemption>
export const RedeemedCoupon = z.object({ redemption: Redemption, coupon: TillCoupon })
export type RedeemedCoupon = z.infer<typeof RedeemedCoupon>
/** `id` is the server's. Once; of a gift also a part of what was spent, in minor units. */
export const RollBackRedemption = z.strictObject({
  ...inOrganization,
  id: z.uuid(),
  amount: MinorUnits.min(1).optional(),
})
/** The newest first, with those that were refused. Members see their own. */
export const ListRedemptions = z.strictObject({
  ...inOrganization,
  campaignId: CampaignId.optional(),
  couponId: CouponId.optional(),
  after: z.uuid().optional(),
  limit: z.int().min(1).max(limits.page).default(50),
})
export const RedemptionList = z.object({ redemptions: z.array(Redemption), next: z.uuid().nullable() })
