import { HeldCoupon, OneCoupon, TransferCoupon, VoidCoupon } from '../../../protocol/coupons.ts'
import { Nothing } from '../../../protocol/conversations.ts'
import type { CouponId } from '../../../protocol/ids.ts'
import { recordAct } from '../../platform/audit.ts'
import { command, personOf, type Allowed, type Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { isAdministrator } from '../organization/index.ts'
import { refusePerson } from './admission.ts'
import { findCampaign, holdStocks } from './campaign-store.ts'
import { makeCodes } from './coupon-code.ts'
import { refuseLock, refuseOver } from './coupon-rules.ts'
import { areAcquainted, findCoupons, findPeople, holdCoupons, putCoupon, type CouponRow } from './coupon-store.ts'
import { voidHeld } from './issue-coupons.ts'
import { withOffers } from './read-booklet.ts'
import { tellHolders, tellManagers } from './tell-holders.ts'

export const saveCoupon = command({
  name: 'coupon.save',
  summary: 'Keep a coupon that was sent to oneself. Twice is the same as once.',
  input: OneCoupon,
  output: HeldCoupon,
  lock: holdOne,
  allow: allowHolder,

  async run(ctx, _input, coupon) {
    if (!coupon) throw new Refusal('coupon.not-found')
    const over = refuseOver(coupon, ctx.now)
    if (over) throw new Refusal(over)
    if (coupon.state !== 'issued') return viewOf(ctx, coupon.id)
    await putCoupon(ctx.tx, { ...coupon, state: 'saved' })
    tellHolders(ctx.tx, [{ personId: coupon.holderId, couponId: coupon.id, name: 'coupon.changed' }], ctx.now)
    return viewOf(ctx, coupon.id)
  },
})

export const transferCoupon = command({
  name: 'coupon.transfer',
  summary:
    'Give a coupon to somebody with whom one is in a conversation, where the campaign allows it. It gets a new code.',
  input: TransferCoupon,
  output: Nothing,

  /** The stock too: what somebody has of a campaign is counted by one at a time. */
  async lock(ctx, { couponId }) {
    const [found] = await findCoupons(ctx.tx, [couponId])
    if (!found) return undefined
    await holdStocks(ctx.tx, [found.campaignId])
    return holdOne(ctx, { couponId })
  },
  allow: allowHolder,

  async run(ctx, { personId }, coupon) {
    if (!coupon) throw new Refusal('coupon.not-found')
    const { tx, now } = ctx
    const { organizationId, campaignId, holderId } = coupon
    const campaign = await findCampaign(tx, campaignId)
    if (!campaign?.content.isTransferable) throw new Refusal('coupon.not-transferable')
    const refusal = refuseOver(coupon, now) ?? refuseLock(coupon, { now, lockId: undefined })
    if (refusal) throw new Refusal(refusal)
    const [facts] = await findPeople(tx, [{ organizationId, campaignId, personId }])
    const isKnown = await areAcquainted(tx, { organizationId, personId: holderId, otherId: personId })
    const mayHave = facts !== undefined && refusePerson(campaign, personId, facts) === undefined
    if (!isKnown || !mayHave) throw new Refusal('coupon.receiver-refused', { path: 'personId' })
    const [code = ''] = makeCodes(1)
    await putCoupon(tx, { ...coupon, holderId: personId, code, state: 'issued' })
    const told = { couponId: coupon.id }
    tellHolders(tx, [{ ...told, personId: holderId, name: 'coupon.removed' }], now)
    tellHolders(tx, [{ ...told, personId, name: 'coupon.changed' }], now)
    return {}
  },
})

export const voidCoupon = command({
  name: 'coupon.void',
  summary: 'Take back a coupon that has not been used up. It can be given out again.',
  input: VoidCoupon,
  output: Nothing,

  async lock(ctx, { couponId }) {
    const [found] = await findCoupons(ctx.tx, [couponId])
    if (!found) return undefined
    const campaigns = await holdStocks(ctx.tx, [found.campaignId])
    const [coupon] = await holdCoupons(ctx.tx, [couponId])
    return coupon && { coupon, campaigns }
  },

  async allow(ctx, { organizationId }, held) {
    if (!(await isAdministrator(ctx.tx, organizationId, personOf(ctx)))) return false
    return held?.coupon.organizationId === organizationId || new Refusal('coupon.not-found', { path: 'couponId' })
  },

  async run(ctx, { organizationId, reason }, held) {
    if (!held) throw new Refusal('coupon.not-found')
    const { coupon, campaigns } = held
    if (coupon.state === 'void') return {}
    const over = refuseOver(coupon, ctx.now)
    if (over) throw new Refusal(over)
    await voidHeld(ctx.tx, [coupon], { campaigns, reason, now: ctx.now })
    tellManagers(ctx.tx, organizationId)
    recordAct(ctx, { organizationId, act: 'coupon.voided', personIds: [coupon.holderId], thingId: coupon.id })
    return {}
  },
})

type One = { couponId: CouponId }

async function holdOne(ctx: Context, { couponId }: One): Promise<CouponRow | undefined> {
  return (await holdCoupons(ctx.tx, [couponId]))[0]
}

/** To everybody else it is as if there were none. */
function allowHolder(ctx: Context, _input: One, coupon: CouponRow | undefined): Allowed {
  return coupon?.holderId === personOf(ctx) || new Refusal('coupon.not-found', { path: 'couponId' })
}

async function viewOf({ tx }: Context, couponId: CouponId) {
  const [held] = await withOffers(tx, await findCoupons(tx, [couponId]))
  if (!held) throw new Refusal('coupon.not-found')
  return held
}
