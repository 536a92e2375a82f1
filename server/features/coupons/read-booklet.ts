import {
  Booklet,
  CouponState,
  GetOffer,
  HeldCoupon,
  OneCoupon,
  ReadBooklet,
  SeenOffer,
  type Offer,
} from '../../../protocol/coupons.ts'
import type { CampaignId } from '../../../protocol/ids.ts'
import { personOf, query } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import type { Tx } from '../../platform/sql.ts'
import { refuseOffer, refusePerson, refuseStock } from './admission.ts'
import { offerRows, readCampaign } from './campaign-store.ts'
import * as store from './coupon-store.ts'
import { isOpen, openStates } from './coupon-rules.ts'
import { toCoupon, toOffer } from './coupon-view.ts'

const allStates = CouponState.options
const statesOf = {
  open: openStates,
  over: allStates.filter((state) => !isOpen(state)),
  all: allStates,
}

export const readBooklet = query({
  name: 'booklet.read',
  summary: 'One’s own coupons, of all establishments, the newest first.',
  input: ReadBooklet,
  output: Booklet,
  allow: (ctx) => personOf(ctx) !== undefined,

  async run(ctx, { organizationId, show, after, limit }) {
    const holderId = personOf(ctx)
    const page = { holderId, organizationId, campaignId: undefined, states: statesOf[show], after, limit: limit + 1 }
    const found = await store.bookletPage(ctx.tx, page)
    const rows = found.slice(0, limit)
    const next = found.length > limit ? (rows.at(-1)?.id ?? null) : null
    return { createdAt: await store.bookletSince(ctx.tx, holderId), coupons: await withOffers(ctx.tx, rows), next }
  },
})

export const getCoupon = query({
  name: 'coupon.get',
  summary: 'One coupon of one’s own, with what it gives.',
  input: OneCoupon,
  output: HeldCoupon,

  async allow(ctx, { couponId }) {
    const holderId = personOf(ctx)
    const [row] = await store.findCoupons(ctx.tx, [couponId])
    return row?.holderId === holderId || new Refusal('coupon.not-found', { path: 'couponId' })
  },

  async run(ctx, { couponId }) {
    const [held] = await withOffers(ctx.tx, await store.findCoupons(ctx.tx, [couponId]))
    if (!held) throw new Refusal('coupon.not-found')
    return held
  },
})

export const getOffer = query({
  name: 'coupon.offer',
  summary: 'The coupon that one sees in a message: what it gives, and whether one can take it.',
  input: GetOffer,
  output: SeenOffer,

  async allow(ctx, input) {
    const [sees = false] = await store.seesCoupons(ctx.tx, [{ actorId: personOf(ctx), input }], 'any')
    return sees
  },

  async run(ctx, input) {
    const { campaignId, organizationId } = input
    const personId = personOf(ctx)
    const offers = await offersOf(ctx.tx, [campaignId])
    const offer = offers.get(campaignId)
    const campaign = await readCampaign(ctx.tx, campaignId)
    if (!offer || !campaign) throw new Refusal('campaign.not-found')
    const page = {
      holderId: personId,
      organizationId,
      campaignId,
      states: allStates,
      after: undefined,
      limit: OWN_SHOWN,
    }
    const [facts] = await store.findPeople(ctx.tx, [{ organizationId, campaignId, personId }])
    const refusal =
      refuseOffer(campaign, ctx.now) ??
      (facts && refusePerson(campaign, personId, facts)) ??
      refuseStock({ ...campaign, issued: campaign.given, tendAt: null })
    const coupons = (await store.bookletPage(ctx.tx, page)).map(toCoupon)
    return { offer, state: campaign.state, coupons, refusal: refusal ?? null }
  },
})
const OWN_SHOWN = 20

async function offersOf(tx: Tx, ids: readonly CampaignId[]): Promise<Map<CampaignId, Offer>> {
  const rows = ids.length === 0 ? [] : await offerRows(tx, Array.from(new Set(ids)))
  return new Map(rows.map((row) => [row.id, toOffer(row)]))
}

export async function withOffers(tx: Tx, rows: readonly store.CouponRow[]): Promise<HeldCoupon[]> {
  const offers = await offersOf(
    tx,
    rows.map(({ campaignId }) => campaignId),
  )
  return rows.flatMap((row) => {
    const offer = offers.get(row.campaignId)
    return offer ? [{ coupon: toCoupon(row), offer }] : []
  })
}
