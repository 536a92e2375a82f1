import type { ComponentProps } from 'react'
import { limits } from '../../../protocol/limits.ts'
import { Check } from '../platform/check.tsx'
import { Select } from '../platform/select.tsx'
import { TextArea } from '../platform/text-area.tsx'
import { TextField } from '../platform/text-field.tsx'
import { useTexts } from '../platform/texts.tsx'
import type { TextKey } from '../platform/texts.tsx'
import { TimeZoneSelect } from '../platform/time-zone-select.tsx'
import type { CampaignWords, Faults } from './campaign-words.ts'
import { currencies } from './money.ts'
import { PeopleField } from './people-field.tsx'
import { TimeWindows } from './time-windows.tsx'

export type CampaignFormProps = {
  words: CampaignWords
  faults: Faults
  /** Shows faults of empty fields too, once somebody tried to save. */
  isStrict: boolean
  /** Coupons are out there: what they are worth stays. */
  isValueFixed: boolean
  set: (change: Partial<CampaignWords>) => void
}

type Named = { [N in keyof CampaignWords]: CampaignWords[N] extends string ? N : never }[keyof CampaignWords]
type Field = (name: Named, more?: ComponentProps<'input'> & { label?: TextKey; help?: TextKey }) => React.ReactNode

/** The fields of a campaign: what it gives, when and where, to whom, and how many. */
export function CampaignForm(props: CampaignFormProps) {
  const { text } = useTexts()
  const { words, faults, isStrict, set } = props
  const field: Field = (name, { label, help, ...more } = {}) => {
    const isFaulty = faults.has(name) && (isStrict || words[name].trim() !== '')
    return (
      <TextField
        {...more}
        label={text(label ?? (`campaign.${name}` as TextKey))}
        help={help && text(help)}
        error={isFaulty ? text('campaign.fault') : undefined}
        value={words[name]}
        onChange={(event) => set({ [name]: event.target.value })}
      />
    )
  }
  return (
    <div className="campaign-form">
      <Says {...props} field={field} />
      <Gives {...props} field={field} />
      <fieldset>
        <legend>{text('campaign.when')}</legend>
        <div className="pair">
          {field('startsAt', { type: 'datetime-local' })}
          {field('endsAt', { type: 'datetime-local' })}
          {field('validDays', { inputMode: 'numeric', help: 'campaign.validDaysHelp' })}
        </div>
        <TimeZoneSelect
          label={text('campaign.timeZone')}
          value={words.timeZone}
          onChange={(timeZone) => set({ timeZone })}
        />
        <TimeWindows windows={words.windows} onChange={(windows) => set({ windows })} />
        {faults.has('windows') && <p className="help bad">{text('campaign.windowFault')}</p>}
        {field('places', { help: 'campaign.placesHelp' })}
      </fieldset>
      <fieldset>
        <legend>{text('campaign.limits')}</legend>
        <div className="pair">
          {field('stock', { inputMode: 'numeric', help: 'campaign.noLimit' })}
          {field('perPerson', { inputMode: 'numeric', help: 'campaign.noLimit' })}
          {words.kind !== 'item' && field('budget', { inputMode: 'decimal', help: 'campaign.noLimit' })}
        </div>
        <Customers {...props} field={field} />
        <div className="pair">{field('remindDays', { inputMode: 'numeric', help: 'campaign.remindHelp' })}</div>
        <Check
          label={text('campaign.transferable')}
          isOn={words.isTransferable}
          onChange={(isTransferable) => set({ isTransferable })}
        />
      </fieldset>
      <Staff {...props} />
    </div>
  )
}

type PartProps = CampaignFormProps & { field: Field }

function Says({ words, set, field }: PartProps) {
  const { text } = useTexts()
  return (
    <fieldset>
      <legend>{text('campaign.says')}</legend>
      {field('name', { maxLength: limits.campaignName, help: 'campaign.nameHelp' })}
      {field('title', { maxLength: limits.campaignName })}
      <TextArea
        label={text('campaign.text')}
        value={words.text}
        maxLength={limits.campaignText}
        onChange={(value) => set({ text: value })}
      />
      <TextArea
        label={text('campaign.terms')}
        value={words.terms}
        maxLength={limits.campaignTerms}
        onChange={(value) => set({ terms: value })}
      />
    </fieldset>
  )
}

