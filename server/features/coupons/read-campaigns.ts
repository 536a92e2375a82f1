import {
  CampaignList,
  CampaignStatistics,
  CouponList,
  GetCampaignStatistics,
  ListCampaigns,
  ListCoupons,
} from '../../../protocol/coupons.ts'
import { personOf, query } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { allowCampaign, allowMembers, standingOf } from './access.ts'
import { toSeen } from './campaign-view.ts'
import * as store from './campaign-store.ts'
import { campaignCoupons } from './coupon-store.ts'
import { toCoupon } from './coupon-view.ts'
import { localDay } from './time-rules.ts'

export const listCampaigns = query({
  name: 'campaign.list',
  summary:
    'The booklet of the establishment: its campaigns with what has become of their coupons, the newest ' +
    'first. Members ' +
    'see those they send or redeem.',
  input: ListCampaigns,
  output: CampaignList,
  allow: allowMembers,

  async run(ctx, { organizationId, state, after, limit }) {
    const standing = await standingOf(ctx.tx, organizationId, personOf(ctx))
    if (!standing) throw new Refusal('access.refused')
    const staffId = standing.isManager ? null : standing.personId
    const rows = await store.campaignPage(ctx.tx, { organizationId, state, after, staffId, limit: limit + 1 })
    const page = rows.slice(0, limit)
    const next = rows.length > limit ? (page.at(-1)?.id ?? null) : null
    return { campaigns: page.map((row) => toSeen(row, standing)), next }
  },
})

export const getCampaignStatistics = query({
  name: 'campaign.statistics',
  summary: 'What was issued, claimed and redeemed day by day and place by place, and what it gave.',
  input: GetCampaignStatistics,
  output: CampaignStatistics,

  async allow(ctx, { organizationId, campaignId }) {
    const campaign = await store.findCampaign(ctx.tx, campaignId)
    return allowCampaign(ctx, organizationId, { campaign, what: 'send' })
  },

  async run(ctx, { campaignId, days }) {
    const campaign = await store.readCampaign(ctx.tx, campaignId)
    if (!campaign) throw new Refusal('campaign.not-found')
    const { issued, claimed, redeemed, expired, void: taken, valueGiven } = campaign
    const since = localDay(campaign.content.timeZone, ctx.now, days - 1)
    return {
      counts: { issued, claimed, redeemed, expired, void: taken, valueGiven },
      days: await store.listDays(ctx.tx, campaignId, since),
    }
  },
})

export const listCoupons = query({
  name: 'coupon.list',
  summary: 'What a campaign has given out and to whom, the newest first; without the codes.',
  input: ListCoupons,
  output: CouponList,

  async allow(ctx, { organizationId, campaignId }) {
    const campaign = await store.findCampaign(ctx.tx, campaignId)
    return allowCampaign(ctx, organizationId, { campaign, what: 'manage' })
  },

  async run(ctx, { campaignId, state, after, limit }) {
    const rows = await campaignCoupons(ctx.tx, { campaignId, state, after, limit: limit + 1 })
    const page = rows.slice(0, limit)
    const coupons = page.map((row) => {
      const { code: _code, ...coupon } = toCoupon(row)
      return { ...coupon, holderId: row.holderId, holderName: row.holderName, voidReason: row.voidReason }
    })
    return { coupons, next: rows.length > limit ? (page.at(-1)?.id ?? null) : null }
  },
})
