import type { OrganizationId } from '../../../protocol/ids.ts'
import { personOf, type Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { mayDo, standingOf, type Standing } from './access.ts'
import type { CampaignFacts } from './admission.ts'
import { findCampaign } from './campaign-store.ts'
import { plainCode } from './coupon-code.ts'
import { holdByCode, type CouponRow } from './coupon-store.ts'
import { countMiss, hasMissed, type Details, type Misses } from './redemption-store.ts'
import type { ErrorCode } from '../../../protocol/errors.ts'

/** What a till has in hand: a coupon under lock, if the code is one and this member redeems it. */
export type InHand = {
  standing: Standing | undefined
  /** Too many codes that do not exist came from this member. */
  isLimited: boolean
  found: { coupon: CouponRow; campaign: CampaignFacts } | undefined
}

const MISSES_MAX = 20
const MISSES_WITHIN_MS = 3_600_000
const RETRY_AFTER_MS = 10 * 60_000

/** Locks the coupon. What somebody may not redeem is for them as if it did not exist. */
export async function takeInHand(
  ctx: Context,
  { organizationId, code }: { organizationId: OrganizationId; code: string },
): Promise<InHand> {
  const { tx } = ctx
  const standing = await standingOf(tx, organizationId, personOf(ctx))
  if (!standing) return { standing, isLimited: false, found: undefined }
  if (await hasMissed(tx, missesOf(ctx, organizationId))) return { standing, isLimited: true, found: undefined }
  const plain = plainCode(code)
  const coupon = plain === undefined ? undefined : await holdByCode(tx, organizationId, plain)
  const campaign = coupon && (await findCampaign(tx, coupon.campaignId))
  const mayRedeem = campaign !== undefined && mayDo(standing, campaign).redeem
  return { standing, isLimited: false, found: coupon && mayRedeem ? { coupon, campaign } : undefined }
}

export const allowTill = (_ctx: Context, _input: object, { standing }: InHand): boolean => standing !== undefined

/** There is no such coupon for this till. It is counted, so that nobody tries codes out. */
export async function refuseMiss(
  ctx: Context,
  organizationId: OrganizationId,
  { isLimited }: InHand,
): Promise<Refusal> {
  const isCounted = !isLimited && (await countMiss(ctx.tx, missesOf(ctx, organizationId), ctx.now))
  return isCounted
    ? new Refusal('coupon.not-found', { path: 'code' })
    : new Refusal('coupon.limit', { retryAfterMs: RETRY_AFTER_MS })
}

const missesOf = (ctx: Context, organizationId: OrganizationId): Misses => ({
  organizationId,
  staffId: personOf(ctx),
  since: new Date(ctx.now.getTime() - MISSES_WITHIN_MS),
  max: MISSES_MAX,
})

/** Of a coupon that was used: when and where. */
export const detailsOf = (code: ErrorCode, { redeemedAt, redeemedPlace }: CouponRow): Details =>
  code === 'coupon.redeemed' ? { usedAt: redeemedAt, usedPlace: redeemedPlace } : {}

export function refusalWith(code: ErrorCode, details: Details): Refusal {
  const { usedAt, usedPlace } = details
  if (!usedAt) return new Refusal(code)
  const where = usedPlace ? ` at ${usedPlace}` : ''
  const message = `This coupon was used${where} on ${usedAt.slice(0, 10)} at ${usedAt.slice(11, 16)} UTC.`
  return new Refusal(code, { message, details: { usedAt, usedPlace: usedPlace ?? null } })
}
