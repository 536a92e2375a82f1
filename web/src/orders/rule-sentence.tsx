import { Plus, X } from 'lucide-react'
import type { Campaign } from '../../../protocol/coupons.ts'
import { orderStates } from '../../../protocol/orders.ts'
import { Button } from '../platform/button.tsx'
import { IconButton } from '../platform/icon-button.tsx'
import { useTexts } from '../platform/texts.tsx'
import { ConditionFields } from './condition-fields.tsx'
import { InlineInput, InlineSelect } from './inline-fields.tsx'
import { freshId, newCondition, type RuleDraft } from './use-rule-draft.ts'

type SentenceProps = {
  draft: RuleDraft
  campaigns: readonly Campaign[]
  onChange: (draft: RuleDraft) => void
}

/** The rule as a sentence whose words can be chosen. */
export function RuleSentence({ draft, campaigns, onChange }: SentenceProps) {
  const { text } = useTexts()
  const { status, expression } = draft
  return (
    <fieldset className="sentence" aria-label={text('rule.sentence')}>
      <div className="sentence-line">
        <span>{text('rule.when')}</span>
        <InlineSelect
          label={text('rule.status')}
          value={status}
          options={orderStates.map((value) => ({ value, label: text(`order.status.${value}`) }))}
          onChange={(next) => onChange({ ...draft, status: next })}
        />
      </div>
      {expression === null && <Conditions draft={draft} onChange={onChange} />}
      {expression !== null && <div className="sentence-line">{text('rule.andExpression')}</div>}
      <Gifts draft={draft} campaigns={campaigns} onChange={onChange} />
    </fieldset>
  )
}

function Conditions({ draft, onChange }: Omit<SentenceProps, 'campaigns'>) {
  const { text } = useTexts()
  const { conditions, join } = draft
  const joins = (['all', 'any'] as const).map((value) => ({ value, label: text(`rule.join.${value}`) }))
  return (
    <>
      {conditions.map((condition, index) => (
        <div className="sentence-line" key={condition.id}>
          {index === 0 && <span>{text('rule.if')}</span>}
          {index === 1 && (
            <InlineSelect
              label={text('rule.joinLabel')}
              value={join}
              options={joins}
              onChange={(next) => onChange({ ...draft, join: next })}
            />
          )}
          {index > 1 && <span>{text(`rule.join.${join}`)}</span>}
          <ConditionFields
            draft={condition}
            onChange={(next) =>
              onChange({ ...draft, conditions: conditions.map((one) => (one.id === next.id ? next : one)) })
            }
            onRemove={() => onChange({ ...draft, conditions: conditions.filter(({ id }) => id !== condition.id) })}
          />
        </div>
      ))}
      <p>
        <Button
          size="small"
          icon={Plus}
          onClick={() => onChange({ ...draft, conditions: [...conditions, newCondition('country')] })}
        >
          {text('rule.addCondition')}
        </Button>
      </p>
    </>
  )
}

function Gifts({ draft, campaigns, onChange }: SentenceProps) {
  const { text } = useTexts()
  const { gifts } = draft
  const chosen = new Set(gifts.map(({ campaignId }) => campaignId))
  const options = [
    { value: '', label: text('rule.chooseCampaign') },
    ...campaigns
      .filter(({ id, state }) => state !== 'ended' || chosen.has(id))
      .map(({ id, name, state }) => ({
        value: id as string,
        label: state === 'ended' ? text('rule.endedCampaign', { name }) : name,
      })),
  ]
  const change = (id: number, changes: object) =>
    onChange({ ...draft, gifts: gifts.map((gift) => (gift.id === id ? { ...gift, ...changes } : gift)) })
  return (
    <div className="sentence-line">
      <span>{text('rule.give')}</span>
      {gifts.map((gift, index) => (
        <fieldset className="condition gift" key={gift.id} aria-label={text('rule.gift')}>
          {index > 0 && <span>{text('rule.join.all')}</span>}
          <InlineInput
            label={text('rule.count')}
            value={gift.count}
            size={2}
            inputMode="numeric"
            onChange={(count) => change(gift.id, { count })}
          />
          <InlineSelect
            label={text('rule.campaign')}
            value={gift.campaignId}
            options={options}
            onChange={(campaignId) => change(gift.id, { campaignId })}
          />
          {gifts.length > 1 && (
            <IconButton
              icon={X}
              label={text('rule.removeGift')}
              onClick={() => onChange({ ...draft, gifts: gifts.filter(({ id }) => id !== gift.id) })}
            />
          )}
        </fieldset>
      ))}
      {gifts.length < 5 && (
        <IconButton
          icon={Plus}
          label={text('rule.addGift')}
          onClick={() => onChange({ ...draft, gifts: [...gifts, { id: freshId(), campaignId: '', count: '1' }] })}
        />
      )}
      <span>{text('rule.once')}</span>
    </div>
  )
}
