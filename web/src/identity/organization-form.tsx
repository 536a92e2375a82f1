import { useState } from 'react'
import { Button } from '../platform/button.tsx'
import { AccentField } from '../platform/accent-field.tsx'
import { Select } from '../platform/select.tsx'
import { TextField } from '../platform/text-field.tsx'
import { languages, useText } from '../platform/texts.tsx'
import type { Locale } from '../platform/texts.tsx'

export type OrganizationAnswers = { name: string; locale: Locale; accent: string; personName: string; address: string }

type OrganizationFormProps = {
  answers: OrganizationAnswers
  working: boolean
  error?: string | undefined
  onChange: (answers: OrganizationAnswers) => void
  onSubmit: () => void
}

/** The first step of the set-up: three questions about the establishment, and who asks. */
export function OrganizationForm({ answers, working, error, onChange, onSubmit }: OrganizationFormProps) {
  const text = useText()
  const [asked, setAsked] = useState(false)
  const set = (some: Partial<OrganizationAnswers>) => onChange({ ...answers, ...some })
  const missing = (value: string) => (asked && value.trim() === '' ? text('form.required') : undefined)
  const complete = [answers.name, answers.personName, answers.address].every((value) => value.trim() !== '')
  return (
    <form
      className="setup-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        setAsked(true)
        if (complete && !working) onSubmit()
      }}
    >
      <TextField
        label={text('setup.name')}
        help={text('setup.nameHelp')}
        error={missing(answers.name)}
        value={answers.name}
        autoComplete="organization"
        onChange={(event) => set({ name: event.target.value })}
      />
      <Select
        label={text('settings.language')}
        value={answers.locale}
        options={[
          { value: 'en', label: languages.en },
          { value: 'zh-CN', label: languages['zh-CN'] },
        ]}
        onChange={(locale) => set({ locale })}
      />
      <AccentField value={answers.accent} onChange={(accent) => set({ accent })} />
      <TextField
        label={text('setup.personName')}
        error={missing(answers.personName)}
        value={answers.personName}
        autoComplete="name"
        onChange={(event) => set({ personName: event.target.value })}
      />
      <TextField
        label={text('setup.address')}
        help={text('setup.addressHelp')}
        error={missing(answers.address) ?? error}
        value={answers.address}
        inputMode="email"
        autoComplete="email"
        autoCapitalize="none"
        onChange={(event) => set({ address: event.target.value })}
      />
      <div>
        <Button look="primary" type="submit" working={working}>
          {text('setup.continue')}
        </Button>
      </div>
    </form>
  )
}
