import { useEffect, useState } from 'react'
import { limits } from '../../../protocol/limits.ts'
import { OutsiderRules } from '../contacts/outsider-rules.tsx'
import { SignInSource } from '../identity/sign-in-source.tsx'
import { Count } from '../platform/badge.tsx'
import { AccentField } from '../platform/accent-field.tsx'
import { applyAccent } from '../platform/accent.ts'
import { Button } from '../platform/button.tsx'
import { useAct, useClient } from '../platform/client.tsx'
import { Select } from '../platform/select.tsx'
import { TextField } from '../platform/text-field.tsx'
import { isLocale, languages, useText } from '../platform/texts.tsx'
import { useToast } from '../platform/toasts.tsx'
import { AppShell } from './app-shell.tsx'
import { useHere } from './organization-context.tsx'
import { PeopleSide, PeopleTabs } from './people-side.tsx'

/** For administrators: what the organization is called, its colour and its language. */
export function SettingsScreen() {
  const text = useText()
  return (
    <AppShell
      side={<PeopleSide />}
      sideLabel={text('area.people')}
      main={<Settings />}
      mainLabel={text('organization.title')}
      phone={{ shows: 'main', isRoot: true }}
    />
  )
}

function Settings() {
  const text = useText()
  const { role } = useHere()
  const { answers, set, save, working, isChanged } = useSettings()
  return (
    <>
      <header className="bar">
        <h1 className="grow">{text('organization.title')}</h1>
      </header>
      <PeopleTabs />
      <div className="scroll page">
        <form
          className="settings"
          onSubmit={(event) => {
            event.preventDefault()
            if (isChanged && !working) save()
          }}
        >
          <TextField
            label={text('form.name')}
            help={text('setup.nameHelp')}
            error={answers.name.trim() === '' ? text('form.required') : undefined}
            value={answers.name}
            maxLength={limits.personName}
            onChange={(event) => set({ name: event.target.value })}
          />
          <div>
            <Select
              label={text('settings.language')}
              value={answers.locale}
              options={Object.entries(languages).map(([value, label]) => ({ value, label }))}
              onChange={(locale) => isLocale(locale) && set({ locale })}
            />
            <p className="help">{text('organization.languageHelp')}</p>
          </div>
          <AccentField value={answers.accent} onChange={(accent) => set({ accent })} />
          <Preview name={answers.name} />
          <div>
            <Button look="primary" type="submit" working={working} disabled={!isChanged}>
              {text('action.save')}
            </Button>
          </div>
        </form>
        <OutsiderRules />
        {role === 'owner' && <SignInSource />}
      </div>
    </>
  )
}

/** The whole app shows the colour while it is chosen; here stands what is coloured by it. */
function Preview({ name }: { name: string }) {
  const text = useText()
  return (
    <figure className="settings-preview" inert>
      <figcaption className="label">{text('organization.preview')}</figcaption>
      <div className="mini">
        <div className="bar">
          <span className="org cut">{name}</span>
        </div>
        <span className="navrow" aria-current="page">
          <span className="grow">{text('chart.title')}</span>
        </span>
        <span className="navrow unread">
          <span className="grow">{text('list.groups')}</span>
          <Count count={3} label={text('organization.previewUnread')} />
        </span>
        <span className="row settings-preview-foot">
          <Button look="primary">{text('composer.send')}</Button>
        </span>
      </div>
    </figure>
  )
}

function useSettings() {
  const text = useText()
  const toast = useToast()
  const client = useClient()
  const { organization } = useHere()
  const { act, working } = useAct()
  const { id: organizationId, name, accent, locale } = organization
  const [changes, setChanges] = useState<{ name?: string; accent?: string; locale?: typeof locale }>({})
  const answers = { name, accent, locale, ...changes }
  useEffect(() => applyAccent(answers.accent), [answers.accent])
  useEffect(() => () => applyAccent(accent), [accent])
  const isChanged =
    answers.name.trim() !== '' &&
    (answers.name.trim() !== name || answers.accent !== accent || answers.locale !== locale)
  const save = () =>
    void act(async () => {
      await client.do('organization.change', { organizationId, ...changes })
      toast({ message: text('organization.saved') })
    })
  return {
    answers,
    set: (some: typeof changes) => setChanges((before) => ({ ...before, ...some })),
    save,
    working,
    isChanged,
  }
}
