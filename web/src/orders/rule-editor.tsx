import { useQueryClient } from '@tanstack/react-query'
import { History } from 'lucide-react'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { v7 as newId } from 'uuid'
import type { Campaign } from '../../../protocol/coupons.ts'
import type { OrderRule, RuleVersionView } from '../../../protocol/order-rules.ts'
import type { InputOf } from '../../../sdk/index.ts'
import { useHere } from '../organization/organization-context.tsx'
import { usePeople } from '../organization/people.tsx'
import { Button } from '../platform/button.tsx'
import { useAct, useClient } from '../platform/client.tsx'
import { Notice } from '../platform/notice.tsx'
import { TextField } from '../platform/text-field.tsx'
import { useTexts } from '../platform/texts.tsx'
import { useToast } from '../platform/toasts.tsx'
import { useDates } from '../platform/use-dates.ts'
import { RunPanel } from './dry-run.tsx'
import { RuleMore } from './rule-more.tsx'
import { RuleSentence } from './rule-sentence.tsx'
import { RuleVersions } from './rule-versions.tsx'
import { useCampaignNames } from './use-campaigns.ts'
import { contentOf, draftOf, emptyDraft } from './use-rule-draft.ts'

type EditorProps = { rule: OrderRule | undefined; campaigns: readonly Campaign[] }

/** A rule, new or there already: its sentence, what else it holds, and what it would give. */
export function RuleEditor({ rule, campaigns }: EditorProps) {
  const { text } = useTexts()
  const toast = useToast()
  const client = useClient()
  const queries = useQueryClient()
  const [, go] = useLocation()
  const { organization } = useHere()
  const { act, working } = useAct()
  const [draft, setDraft] = useState(() => (rule ? draftOf(rule) : emptyDraft()))
  const [isLooking, setLooking] = useState(false)
  const campaignName = useCampaignNames(campaigns)
  const [id] = useState(() => rule?.id ?? newId())
  const content = contentOf(draft, rule)
  const isChanged = rule === undefined || JSON.stringify(contentOf(draftOf(rule), rule)) !== JSON.stringify(content)
  const save = () =>
    void act(async () => {
      const input = { organizationId: organization.id, ruleId: id, version: rule?.version ?? 0, rule: content }
      // What is put together from a draft is checked by the server, as everything is.
      await client.do('order-rule.put', input as InputOf<'order-rule.put'>)
      await queries.invalidateQueries({ queryKey: ['order-rule.list'] })
      toast({ message: text('rule.saved') })
      go('/order-rules')
    })
  const take = (version: RuleVersionView) => {
    setDraft(draftOf(version))
    setLooking(false)
    toast({ message: text('rule.versionTaken', { version: version.version }) })
  }
  return (
    <div className="rule-editor">
      {campaigns.every(({ state }) => state === 'ended') && (
        <Notice meaning="warn" action={{ label: text('campaigns.new'), onSelect: () => go('/coupons/new') }}>
          {text('rule.noCampaigns')}
        </Notice>
      )}
      <TextField
        label={text('rule.name')}
        value={draft.name}
        maxLength={120}
        onChange={(event) => setDraft({ ...draft, name: event.target.value })}
      />
      <RuleSentence draft={draft} campaigns={campaigns} onChange={setDraft} />
      <RuleMore draft={draft} rule={rule} onChange={setDraft} />
      <RunPanel rule={content} ruleId={rule?.id} mayGive={rule?.isActive === true && !isChanged} />
      <div className="row g2 rule-foot">
        <Button look="primary" working={working} disabled={!content || !isChanged} onClick={save}>
          {text('rule.save')}
        </Button>
        <Button look="quiet" onClick={() => go('/order-rules')}>
          {text('action.cancel')}
        </Button>
        {!content && <span className="muted t13">{text('rule.incomplete')}</span>}
        {rule && <Version rule={rule} onOpen={() => setLooking(true)} />}
      </div>
      {rule && isLooking && (
        <RuleVersions rule={rule} campaignName={campaignName} onTake={take} onClose={() => setLooking(false)} />
      )}
    </div>
  )
}

/** Which version it is, and since when; the one before it decides over what changed before. */
function Version({ rule: { version, madeAt, madeBy }, onOpen }: { rule: OrderRule; onOpen: () => void }) {
  const { text } = useTexts()
  const dates = useDates()
  const people = usePeople([madeBy])
  const name = people.get(madeBy)?.name ?? '…'
  return (
    <span className="row wrap grow rule-version">
      <span className="dim t12">{text('rule.version', { version, name, when: dates.stamp(new Date(madeAt)) })}</span>
      <Button size="small" icon={History} onClick={onOpen}>
        {text('rule.versions')}
      </Button>
    </span>
  )
}
