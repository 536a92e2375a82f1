import { useQueryClient } from '@tanstack/react-query'
import { ArrowLeft, ImageUp } from 'lucide-react'
import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import type { Campaign, TillCampaign } from '../../../protocol/coupons.ts'
import { useHere } from '../organization/organization-context.tsx'
import { Badge } from '../platform/badge.tsx'
import { Button } from '../platform/button.tsx'
import { useAct, useAnswer, useClient, useErrorText } from '../platform/client.tsx'
import { Confirm } from '../platform/confirm.tsx'
import { ErrorState } from '../platform/empty-state.tsx'
import { IconButton } from '../platform/icon-button.tsx'
import { Segments } from '../platform/segments.tsx'
import { SkeletonList } from '../platform/skeleton.tsx'
import { useTexts } from '../platform/texts.tsx'
import { useToast } from '../platform/toasts.tsx'
import { CampaignCodes } from './campaign-codes.tsx'
import { CampaignForm } from './campaign-form.tsx'
import { CampaignStatistics } from './campaign-statistics.tsx'
import { CouponCard } from './coupon-card.tsx'
import { useCampaignForm } from './use-campaign-form.ts'

/** One campaign: its editor with the coupon beside it, what came of it, and its codes to scan. */
export function CampaignPage({ campaignId }: { campaignId: string }) {
  const { text } = useTexts()
  const explain = useErrorText()
  const { organization } = useHere()
  const isNew = campaignId === 'new'
  const input = { organizationId: organization.id, campaignId }
  const { data, error, refetch } = useAnswer('campaign.get', input, { enabled: !isNew })
  const { data: policy } = useAnswer('report.get-policy', { organizationId: organization.id }, { enabled: isNew })
  if (isNew && policy) return <Editor campaign={undefined} timeZone={policy.timeZone} onChange={ignore} />
  if (!data)
    return (
      <>
        <header className="bar">
          <BackToCampaigns />
          <h1>{text('campaigns.title')}</h1>
        </header>
        {error && <ErrorState title={text('error.title')} body={explain(error)} onRetry={() => void refetch()} />}
        {!error && <SkeletonList rows={8} />}
      </>
    )
  if (!('counts' in data)) return <ForTill campaign={data} />
  return <Editor campaign={data} timeZone={data.timeZone} onChange={() => void refetch()} />
}

/** What those see of it who only redeem it. */
function ForTill({ campaign }: { campaign: TillCampaign }) {
  const { text } = useTexts()
  return (
    <>
      <header className="bar">
        <BackToCampaigns />
        <h1 className="cut grow" title={campaign.name} dir="auto">
          {campaign.name}
        </h1>
        <Badge>{text(`campaign.state.${campaign.state}`)}</Badge>
      </header>
      <div className="scroll page campaign-sections">
        <div className="campaign-preview for-till">
          <CouponCard offer={campaign} />
          {campaign.terms !== '' && (
            <p className="muted t13" dir="auto">
              {campaign.terms}
            </p>
          )}
          <Link className="btn primary" href="/till">
            {text('till.title')}
          </Link>
        </div>
      </div>
    </>
  )
}

function BackToCampaigns() {
  const { text } = useTexts()
  const [, go] = useLocation()
  return <IconButton icon={ArrowLeft} label={text('action.back')} onClick={() => go('/coupons')} />
}

const ignore = () => undefined
const views = ['edit', 'statistics', 'codes'] as const
type View = (typeof views)[number]

type EditorProps = { campaign: Campaign | undefined; timeZone: string; onChange: () => void }

function Editor({ campaign, timeZone, onChange }: EditorProps) {
  const { text } = useTexts()
  const [view, setView] = useState<View>(campaign && campaign.state !== 'draft' ? 'statistics' : 'edit')
  const shown = campaign?.may.manage ? views : (['statistics'] as const)
  return (
    <>
      <header className="bar">
        <BackToCampaigns />
        <h1 className="cut" title={campaign?.name} dir="auto">
          {campaign?.name ?? text('campaigns.new')}
        </h1>
        {campaign && <Badge>{text(`campaign.state.${campaign.state}`)}</Badge>}
        <span className="grow" />
        {campaign?.may.manage && <StateButtons campaign={campaign} onChange={onChange} />}
      </header>
      <div className="scroll page campaign-sections">
        {campaign && shown.length > 1 && (
          <span>
            <Segments
              label={text('campaign.view')}
              value={view}
              options={shown.map((value) => ({ value, label: text(`campaign.view.${value}`) }))}
              onChange={setView}
            />
          </span>
        )}
        {(!campaign || (view === 'edit' && campaign.may.manage)) && (
          <Edit campaign={campaign} timeZone={timeZone} onChange={onChange} />
        )}
        {campaign && (view === 'statistics' || !campaign.may.manage) && <CampaignStatistics campaign={campaign} />}
        {campaign && view === 'codes' && campaign.may.manage && <CampaignCodes campaign={campaign} />}
      </div>
    </>
  )
}

