import { isDeepStrictEqual } from 'node:util'
import { Refusal } from '../../platform/refusal.ts'
import type { CampaignContent } from './campaign-content.ts'
import { currencyOf, worthOf } from './value-rules.ts'

export type Around = { issued: number; committed: number; now: Date; before?: CampaignContent }

/** Pure: refuses what contradicts itself, or what has been issued already. */
export function requireSound(content: CampaignContent, { issued, committed, now, before }: Around): void {
  const { value, minimumOrder, stock, budget, startsAt, endsAt } = content
  if (before && issued > 0 && !isDeepStrictEqual(value, before.value))
    throw new Refusal('campaign.value-fixed', { path: 'value' })
  const currency = currencyOf(value)
  if (minimumOrder !== null && currency !== undefined && minimumOrder.currency !== currency)
    throw new Refusal('campaign.currency-differs', { path: 'minimumOrder' })
  if (budget !== null && worthOf(value) === undefined) throw new Refusal('campaign.budget-unknown', { path: 'budget' })
  if (stock !== null && stock < issued) throw new Refusal('campaign.stock-below-issued', { path: 'stock' })
  if (budget !== null && budget < committed) throw new Refusal('campaign.budget-below-issued', { path: 'budget' })
  const isNewEnd = endsAt !== null && endsAt !== before?.endsAt
  const isBackward = endsAt !== null && startsAt !== null && endsAt <= startsAt
  if (isBackward || (isNewEnd && Date.parse(endsAt) <= now.getTime()))
    throw new Refusal('campaign.over', { path: 'endsAt' })
}
