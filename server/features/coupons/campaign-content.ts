import type { Campaign } from '../../../protocol/coupons.ts'

/** What a campaign says and allows, with everything filled in. */
export type CampaignContent = Omit<
  Campaign,
  'id' | 'organizationId' | 'state' | 'picture' | 'createdAt' | 'left' | 'counts' | 'may'
>