const kinds = ['amount', 'percentage', 'item', 'gift'] as const

function Gives({ words, set, field, isValueFixed }: PartProps) {
  const { text } = useTexts()
  const { kind, currency } = words
  const offered = currencies.includes(currency) ? currencies : [currency, ...currencies]
  return (
    <fieldset>
      <legend>{text('campaign.gives')}</legend>
      {isValueFixed && <p className="help">{text('campaign.valueFixed')}</p>}
      <div className="pair">
        <Select
          label={text('campaign.kind')}
          value={kind}
          disabled={isValueFixed}
          options={kinds.map((value) => ({ value, label: text(`campaign.kind.${value}`) }))}
          onChange={(next) => set({ kind: next })}
        />
        {(kind === 'amount' || kind === 'gift') && field('amount', { inputMode: 'decimal', disabled: isValueFixed })}
        {kind === 'percentage' && field('percent', { inputMode: 'numeric', disabled: isValueFixed })}
        {kind === 'item' && field('item', { maxLength: limits.campaignName, disabled: isValueFixed })}
        <Select
          label={text('campaign.currency')}
          value={currency}
          disabled={isValueFixed}
          options={offered.map((value) => ({ value, label: value }))}
          onChange={(next) => set({ currency: next })}
        />
      </div>
      <div className="pair">
        {field('minimumOrder', { inputMode: 'decimal', help: 'campaign.noLimit' })}
        {kind === 'percentage' &&
          field('cap', { inputMode: 'decimal', help: 'campaign.noLimit', disabled: isValueFixed })}
      </div>
    </fieldset>
  )
}

const customerKinds = ['everybody', 'tags', 'people'] as const

/** Whom it is for: all, contacts by tags, or people by name. */
function Customers({ words, faults, isStrict, set, field }: PartProps) {
  const { text } = useTexts()
  return (
    <>
      <div className="pair">
        <Select
          label={text('campaign.customers')}
          value={words.customers}
          options={customerKinds.map((value) => ({ value, label: text(`campaign.customers.${value}`) }))}
          onChange={(customers) => set({ customers })}
        />
        {words.customers === 'tags' && field('tags', { help: 'campaign.tagsHelp' })}
      </div>
      {words.customers === 'people' && (
        <PeopleField
          label={text('campaign.personIds')}
          error={isStrict && faults.has('personIds') ? text('campaign.fault') : undefined}
          chosen={words.personIds}
          max={limits.peoplePerCommand}
          withContacts
          onChange={(personIds) => set({ personIds })}
        />
      )}
    </>
  )
}

const redeemers = ['everybody', 'named'] as const

/** Who sends it and who takes it in, besides owners and administrators. */
function Staff({ words, set }: CampaignFormProps) {
  const { text } = useTexts()
  return (
    <fieldset>
      <legend>{text('campaign.staff')}</legend>
      <PeopleField
        label={text('campaign.senderId')}
        help={text('campaign.senderIdHelp')}
        chosen={words.senderId ? [words.senderId] : []}
        max={1}
        onChange={([senderId]) => set({ senderId: senderId ?? null })}
      />
      <PeopleField
        label={text('campaign.senderIds')}
        help={text('campaign.senderIdsHelp')}
        chosen={words.senderIds}
        max={limits.campaignStaff}
        onChange={(senderIds) => set({ senderIds })}
      />
      <div className="pair">
        <Select
          label={text('campaign.redeemers')}
          value={words.redeemers}
          options={redeemers.map((value) => ({ value, label: text(`campaign.redeemers.${value}`) }))}
          onChange={(next) => set({ redeemers: next })}
        />
      </div>
      {words.redeemers === 'named' && (
        <PeopleField
          label={text('campaign.redeemerIds')}
          help={text('campaign.redeemerIdsHelp')}
          chosen={words.redeemerIds}
          max={limits.campaignStaff}
          onChange={(redeemerIds) => set({ redeemerIds })}
        />
      )}
    </fieldset>
  )
}
