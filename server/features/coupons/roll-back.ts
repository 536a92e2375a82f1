import { ListRedemptions, Redemption, RedemptionList, RollBackRedemption } from '../../../protocol/redemptions.ts'
import { recordAct } from '../../platform/audit.ts'
import { command, personOf, query, type Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { allowMembers, mayDo, standingOf } from './access.ts'
import type { CampaignFacts } from './admission.ts'
import { findCampaign, holdStocks } from './campaign-store.ts'
import { countExpiry } from './count-expiry.ts'
import { afterRollBack, decideRollBack } from './coupon-rules.ts'
import { countDay, giveBack, holdCoupons, putCoupon, type CouponRow } from './coupon-store.ts'
import { toRedemption } from './redeem-coupon.ts'
import * as store from './redemption-store.ts'
import { tellHolders, tellManagers } from './tell-holders.ts'
import { localDay } from './time-rules.ts'
import type { z } from 'zod'

type Input = z.output<typeof RollBackRedemption>

export const rollBackRedemption = command({
  name: 'redemption.roll-back',
  summary: 'Take back a redemption within ninety days, once: the coupon is good again. Of a gift also a part.',
  input: RollBackRedemption,
  output: Redemption,
  lock: holdRedeemed,

  async allow(ctx, { organizationId }, held) {
    const standing = await standingOf(ctx.tx, organizationId, personOf(ctx))
    if (!standing) return false
    const isTheirs = held !== undefined && (standing.isManager || held.redemption.staffId === standing.personId)
    return (
      (isTheirs && mayDo(standing, held.campaign).redeem) || new Refusal('coupon.redemption-not-found', { path: 'id' })
    )
  },

  async run(ctx, { organizationId, amount }, held) {
    if (!held) throw new Refusal('coupon.redemption-not-found')
    const { redemption, coupon, campaign } = held
    const { tx, now } = ctx
    const decision = decideRollBack(redemption, { amount, isGift: coupon.balance !== null, now })
    if ('refusal' in decision) throw new Refusal(decision.refusal)
    const { back } = decision
    const after = afterRollBack(coupon, back, now)
    await store.rollBack(tx, redemption.id, { value: back, by: personOf(ctx), now })
    const free = { lockId: null, lockHolderId: null, lockedUntil: null }
    // Nothing of it is used any more, as far as anybody can tell who looks at the coupon.
    const unused = coupon.balance === null ? { redeemedAt: null, redeemedPlace: null } : {}
    await putCoupon(tx, { ...coupon, ...after, ...free, ...unused })
    const place = { campaignId: campaign.id, day: redemption.day ?? now.toISOString().slice(0, 10) }
    await countDay(tx, { ...place, place: redemption.place }, { valueGiven: -back })
    if (coupon.state === 'redeemed') await countDay(tx, usedUpAt(held), { redeemed: -1 })
    if (after.state === 'void') await giveBackVoid(ctx, campaign, { coupon, back })
    await countExpiry(tx, campaign, { coupon, after: after.state })
    tellHolders(tx, [{ personId: coupon.holderId, couponId: coupon.id, name: 'coupon.changed' }], now)
    tellManagers(tx, organizationId)
    const facts = { redemptionId: redemption.id, back }
    recordAct(ctx, { organizationId, act: 'coupon.rolled-back', thingId: coupon.id, facts })
    const row = await store.findRedemption(tx, redemption.id)
    if (!row) throw new Error('A redemption vanished.')
    return toRedemption(row)
  },
})

/** Where the coupon counts as redeemed: a gift where its last part was spent, which need not be what is taken back. */
function usedUpAt({ redemption, coupon, campaign }: Held) {
  const { redeemedAt, redeemedPlace } = coupon
  const at = new Date(redeemedAt ?? redemption.at)
  const day =
    coupon.balance === null && redemption.day !== null ? redemption.day : localDay(campaign.content.timeZone, at)
  return { campaignId: campaign.id, day, place: redeemedPlace ?? redemption.place }
}

/**
 * Its order was cancelled while it was used: it is taken back now, and its campaign can give another. Of a gift that
 * is void already, the budget gets back this part too.
 */
async function giveBackVoid(
  { tx, now }: Context,
  { id: campaignId, content }: CampaignFacts,
  { coupon, back }: { coupon: CouponRow; back: number },
): Promise<void> {
  if (coupon.state === 'void') return giveBack(tx, campaignId, { count: 0, committed: back })
  const committed = coupon.balance === null ? coupon.committed : coupon.balance + back
  await giveBack(tx, campaignId, { count: 1, committed })
  await countDay(tx, { campaignId, day: localDay(content.timeZone, now), place: '' }, { void: 1 })
}

type Held = NonNullable<Awaited<ReturnType<typeof holdRedeemed>>>

/** The redemption as it is under the lock of its coupon. A try that was refused is none. */
async function holdRedeemed({ tx }: Context, { organizationId, id }: Input) {
  const found = await store.findRedemption(tx, id)
  if (found?.organizationId !== organizationId || found.outcome !== 'redeemed' || !found.couponId) return undefined
  if (found.campaignId) await holdStocks(tx, [found.campaignId])
  const [coupon] = await holdCoupons(tx, [found.couponId])
  const redemption = await store.findRedemption(tx, id)
  const campaign = coupon && (await findCampaign(tx, coupon.campaignId))
  return coupon && redemption && campaign ? { redemption, coupon, campaign } : undefined
}

export const listRedemptions = query({
  name: 'redemption.list',
  summary:
    'Redemptions and the tries that were refused, the newest first. Members see their own, managers everybody’s.',
  input: ListRedemptions,
  output: RedemptionList,
  allow: allowMembers,

  async run(ctx, { organizationId, campaignId, couponId, after, limit }) {
    const standing = await standingOf(ctx.tx, organizationId, personOf(ctx))
    if (!standing) throw new Refusal('access.refused')
    const staffId = standing.isManager ? null : standing.personId
    const page = { organizationId, campaignId, couponId, staffId, after, limit: limit + 1 }
    const rows = await store.redemptionPage(ctx.tx, page)
    const shown = rows.slice(0, limit)
    return { redemptions: shown.map(toRedemption), next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null }
  },
})
