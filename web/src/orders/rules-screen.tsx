import { useQueryClient } from '@tanstack/react-query'
import { ArrowLeft, Plus, Workflow } from 'lucide-react'
import { Link, useLocation } from 'wouter'
import type { Campaign } from '../../../protocol/coupons.ts'
import type { OrderRule } from '../../../protocol/order-rules.ts'
import { CouponsTabs } from '../coupons/coupons-side.tsx'
import { useHere } from '../organization/organization-context.tsx'
import { Badge } from '../platform/badge.tsx'
import { Button } from '../platform/button.tsx'
import { useAct, useAnswer, useClient, useErrorText } from '../platform/client.tsx'
import { EmptyState, ErrorState } from '../platform/empty-state.tsx'
import { IconButton } from '../platform/icon-button.tsx'
import { SkeletonList } from '../platform/skeleton.tsx'
import { useTexts } from '../platform/texts.tsx'
import { RuleEditor } from './rule-editor.tsx'
import { RuleInWords } from './rule-in-words.tsx'
import { Lag } from './lag.tsx'
import { useCampaignNames, useCampaigns } from './use-campaigns.ts'

/** The rules by which orders bring coupons; and one of them. */
export function Rules({ ruleId }: { ruleId: string | undefined }) {
  const { text } = useTexts()
  const explain = useErrorText()
  const [, go] = useLocation()
  const { organization } = useHere()
  const { data, error, refetch } = useAnswer('order-rule.list', { organizationId: organization.id })
  const campaigns = useCampaigns()
  const rule = data?.rules.find(({ id }) => id === ruleId)
  const isEditing = ruleId === 'new' || rule !== undefined
  return (
    <>
      <header className="bar">
        {isEditing && <IconButton icon={ArrowLeft} label={text('action.back')} onClick={() => go('/order-rules')} />}
        <h1 className="grow cut" title={rule?.name} dir="auto">
          {ruleId === 'new' ? text('rule.new') : (rule?.name ?? text('rules.title'))}
        </h1>
        {!isEditing && (
          <Button look="quiet" icon={Plus} onClick={() => go('/order-rules/new')}>
            {text('rule.new')}
          </Button>
        )}
      </header>
      <CouponsTabs />
      <div className="scroll page">
        {error !== null && (
          <ErrorState title={text('error.title')} body={explain(error)} onRetry={() => void refetch()} />
        )}
        {(!data || !campaigns) && error === null && <SkeletonList rows={6} />}
        {data && campaigns && isEditing && (
          <RuleEditor key={`${ruleId} ${rule?.version}`} rule={rule} campaigns={campaigns} />
        )}
        {data && campaigns && !isEditing && <List rules={data.rules} lagMs={data.lagMs} campaigns={campaigns} />}
      </div>
    </>
  )
}

function List({ rules, lagMs, campaigns }: { rules: OrderRule[]; lagMs: number; campaigns: readonly Campaign[] }) {
  const { text } = useTexts()
  const campaignName = useCampaignNames(campaigns)
  if (rules.length === 0) return <EmptyState icon={Workflow} title={text('rules.none')} body={text('rules.noneBody')} />
  return (
    <>
      <Lag lagMs={lagMs} />
      <ul className="rules">
        {rules.map((rule) => (
          <RuleLine key={rule.id} rule={rule} campaignName={campaignName} />
        ))}
      </ul>
    </>
  )
}

function RuleLine({ rule, campaignName }: { rule: OrderRule; campaignName: (campaignId: string) => string }) {
  const { text } = useTexts()
  const client = useClient()
  const queries = useQueryClient()
  const { organization } = useHere()
  const { act, working } = useAct()
  const { id, name, isActive, given, takenBack } = rule
  const change = () =>
    void act(async () => {
      await client.do('order-rule.set-active', { organizationId: organization.id, ruleId: id, isActive: !isActive })
      await queries.invalidateQueries({ queryKey: ['order-rule.list'] })
    })
  return (
    <li className="rule">
      <Link className="col grow rule-words" href={`/order-rules/${id}`}>
        <span className="row g1">
          <span className="strong" dir="auto">
            {name}
          </span>
          {!isActive && <Badge meaning="warn">{text('rule.paused')}</Badge>}
        </span>
        <RuleInWords rule={rule} campaignName={campaignName} />
        <span className="dim t12 num">
          {text('rule.counts', { given })}
          {takenBack > 0 && ` · ${text('rule.takenBackCount', { count: takenBack })}`}
        </span>
      </Link>
      <Button size="small" working={working} onClick={change}>
        {text(isActive ? 'rule.pause' : 'rule.resume')}
      </Button>
    </li>
  )
}
