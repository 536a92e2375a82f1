import { useCallback, useEffect, useMemo } from 'react'
import type { Campaign } from '../../../protocol/coupons.ts'
import { limits } from '../../../protocol/limits.ts'
import { useHere } from '../organization/organization-context.tsx'
import { usePages } from '../platform/pages.tsx'
import { useTexts } from '../platform/texts.tsx'

/** All campaigns of the organization, as soon as all are there: a rule may give any of them. */
export function useCampaigns(): Campaign[] | undefined {
  const { organization } = useHere()
  const { pages, more } = usePages('campaign.list', { organizationId: organization.id, limit: limits.page })
  useEffect(() => more?.(), [more])
  return useMemo(
    () => (more ? undefined : pages?.flatMap((page) => page.campaigns.filter((one) => 'counts' in one))),
    [pages, more],
  )
}

/** What a campaign is called, whether it has ended or not. */
export function useCampaignNames(campaigns: readonly Campaign[]): (campaignId: string) => string {
  const { text } = useTexts()
  const names = useMemo(() => new Map<string, string>(campaigns.map(({ id, name }) => [id, name])), [campaigns])
  return useCallback((campaignId) => names.get(campaignId) ?? text('rule.another'), [names, text])
}