/** Start, pause and end. What has ended does not begin again. */
function StateButtons({ campaign, onChange }: { campaign: Campaign; onChange: () => void }) {
  const { text } = useTexts()
  const client = useClient()
  const queries = useQueryClient()
  const { act, working } = useAct()
  const [isEnding, setEnding] = useState(false)
  const { organizationId, id: campaignId, state } = campaign
  const become = (next: 'active' | 'paused' | 'ended') =>
    void act(async () => {
      await client.do('campaign.set-state', { organizationId, campaignId, state: next })
      setEnding(false)
      await queries.invalidateQueries({ queryKey: ['campaign.list'] })
      onChange()
    })
  if (state === 'ended') return null
  const next = state === 'active' ? 'paused' : 'active'
  return (
    <>
      {state !== 'draft' && (
        <Button size="small" onClick={() => setEnding(true)}>
          {text('campaign.end')}
        </Button>
      )}
      <Button
        size="small"
        look={next === 'active' ? 'primary' : 'plain'}
        working={working}
        onClick={() => become(next)}
      >
        {text(next === 'paused' ? 'campaign.pause' : state === 'draft' ? 'campaign.start' : 'campaign.resume')}
      </Button>
      {isEnding && (
        <Confirm
          title={text('campaign.endTitle', { name: campaign.name })}
          body={text('campaign.endBody')}
          action={text('campaign.end')}
          danger
          working={working}
          open
          onConfirm={() => become('ended')}
          onClose={() => setEnding(false)}
        />
      )}
    </>
  )
}

function Edit({ campaign, timeZone, onChange }: EditorProps) {
  const { text } = useTexts()
  const toast = useToast()
  const queries = useQueryClient()
  const [, go] = useLocation()
  const onSaved = (saved: Campaign) => {
    void queries.invalidateQueries({ queryKey: ['pages', 'campaign.list'] })
    toast({ message: text('campaign.saved') })
    if (campaign) onChange()
    else go(`/coupons/${saved.id}`, { replace: true })
  }
  const form = useCampaignForm({ campaign, timeZone, onSaved })
  const isValueFixed = (campaign?.counts.issued ?? 0) > 0
  return (
    <div className="campaign-edit">
      <div className="campaign-form">
        <CampaignForm
          words={form.words}
          faults={form.read.faults}
          isStrict={form.isStrict}
          isValueFixed={isValueFixed}
          set={form.set}
        />
        {form.isStrict && form.read.faults.size > 0 && (
          <p className="help bad" role="alert">
            {text('campaign.faults')}
          </p>
        )}
        <span>
          <Button look="primary" working={form.working} onClick={form.save}>
            {text(campaign ? 'action.save' : 'campaign.create')}
          </Button>
        </span>
      </div>
      <aside className="campaign-preview" aria-label={text('campaign.preview')}>
        <h2 className="label">{text('campaign.preview')}</h2>
        <CouponCard offer={{ ...form.preview, title: form.preview.title || text('campaign.title') }} />
        <span className="row wrap g1">
          <label className="btn small">
            <ImageUp className="i xs" />
            {text('campaign.picture')}
            <input
              type="file"
              className="sr"
              accept="image/png,image/jpeg,image/webp"
              onChange={(event) => {
                const file = event.target.files?.[0]
                event.target.value = ''
                if (file) form.choosePicture(file)
              }}
            />
          </label>
          {form.preview.picture && (
            <Button size="small" look="quiet" onClick={form.removePicture}>
              {text('campaign.pictureRemove')}
            </Button>
          )}
        </span>
        <p className="help">{text('campaign.pictureHelp')}</p>
      </aside>
    </div>
  )
}
