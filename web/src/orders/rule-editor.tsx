import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { v7 as newId } from 'uuid'
import type { Campaign } from '../../../protocol/coupons.ts'
import type { OrderRule } from '../../../protocol/order-rules.ts'
import type { InputOf } from '../../../sdk/index.ts'
import { useHere } from '../organization/organization-context.tsx'
import { Button } from '../platform/button.tsx'
import { Check } from '../platform/check.tsx'
import { useAct, useClient } from '../platform/client.tsx'
import { Notice } from '../platform/notice.tsx'
import { TextField } from '../platform/text-field.tsx'
import { useTexts } from '../platform/texts.tsx'
import { useToast } from '../platform/toasts.tsx'
import { RunPanel } from './dry-run.tsx'
import { RuleSentence } from './rule-sentence.tsx'
import { contentOf, draftOf, emptyDraft, type RuleDraft } from './use-rule-draft.ts'

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
  return (
    <div className="rule-editor">
      {campaigns.length === 0 && (
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
      <MoreOfRule draft={draft} onChange={setDraft} />
      <RunPanel rule={content} savedId={rule?.isActive && !isChanged ? rule.id : undefined} />
      <div className="row g2 rule-foot">
        <Button look="primary" working={working} disabled={!content || !isChanged} onClick={save}>
          {text('rule.save')}
        </Button>
        <Button look="quiet" onClick={() => go('/order-rules')}>
          {text('action.cancel')}
        </Button>
        {!content && <span className="muted t13">{text('rule.incomplete')}</span>}
      </div>
    </div>
  )
}

type MoreProps = { draft: RuleDraft; onChange: (draft: RuleDraft) => void }

function MoreOfRule({ draft, onChange }: MoreProps) {
  const { text } = useTexts()
  const number = (key: 'total' | 'perPerson' | 'perDay' | 'priority') => (
    <TextField
      label={text(`rule.more.${key}`)}
      value={draft[key]}
      inputMode="numeric"
      onChange={(event) => onChange({ ...draft, [key]: event.target.value })}
    />
  )
  return (
    <>
      <div>
        <label className="label" htmlFor="rule-message">
          {text('rule.message')}
        </label>
        <textarea
          id="rule-message"
          className="input"
          rows={3}
          value={draft.message}
          maxLength={2_000}
          aria-describedby="rule-message-note"
          onChange={(event) => onChange({ ...draft, message: event.target.value })}
        />
        <p className="help" id="rule-message-note">
          {text('rule.messageHelp', { example: '{{ first_name }}' })}
        </p>
      </div>
      <details className="rule-more">
        <summary>{text('rule.more')}</summary>
        <div className="rule-more-body">
          <div className="rule-numbers">
            {number('total')}
            {number('perPerson')}
            {number('perDay')}
            {number('priority')}
          </div>
          <Check
            label={text('rule.isLast')}
            isOn={draft.isLast}
            onChange={(isLast) => onChange({ ...draft, isLast })}
          />
          <Check
            label={text('rule.takesBack')}
            isOn={draft.takesBack}
            onChange={(takesBack) => onChange({ ...draft, takesBack })}
          />
          <Check
            label={text('rule.expert')}
            help={text('rule.expertHelp')}
            isOn={draft.expression !== null}
            onChange={(isOn) => onChange({ ...draft, expression: isOn ? '' : null })}
          />
          {draft.expression !== null && (
            <textarea
              className="input mono"
              rows={3}
              aria-label={text('rule.expression')}
              placeholder={text('rule.expressionExample')}
              value={draft.expression}
              maxLength={2_000}
              onChange={(event) => onChange({ ...draft, expression: event.target.value })}
            />
          )}
        </div>
      </details>
    </>
  )
}
