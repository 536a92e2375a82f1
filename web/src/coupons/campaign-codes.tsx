import type { Campaign } from '../../../protocol/coupons.ts'
import { CodesOf } from '../codes/group-codes.tsx'
import { useText } from '../platform/texts.tsx'

/** Codes that give one coupon of this campaign to whoever scans them; one for each place where they hang. */
export function CampaignCodes({ campaign }: { campaign: Campaign }) {
  const text = useText()
  const { organizationId, id: subjectId } = campaign
  return (
    <section className="booklet at-start" aria-label={text('campaign.view.codes')}>
      <p className="muted t13">{text('campaign.codesLead')}</p>
      <CodesOf of={{ organizationId, kind: 'coupon', subjectId }} />
    </section>
  )
}
