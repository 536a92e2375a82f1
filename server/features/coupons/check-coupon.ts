import { CheckCoupon, CheckedCoupon, LockCoupon, TillCoupon, UnlockCoupon } from '../../../protocol/redemptions.ts'
import { command, personOf } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { decideUse, refuseLock, refuseOver, stateAt } from './coupon-rules.ts'
import { findCoupons, putCoupon } from './coupon-store.ts'
import { toTillCoupon } from './coupon-view.ts'
import { tellHolders } from './tell-holders.ts'
import { unlockBy } from './tend-job.ts'
import { allowTill, detailsOf, refusalWith, refuseMiss, takeInHand } from './till.ts'

/** A command, though it changes no coupon: codes that do not exist are counted. */
export const checkCoupon = command({
  name: 'coupon.check',
  summary: 'What a coupon at the till would give, and why not, without redeeming it.',
  input: CheckCoupon,
  output: CheckedCoupon,
  lock: takeInHand,
  allow: allowTill,

  async run(ctx, { organizationId, place, order, amount }, inHand) {
    if (!inHand.found) return refuseMiss(ctx, organizationId, inHand)
    const { coupon, campaign } = inHand.found
    const lockId = coupon.lockHolderId === personOf(ctx) ? (coupon.lockId ?? undefined) : undefined
    const held = stateAt(coupon, ctx.now) === 'locked' ? lockId : undefined
    const decision = decideUse(coupon, campaign, { at: ctx.now, now: ctx.now, place, order, amount, lockId: held })
    const shown = toTillCoupon({ ...coupon, state: stateAt(coupon, ctx.now) }, campaign)
    if ('gives' in decision) return { coupon: shown, refusal: null, gives: decision.gives }
    const { refusal } = decision
    const isUnknown = refusal === 'coupon.order-needed' || refusal === 'coupon.amount-needed'
    if (isUnknown) return { coupon: shown, refusal: null, gives: null }
    const details = detailsOf(refusal, coupon)
    const { message } = refusalWith(refusal, details)
    const { usedAt = null, usedPlace = null } = details
    return { coupon: shown, refusal: { code: refusal, message, usedAt, usedPlace }, gives: null }
  },
})

export const lockCoupon = command({
  name: 'coupon.lock',
  summary: 'Hold a coupon for this till for some time, so that it is redeemed nowhere else meanwhile.',
  input: LockCoupon,
  output: TillCoupon,
  lock: takeInHand,
  allow: allowTill,

  async run(ctx, { organizationId, lockId, ttlSeconds }, inHand) {
    if (!inHand.found) return refuseMiss(ctx, organizationId, inHand)
    const { coupon, campaign } = inHand.found
    const over = refuseOver(coupon, ctx.now)
    if (over) throw refusalWith(over, detailsOf(over, coupon))
    const isOthers = refuseLock(coupon, { now: ctx.now, lockId }) === 'coupon.locked'
    if (isOthers) throw new Refusal('coupon.locked')
    const until = new Date(ctx.now.getTime() + ttlSeconds * 1_000)
    const lock = { lockId, lockHolderId: personOf(ctx), lockedUntil: until.toISOString() }
    await putCoupon(ctx.tx, { ...coupon, state: 'locked', ...lock })
    tellHolders(ctx.tx, [{ personId: coupon.holderId, couponId: coupon.id, name: 'coupon.changed' }], ctx.now)
    await unlockBy(ctx.tx, { campaignId: campaign.id, couponId: coupon.id, at: until })
    const [locked] = await findCoupons(ctx.tx, [coupon.id])
    if (!locked) throw new Error('A coupon vanished under its lock.')
    return toTillCoupon(locked, campaign)
  },
})

export const unlockCoupon = command({
  name: 'coupon.unlock',
  summary: 'Let a coupon go that this till holds. Twice is the same as once.',
  input: UnlockCoupon,
  output: TillCoupon,
  lock: takeInHand,
  allow: allowTill,

  async run(ctx, { organizationId, lockId }, inHand) {
    if (!inHand.found) return refuseMiss(ctx, organizationId, inHand)
    const { coupon, campaign } = inHand.found
    if (coupon.lockId !== lockId) return toTillCoupon(coupon, campaign)
    const free = { ...coupon, state: 'saved' as const, lockId: null, lockHolderId: null, lockedUntil: null }
    await putCoupon(ctx.tx, free)
    tellHolders(ctx.tx, [{ personId: coupon.holderId, couponId: coupon.id, name: 'coupon.changed' }], ctx.now)
    return toTillCoupon(free, campaign)
  },
})
