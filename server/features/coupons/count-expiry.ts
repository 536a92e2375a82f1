import type { CouponState } from '../../../protocol/coupons.ts'
import type { Tx } from '../../platform/sql.ts'
import type { CampaignFacts } from './admission.ts'
import { countDay, type CouponRow } from './coupon-store.ts'
import { localDay } from './time-rules.ts'

type Change = { coupon: Pick<CouponRow, 'state' | 'expiresAt'>; after: CouponState }

/** Counts that a coupon has expired, or after all has not: on the day of its end, whenever that is written down. */
export async function countExpiry(tx: Tx, campaign: CampaignFacts, { coupon, after }: Change): Promise<void> {
  const more = (after === 'expired' ? 1 : 0) - (coupon.state === 'expired' ? 1 : 0)
  if (more !== 0) await countEnds(tx, campaign, { ends: [coupon.expiresAt], more })
}

type Ends = { ends: readonly (string | null)[]; more: number }

/** The same for many. */
export async function countEnds(tx: Tx, { id: campaignId, content }: CampaignFacts, { ends, more }: Ends) {
  const days = new Map<string, number>()
  for (const end of ends) {
    const day = end === null ? undefined : localDay(content.timeZone, new Date(end))
    if (day !== undefined) days.set(day, (days.get(day) ?? 0) + more)
  }
  for (const [day, expired] of Array.from(days).toSorted())
    await countDay(tx, { campaignId, day, place: '' }, { expired })
}
