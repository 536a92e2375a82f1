import { Plus, TicketPercent } from 'lucide-react'
import { useMemo } from 'react'
import { Link, useLocation } from 'wouter'
import type { Campaign, SeenCampaign } from '../../../protocol/coupons.ts'
import { AppShell } from '../organization/app-shell.tsx'
import { useHere } from '../organization/organization-context.tsx'
import { Badge } from '../platform/badge.tsx'
import { Button } from '../platform/button.tsx'
import { useErrorText } from '../platform/client.tsx'
import { EmptyState, ErrorState } from '../platform/empty-state.tsx'
import { useNow } from '../platform/now.ts'
import { More, usePages } from '../platform/pages.tsx'
import { SkeletonList } from '../platform/skeleton.tsx'
import { useTexts } from '../platform/texts.tsx'
import { useDates } from '../platform/use-dates.ts'
import { CampaignPage } from './campaign-page.tsx'
import { CouponsSide, CouponsTabs } from './coupons-side.tsx'
import { worthOf } from './wording.ts'
import './coupons.css'

/** The booklet of the establishment: its campaigns with what came of them; and one of them. */
export function CampaignsScreen({ campaignId }: { campaignId?: string | undefined }) {
  const { text } = useTexts()
  const page = campaignId === undefined ? <Campaigns /> : <CampaignPage key={campaignId} campaignId={campaignId} />
  return (
    <AppShell
      side={<CouponsSide />}
      sideLabel={text('area.coupons')}
      main={page}
      mainLabel={text('campaigns.title')}
      phone={{ shows: 'main', isRoot: campaignId === undefined }}
    />
  )
}

function Campaigns() {
  const { text } = useTexts()
  const explain = useErrorText()
  const [, go] = useLocation()
  const { organization, isAdministrator } = useHere()
  const { pages, error, refetch, more, isLoadingMore } = usePages('campaign.list', { organizationId: organization.id })
  const campaigns = useMemo(() => pages?.flatMap((page) => page.campaigns), [pages])
  return (
    <>
      <header className="bar">
        <h1 className="grow">{text('campaigns.title')}</h1>
        {isAdministrator && (
          <Button look="quiet" icon={Plus} onClick={() => go('/coupons/new')}>
            {text('campaigns.new')}
          </Button>
        )}
      </header>
      <CouponsTabs />
      {error !== null && <ErrorState title={text('error.title')} body={explain(error)} onRetry={refetch} />}
      {!campaigns && error === null && <SkeletonList rows={6} />}
      {campaigns && (
        <div className="scroll campaigns">
          {campaigns.length === 0 && (
            <EmptyState icon={TicketPercent} title={text('campaigns.none')} body={text('campaigns.noneBody')} />
          )}
          <ul>
            {campaigns.map((campaign) => (
              <CampaignLine key={campaign.id} campaign={campaign} />
            ))}
          </ul>
          <More label={text('people.more')} more={more} isLoading={isLoadingMore} />
        </div>
      )}
    </>
  )
}

/** Characters that fit into one line of the chip. */
const LONG_WORTH = 9

function CampaignLine({ campaign }: { campaign: SeenCampaign }) {
  const words = useTexts()
  const { text } = words
  const { id, name, title, state, value } = campaign
  const { large, small } = worthOf(words, value)
  const worth = value.kind === 'item' ? small : large
  return (
    <li>
      <Link className="campaign" href={`/coupons/${id}`} data-state={state}>
        <span className="worth-chip" title={worth} data-long={worth.length > LONG_WORTH || undefined}>
          <span>{worth}</span>
        </span>
        <span className="col grow">
          <span className="row g1">
            <span className="strong cut" title={name} dir="auto">
              {name}
            </span>
            {state !== 'active' && <Badge>{text(`campaign.state.${state}`)}</Badge>}
            {state === 'active' && <Period campaign={campaign} />}
          </span>
          <span className="dim t12 cut" title={title} dir="auto">
            {title}
          </span>
        </span>
        {'counts' in campaign && <Counts campaign={campaign} />}
      </Link>
    </li>
  )
}

/** Where it is started, and gives nothing yet or any more. */
function Period({ campaign: { startsAt, endsAt } }: { campaign: SeenCampaign }) {
  const { text } = useTexts()
  const dates = useDates()
  const now = useNow()
  if (startsAt !== null && new Date(startsAt) > now)
    return <Badge>{text('campaign.startsOn', { when: dates.date(new Date(startsAt)) })}</Badge>
  if (endsAt !== null && new Date(endsAt) <= now)
    return <Badge meaning="warn">{text('campaign.endedOn', { when: dates.date(new Date(endsAt)) })}</Badge>
  return null
}

function Counts({ campaign: { counts, left } }: { campaign: Campaign }) {
  const { text } = useTexts()
  return (
    <span className="campaign-counts num muted">
      <span>{text('campaign.issued', { count: counts.issued })}</span>
      <span>{text('campaign.redeemed', { count: counts.redeemed })}</span>
      {left !== null && <span>{text('campaign.left', { count: left })}</span>}
    </span>
  )
}
