import type { CouponState } from '../../../protocol/coupons.ts'
import type { ErrorCode } from '../../../protocol/errors.ts'
import type { CampaignFacts } from './admission.ts'
import { isOpenAt } from './time-rules.ts'
import { valueGiven, type Spending } from './value-rules.ts'

/** What decides over a coupon. */
export type CouponFacts = {
  state: CouponState
  balance: number | null
  issuedAt: string
  expiresAt: string | null
  lockId: string | null
  lockedUntil: string | null
}

export const openStates: readonly CouponState[] = ['issued', 'saved', 'locked']
export const isOpen = (state: CouponState): boolean => openStates.includes(state)

/**
 * What it is at a time, whether or not somebody has written that down: locks lapse, and what is past its end is over.
 */
export function stateAt(coupon: CouponFacts, at: Date): CouponState {
  const { state, lockedUntil } = coupon
  if (!isOpen(state) && state !== 'expired') return state
  if (isPast(coupon, at)) return 'expired'
  // It has expired since, or its lock has lapsed: at that time it was as if kept.
  const isLapsed = state === 'locked' && lockedUntil !== null && Date.parse(lockedUntil) <= at.getTime()
  return state === 'expired' || isLapsed ? 'saved' : state
}

export type Use = Pick<Spending, 'order' | 'amount'> & {
  /** When it is used; a till without network says when that was. */
  at: Date
  /** By when locks have lapsed. */
  now: Date
  place: string
  lockId: string | undefined
}
export type Decision = { gives: number } | { refusal: ErrorCode }

/** Pure: whether a coupon is redeemed, and what it gives. What can never change again is said first. */
export function decideUse(coupon: CouponFacts, campaign: CampaignFacts, use: Use): Decision {
  const { content } = campaign
  const over = refuseOver(coupon, use.at)
  if (over) return { refusal: over }
  if (campaign.state === 'paused' || campaign.state === 'draft') return { refusal: 'coupon.paused' }
  if (content.startsAt !== null && Date.parse(content.startsAt) > use.at.getTime())
    return { refusal: 'coupon.not-started' }
  const lock = refuseLock(coupon, use)
  if (lock) return { refusal: lock }
  if (content.places.length > 0 && !content.places.includes(use.place)) return { refusal: 'coupon.not-here' }
  if (!isOpenAt(content.windows, content.timeZone, use.at)) return { refusal: 'coupon.not-now' }
  return valueGiven({ ...content, balance: coupon.balance, order: use.order, amount: use.amount })
}

/** Why it is over; undefined: it is not. */
export function refuseOver(coupon: CouponFacts, at: Date): ErrorCode | undefined {
  const state = stateAt(coupon, at)
  if (state === 'void') return 'coupon.void'
  if (state === 'redeemed') return 'coupon.redeemed'
  return state === 'expired' ? 'coupon.expired' : undefined
}

/** Another till has it in hand; or this one thinks it had. */
export function refuseLock(coupon: CouponFacts, { now, lockId }: Pick<Use, 'now' | 'lockId'>): ErrorCode | undefined {
  const isLocked = coupon.state === 'locked' && stateAt(coupon, now) === 'locked'
  if (isLocked && coupon.lockId !== lockId) return 'coupon.locked'
  return !isLocked && lockId !== undefined ? 'coupon.lock-ended' : undefined
}

/** What a coupon is after it has given something. A use that is heard of late leaves what has expired meanwhile. */
export function afterUse(coupon: CouponFacts, gives: number, now: Date): Pick<CouponFacts, 'state' | 'balance'> {
  const { balance } = coupon
  if (balance === null) return { state: 'redeemed', balance }
  const left = isPast(coupon, now) ? ('expired' as const) : ('saved' as const)
  return { state: balance === gives ? 'redeemed' : left, balance: balance - gives }
}

const isPast = ({ expiresAt }: Pick<CouponFacts, 'expiresAt'>, at: Date): boolean =>
  expiresAt !== null && Date.parse(expiresAt) <= at.getTime()

export type Spent = { value: number; rolledBack: number; at: string; rolledBackAt: string | null }
const ROLL_BACK_MAX_MS = 90 * 24 * 3_600_000

/** Whether a redemption is taken back, and how much of it: once, and of a gift also a part. */
export function decideRollBack(
  spent: Spent,
  { amount, isGift, now }: { amount?: number | undefined; isGift: boolean; now: Date },
) {
  if (spent.rolledBackAt !== null) return { refusal: 'coupon.rolled-back' as const }
  if (now.getTime() - Date.parse(spent.at) > ROLL_BACK_MAX_MS) return { refusal: 'coupon.rollback-late' as const }
  const back = amount ?? spent.value
  if (back > spent.value || (!isGift && back !== spent.value)) return { refusal: 'coupon.rollback-amount' as const }
  return { back }
}

/**
 * What a coupon is after a redemption was taken back: as good as before, where its time is not over, and nobody has
 * meant to take the coupon itself back meanwhile.
 */
export function afterRollBack(
  coupon: CouponFacts & { voidReason?: string | null },
  back: number,
  now: Date,
): Pick<CouponFacts, 'state' | 'balance'> {
  const balance = coupon.balance === null ? null : coupon.balance + back
  if (coupon.state === 'void' || (coupon.voidReason ?? null) !== null) return { state: 'void', balance }
  return { state: isPast(coupon, now) ? 'expired' : 'saved', balance }
}

/** Clocks of devices are not exact, and a scan that is older than a week is no scan of today. */
const SKEW_MAX_MS = 60_000
const TAKEN_MAX_MS = 7 * 24 * 3_600_000

/** When a scan without network counts as taken; undefined: that cannot be. */
export function timeTaken(takenAt: string | undefined, now: Date): Date | undefined {
  if (takenAt === undefined) return now
  const ms = Date.parse(takenAt)
  if (ms > now.getTime() + SKEW_MAX_MS || ms < now.getTime() - TAKEN_MAX_MS) return undefined
  return new Date(Math.min(ms, now.getTime()))
}
