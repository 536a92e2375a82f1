import { hash } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import type { z } from 'zod'
import { RedeemCoupon, RedeemedCoupon, type Redemption } from '../../../protocol/redemptions.ts'
import { errors, type ErrorCode } from '../../../protocol/errors.ts'
import { command, personOf, type Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import type { CampaignFacts } from './admission.ts'
import { findCampaign } from './campaign-store.ts'
import { countExpiry } from './count-expiry.ts'
import { plainCode } from './coupon-code.ts'
import { afterUse, decideUse, timeTaken, type Decision } from './coupon-rules.ts'
import { countDay, findCoupons, putCoupon, type CouponRow } from './coupon-store.ts'
import { toTillCoupon } from './coupon-view.ts'
import * as store from './redemption-store.ts'
import { tellHolders, tellManagers } from './tell-holders.ts'
import { allowTill, detailsOf, refusalWith, refuseMiss, takeInHand, type InHand } from './till.ts'
import { localDay } from './time-rules.ts'

type Input = z.output<typeof RedeemCoupon>

export const redeemCoupon = command({
  name: 'coupon.redeem',
  summary:
    'Redeem a coupon at the till, once. Tries that are refused are kept too; the refusal of a used one ' +
    'says when and where ' +
    'that was.',
  input: RedeemCoupon,
  output: RedeemedCoupon,
  lock: takeInHand,
  allow: allowTill,

  async run(ctx, input, inHand) {
    const { organizationId, redemptionId } = input
    const staffId = personOf(ctx)
    const before = await store.findTry(ctx.tx, { organizationId, staffId, redemptionId })
    if (before) return answerAgain(ctx, input, before)
    if (!inHand.found) return missed(ctx, input, inHand)
    const { coupon, campaign } = inHand.found
    const at = timeTaken(input.takenAt, ctx.now)
    if (!at || at.getTime() < Date.parse(coupon.issuedAt) - ISSUED_SKEW_MS)
      throw new Refusal('coupon.time-unlikely', { path: 'takenAt' })
    const { place, order, amount, lockId } = input
    const decision = decideUse(coupon, campaign, { at, now: ctx.now, place, order, amount, lockId })
    return 'gives' in decision
      ? redeem(ctx, input, { coupon, campaign, at, gives: decision.gives })
      : refuse(ctx, input, { coupon, decision })
  },
})

/** A device's clock may be behind the server's. */
const ISSUED_SKEW_MS = 60_000

type Using = { coupon: CouponRow; campaign: CampaignFacts; at: Date; gives: number }

async function redeem(ctx: Context, input: Input, { coupon, campaign, at, gives }: Using) {
  const { tx, now } = ctx
  const { organizationId, place } = input
  const after = afterUse(coupon, gives, now)
  const free = { lockId: null, lockHolderId: null, lockedUntil: null }
  await putCoupon(tx, { ...coupon, ...after, ...free, redeemedAt: at.toISOString(), redeemedPlace: place })
  const day = localDay(campaign.content.timeZone, at)
  const redeemed = after.state === 'redeemed' ? 1 : 0
  await countDay(tx, { campaignId: campaign.id, day, place }, { redeemed, valueGiven: gives })
  await countExpiry(tx, campaign, { coupon, after: after.state })
  const one = tryOf(ctx, input, { coupon, outcome: 'redeemed', value: gives, day })
  await keepTry(ctx, one)
  tellHolders(tx, [{ personId: coupon.holderId, couponId: coupon.id, name: 'coupon.changed' }], now)
  tellManagers(tx, organizationId)
  return answerWith(ctx, one.id)
}

async function refuse(
  ctx: Context,
  input: Input,
  { coupon, decision }: { coupon: CouponRow; decision: Extract<Decision, { refusal: ErrorCode }> },
) {
  const { refusal } = decision
  const details = detailsOf(refusal, coupon)
  await keepTry(ctx, tryOf(ctx, input, { coupon, outcome: refusal, details }))
  return refusalWith(refusal, details)
}

/** Of one code they stand in line for its coupon: what came meanwhile under the same id was another one. */
async function keepTry({ tx, now }: Context, one: store.NewRedemption): Promise<void> {
  if (!(await store.insertRedemption(tx, one, now)))
    throw new Refusal('coupon.redemption-id-taken', { path: 'redemptionId' })
}

/** Waiting helps where there were too many tries, so that one is not kept. Sent twice at once it is counted once. */
async function missed(ctx: Context, input: Input, inHand: InHand): Promise<Refusal | RedeemedCoupon> {
  const { organizationId, redemptionId } = input
  const refusal = await refuseMiss(ctx, organizationId, inHand)
  if (refusal.code === 'coupon.limit') return refusal
  if (await store.insertRedemption(ctx.tx, tryOf(ctx, input, { outcome: refusal.code }), ctx.now)) return refusal
  const meanwhile = await store.findTry(ctx.tx, { organizationId, staffId: personOf(ctx), redemptionId })
  if (!meanwhile) throw new Error('A try vanished.')
  const answer = await answerAgain(ctx, input, meanwhile)
  if (answer instanceof Refusal) throw answer
  return answer
}

async function answerAgain(ctx: Context, input: Input, before: store.RedemptionRow) {
  if (before.contentHash !== hashOf(input)) throw new Refusal('coupon.redemption-id-taken', { path: 'redemptionId' })
  if (before.outcome === 'redeemed') return answerWith(ctx, before.id)
  const code = Object.keys(errors).find((known): known is ErrorCode => known === before.outcome)
  return refusalWith(code ?? 'coupon.not-found', before.details)
}

async function answerWith(ctx: Context, id: string): Promise<RedeemedCoupon> {
  const row = await store.findRedemption(ctx.tx, id)
  const [coupon] = row?.couponId ? await findCoupons(ctx.tx, [row.couponId]) : []
  const campaign = coupon && (await findCampaign(ctx.tx, coupon.campaignId))
  if (!row || !coupon || !campaign) throw new Error('A redemption vanished.')
  return { redemption: toRedemption(row), coupon: toTillCoupon(coupon, campaign) }
}

type Tried = { coupon?: CouponRow; outcome: string; value?: number; day?: string; details?: store.Details }

function tryOf(ctx: Context, input: Input, tried: Tried): store.NewRedemption {
  const { organizationId, redemptionId, place, takenAt = null } = input
  const { coupon, outcome, value = 0, day = null, details = {} } = tried
  return {
    id: uuidv7(),
    organizationId,
    redemptionId,
    couponId: coupon?.id ?? null,
    campaignId: coupon?.campaignId ?? null,
    staffId: personOf(ctx),
    place,
    takenAt,
    contentHash: hashOf(input),
    outcome,
    value,
    day,
    details,
  }
}

/**
 * Recognises what a till has sent before; typed in another way it is the same code. One whose answer was lost is sent
 * again with the time at which it was taken, and is the same still.
 */
function hashOf({ code, place, order, amount, lockId }: Input): string {
  const same = [plainCode(code) ?? code, place, order, amount, lockId ?? null]
  return hash('sha256', JSON.stringify(same), 'base64')
}

export function toRedemption(row: store.RedemptionRow): Redemption {
  const { organizationId: _organization, details: _details, day: _day, contentHash: _hash, ...redemption } = row
  return redemption
}
