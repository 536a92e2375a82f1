import type { OrderRule } from '../../../protocol/order-rules.ts'
import { currencies, formatMoney } from '../coupons/money.ts'
import { PeopleField } from '../coupons/people-field.tsx'
import { useHere } from '../organization/organization-context.tsx'
import { Check } from '../platform/check.tsx'
import { useAnswer } from '../platform/client.tsx'
import { Select } from '../platform/select.tsx'
import { TextField } from '../platform/text-field.tsx'
import { useTexts } from '../platform/texts.tsx'
import { momentAt, wallTime } from '../platform/zoned-time.ts'
import { budgetOf, capOf, endsTooEarly, isPriority, type RuleDraft } from './use-rule-draft.ts'

type MoreProps = { draft: RuleDraft; onChange: (draft: RuleDraft) => void }

/** What a rule holds besides its sentence: the message and its sender, limits, the time it acts in, its place. */
export function RuleMore({ draft, rule, onChange }: MoreProps & { rule: OrderRule | undefined }) {
  const { text } = useTexts()
  return (
    <>
      <Message draft={draft} onChange={onChange} />
      <fieldset className="rule-part">
        <legend>{text('rule.limits')}</legend>
        <Limits draft={draft} rule={rule} onChange={onChange} />
      </fieldset>
      <fieldset className="rule-part">
        <legend>{text('rule.validity')}</legend>
        <Validity draft={draft} onChange={onChange} />
      </fieldset>
      <fieldset className="rule-part">
        <legend>{text('rule.more')}</legend>
        <Further draft={draft} onChange={onChange} />
      </fieldset>
    </>
  )
}

function Message({ draft, onChange }: MoreProps) {
  const { text } = useTexts()
  const { message, senderId } = draft
  return (
    <div className="rule-message">
      <div>
        <label className="label" htmlFor="rule-message">
          {text('rule.message')}
        </label>
        <textarea
          id="rule-message"
          className="input"
          dir="auto"
          rows={3}
          value={message}
          maxLength={2_000}
          aria-describedby="rule-message-note"
          onChange={(event) => onChange({ ...draft, message: event.target.value })}
        />
        <p className="help" id="rule-message-note">
          {text('rule.messageHelp', { example: '{{ first_name }}' })}
        </p>
      </div>
      <PeopleField
        label={text('rule.sender')}
        help={text('rule.senderHelp')}
        chosen={senderId ? [senderId] : []}
        max={1}
        onChange={([chosen]) => onChange({ ...draft, senderId: chosen ?? null })}
      />
    </div>
  )
}

function Limits({ draft, rule, onChange }: MoreProps & { rule: OrderRule | undefined }) {
  const { text, locale } = useTexts()
  const isBudgetFaulty = budgetOf(draft) === undefined
  const spent = rule?.limits.budget ? { amount: rule.spent, currency: rule.limits.budget.currency } : undefined
  const offered = currencies.includes(draft.currency) ? currencies : [draft.currency, ...currencies]
  return (
    <>
      <div className="rule-numbers">
        {(['total', 'perPerson', 'perDay'] as const).map((key) => (
          <TextField
            key={key}
            label={text(`rule.more.${key}`)}
            value={draft[key]}
            inputMode="numeric"
            error={capOf(draft[key]) === undefined ? text('campaign.fault') : undefined}
            onChange={(event) => onChange({ ...draft, [key]: event.target.value })}
          />
        ))}
      </div>
      <div className="rule-numbers">
        {(['budget', 'each'] as const).map((key) => (
          <TextField
            key={key}
            label={text(`rule.more.${key}`)}
            value={draft[key]}
            inputMode="decimal"
            error={isBudgetFaulty ? text('rule.budgetFault') : undefined}
            onChange={(event) => onChange({ ...draft, [key]: event.target.value })}
          />
        ))}
        <Select
          label={text('rule.currency')}
          value={draft.currency}
          options={offered.map((value) => ({ value, label: value }))}
          onChange={(currency) => onChange({ ...draft, currency })}
        />
      </div>
      <p className="help">
        {text('rule.limitsHelp')}
        {spent && ` ${text('rule.spent', { amount: formatMoney(locale, spent) })}`}
      </p>
    </>
  )
}

function Validity({ draft, onChange }: MoreProps) {
  const { text } = useTexts()
  const { organization } = useHere()
  const { data } = useAnswer('order-settings.get', { organizationId: organization.id })
  if (!data) return null
  const { timeZone } = data
  return (
    <>
      <div className="rule-numbers times">
        {(['validFrom', 'validUntil'] as const).map((key) => (
          <TextField
            key={key}
            type="datetime-local"
            label={text(`rule.more.${key}`)}
            value={wallTime(draft[key], timeZone)}
            error={key === 'validUntil' && endsTooEarly(draft) ? text('rule.untilFault') : undefined}
            onChange={(event) => onChange({ ...draft, [key]: momentAt(event.target.value, timeZone) })}
          />
        ))}
      </div>
      <p className="help">{text('rule.validityHelp', { timeZone })}</p>
    </>
  )
}

function Further({ draft, onChange }: MoreProps) {
  const { text } = useTexts()
  const { priority, isLast, takesBack, expression } = draft
  return (
    <>
      <div className="rule-numbers">
        <TextField
          label={text('rule.more.priority')}
          help={text('rule.priorityHelp')}
          value={priority}
          inputMode="numeric"
          error={isPriority(priority) ? undefined : text('campaign.fault')}
          onChange={(event) => onChange({ ...draft, priority: event.target.value })}
        />
      </div>
      <Check label={text('rule.isLast')} isOn={isLast} onChange={(next) => onChange({ ...draft, isLast: next })} />
      <Check
        label={text('rule.takesBack')}
        isOn={takesBack}
        onChange={(next) => onChange({ ...draft, takesBack: next })}
      />
      <Check
        label={text('rule.expert')}
        help={text('rule.expertHelp')}
        isOn={expression !== null}
        onChange={(isOn) => onChange({ ...draft, expression: isOn ? '' : null })}
      />
      {expression !== null && (
        <textarea
          className="input mono"
          rows={3}
          aria-label={text('rule.expression')}
          placeholder={text('rule.expressionExample')}
          value={expression}
          maxLength={2_000}
          onChange={(event) => onChange({ ...draft, expression: event.target.value })}
        />
      )}
    </>
  )
}
