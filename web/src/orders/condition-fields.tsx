import { X } from 'lucide-react'
import { Link } from 'wouter'
import type { RuleCondition } from '../../../protocol/order-rules.ts'
import { useHere } from '../organization/organization-context.tsx'
import { useAnswer } from '../platform/client.tsx'
import type { Locale } from '../platform/formatter.ts'
import { IconButton } from '../platform/icon-button.tsx'
import { useTexts } from '../platform/texts.tsx'
import { InlineInput, InlineSelect } from './inline-fields.tsx'
import { countries, operatorWords } from './rule-words.ts'
import { newCondition, operatorsOf, type ConditionDraft } from './use-rule-draft.ts'

export const conditionFields = Object.keys(operatorsOf) as RuleCondition['field'][] // the keys of a literal

type ConditionProps = {
  draft: ConditionDraft
  onChange: (draft: ConditionDraft) => void
  onRemove: () => void
}

/** One condition inside the sentence: what it asks about, how, and with what it compares. */
export function ConditionFields({ draft, onChange, onRemove }: ConditionProps) {
  const { text } = useTexts()
  const { field, operator } = draft
  return (
    <fieldset className="condition" aria-label={text('rule.condition')}>
      <InlineSelect
        label={text('rule.about')}
        value={field}
        options={conditionFields.map((value) => ({ value, label: text(`rule.field.${value}`) }))}
        onChange={(next) => onChange({ ...newCondition(next), id: draft.id })}
      />
      {field === 'attribute' && (
        <InlineInput
          label={text('rule.attributeName')}
          value={draft.extra}
          onChange={(extra) => onChange({ ...draft, extra: extra.trim() })}
        />
      )}
      <InlineSelect
        label={text('rule.how')}
        value={operator}
        options={operatorsOf[field].map((value) => ({ value, label: operatorWords(text, { field, operator: value }) }))}
        onChange={(next) => onChange({ ...draft, operator: next })}
      />
      <ValueField draft={draft} onChange={onChange} />
      <IconButton icon={X} label={text('rule.removeCondition')} onClick={onRemove} />
    </fieldset>
  )
}

function ValueField({ draft, onChange }: Omit<ConditionProps, 'onRemove'>) {
  const { text, locale } = useTexts()
  const { field, value, extra } = draft
  const label = text('rule.value')
  const change = (next: string) => onChange({ ...draft, value: next })
  if (field === 'first-order') return null
  if (field === 'country' && !value.includes(','))
    return <InlineSelect label={label} value={value} options={countriesWith(value, locale)} onChange={change} />
  if (field === 'level') return <LevelField value={value} onChange={change} />
  const isNumber = field === 'total' || field === 'quantity' || field === 'earlier-orders'
  return (
    <>
      <InlineInput label={label} value={value} inputMode={isNumber ? 'decimal' : 'text'} onChange={change} />
      {field === 'total' && (
        <InlineInput
          label={text('rule.currency')}
          value={extra}
          size={4}
          onChange={(next) => onChange({ ...draft, extra: next.toUpperCase().slice(0, 3) })}
        />
      )}
    </>
  )
}

/** A rule that came by the API may name one in another way. */
function countriesWith(value: string, locale: Locale) {
  const all = countries(locale)
  return all.some((one) => one.value === value) ? all : [{ value, label: value }, ...all]
}

/** The organization's levels; others that a rule already asks for stay as they are. */
function LevelField({ value, onChange }: { value: string; onChange: (level: string) => void }) {
  const { text } = useTexts()
  const { organization } = useHere()
  const { data } = useAnswer('order-settings.get', { organizationId: organization.id })
  const names = data?.levels.map(({ name }) => name) ?? []
  if (data && names.length === 0)
    return (
      <Link className="link" href="/order-settings">
        {text('rule.noLevels')}
      </Link>
    )
  const known = value === '' || names.includes(value) ? names : [value, ...names]
  const options = [
    { value: '', label: text('rule.chooseLevel') },
    ...known.map((name) => ({ value: name, label: name })),
  ]
  return <InlineSelect label={text('rule.value')} value={value} options={options} onChange={onChange} />
}
