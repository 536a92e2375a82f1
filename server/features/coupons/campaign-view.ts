import { TillCampaign, type Campaign, type SeenCampaign } from '../../../protocol/coupons.ts'
import type { CampaignId } from '../../../protocol/ids.ts'
import { personOf, type Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { mayDo, standingOf, type Standing } from './access.ts'
import { readCampaign, type CampaignRow } from './campaign-store.ts'
import { pictureAddress } from './coupon-view.ts'
import { worthOf } from './value-rules.ts'

export async function viewCampaign(ctx: Context, id: CampaignId): Promise<Campaign> {
  return toCampaign(...(await readFor(ctx, id)))
}

/** As this person may see it. */
export async function seeCampaign(ctx: Context, id: CampaignId): Promise<SeenCampaign> {
  return toSeen(...(await readFor(ctx, id)))
}

async function readFor(ctx: Context, id: CampaignId): Promise<[CampaignRow, Standing]> {
  const row = await readCampaign(ctx.tx, id)
  const standing = row && (await standingOf(ctx.tx, row.organizationId, personOf(ctx)))
  if (!standing) throw new Refusal('campaign.not-found')
  return [row, standing]
}

export function toSeen(row: CampaignRow, standing: Standing): SeenCampaign {
  const campaign = toCampaign(row, standing)
  return campaign.may.send ? campaign : TillCampaign.parse(campaign)
}

function toCampaign(row: CampaignRow, standing: Standing): Campaign {
  const { id, organizationId, state, content, createdAt, pictureHash } = row
  const { issued, claimed, redeemed, expired, void: taken, valueGiven } = row
  return {
    id,
    organizationId,
    state,
    ...content,
    picture: pictureAddress(id, pictureHash),
    createdAt,
    left: leftOf(row),
    counts: { issued, claimed, redeemed, expired, void: taken, valueGiven },
    may: mayDo(standing, row),
  }
}

/** By stock and by budget, whichever is less. */
function leftOf({ content, given, committed }: CampaignRow): number | null {
  const { stock, budget, value } = content
  const worth = worthOf(value) ?? 0
  const byStock = stock === null ? null : stock - given
  const byBudget = budget === null || worth === 0 ? null : Math.floor((budget - committed) / worth)
  if (byStock === null || byBudget === null) return byStock ?? byBudget
  return Math.min(byStock, byBudget)
}
