import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { FormEvent } from 'react'
import { RequestError } from '../../../sdk/index.ts'
import type { InputOf, OutputOf } from '../../../sdk/index.ts'
import { useHere } from '../organization/organization-context.tsx'
import { Button } from '../platform/button.tsx'
import { Check } from '../platform/check.tsx'
import { useAct, useClient, useErrorText } from '../platform/client.tsx'
import { Confirm } from '../platform/confirm.tsx'
import { CopyField } from '../platform/copy-field.tsx'
import { Notice } from '../platform/notice.tsx'
import { SkeletonList } from '../platform/skeleton.tsx'
import { TextField } from '../platform/text-field.tsx'
import { useText } from '../platform/texts.tsx'

type Settings = OutputOf<'sign-in-source.get'>
type Source = NonNullable<Settings['source']>
type Answers = { label: string; issuer: string; clientId: string; secret: string; joins: boolean; domains: string }

/** For owners: the provider by which members sign in. */
export function SignInSource() {
  const text = useText()
  const explain = useErrorText()
  const { organization } = useHere()
  const client = useClient()
  const { data, error, refetch } = useQuery({
    queryKey: ['sign-in-source', organization.id],
    queryFn: () => client.do('sign-in-source.get', { organizationId: organization.id }),
    refetchInterval: ({ state }) => (state.data?.source?.state === 'checking' ? checkingMs : false),
  })
  return (
    <section className="settings" aria-label={text('provider.title')}>
      <h2 className="label">{text('provider.title')}</h2>
      <p className="muted t13">{text('provider.lead')}</p>
      {error && !data && <Notice meaning="bad">{explain(error)}</Notice>}
      {!data && !error && <SkeletonList rows={4} />}
      {data && <Form settings={data} onChanged={() => void refetch()} />}
    </section>
  )
}

/** Asked again so often, while the server is asking the provider. */
const checkingMs = 500

function Form({ settings, onChanged }: { settings: Settings; onChanged: () => void }) {
  const text = useText()
  const { answers, set, save, working, error, wrong, isComplete } = useForm(settings.source, onChanged)
  const { source } = settings
  return (
    <form className="settings" onSubmit={save}>
      <CopyField label={text('provider.redirect')} help={text('provider.redirectHelp')} value={settings.redirectUri} />
      <TextField
        label={text('provider.issuer')}
        help={text('provider.issuerHelp')}
        error={wrong === 'issuer' ? text('provider.issuerWrong') : undefined}
        value={answers.issuer}
        placeholder={placeholder.issuer}
        inputMode="url"
        autoCapitalize="none"
        onChange={(event) => set({ issuer: event.target.value })}
      />
      <TextField
        label={text('provider.clientId')}
        value={answers.clientId}
        autoComplete="off"
        autoCapitalize="none"
        onChange={(event) => set({ clientId: event.target.value })}
      />
      <TextField
        label={text('provider.secret')}
        help={text(source?.hasSecret ? 'provider.secretKept' : 'provider.secretHelp')}
        type="password"
        autoComplete="new-password"
        value={answers.secret}
        onChange={(event) => set({ secret: event.target.value })}
      />
      <TextField
        label={text('provider.label')}
        help={text('provider.labelHelp')}
        value={answers.label}
        maxLength={labelMax}
        onChange={(event) => set({ label: event.target.value })}
      />
      <Check
        label={text('provider.joins')}
        help={text('provider.joinsHelp')}
        isOn={answers.joins}
        onChange={(joins) => set({ joins })}
      />
      {answers.joins && (
        <TextField
          label={text('provider.domains')}
          help={text('provider.domainsHelp')}
          error={wrong === 'domains' ? text('provider.domainsWrong') : undefined}
          value={answers.domains}
          placeholder={placeholder.domains}
          autoCapitalize="none"
          onChange={(event) => set({ domains: event.target.value })}
        />
      )}
      {error && <Notice meaning="bad">{error}</Notice>}
      {source && !working && !error && !wrong && <State source={source} />}
      <div className="row wrap">
        <Button look="primary" type="submit" working={working || source?.state === 'checking'} disabled={!isComplete}>
          {text('provider.test')}
        </Button>
        {source && <Remove onRemoved={onChanged} />}
      </div>
    </form>
  )
}

const labelMax = 40
const placeholder = { issuer: 'https://login.example.com', domains: 'example.com, example.org' }

function State({ source: { state, label } }: { source: Source }) {
  const text = useText()
  const meaning = state === 'ready' ? 'ok' : state === 'checking' ? undefined : 'bad'
  return <Notice {...(meaning && { meaning })}>{text(`provider.state.${state}`, { name: label })}</Notice>
}

function Remove({ onRemoved }: { onRemoved: () => void }) {
  const text = useText()
  const client = useClient()
  const { organization } = useHere()
  const { act, working } = useAct()
  const [isAsked, setAsked] = useState(false)
  const remove = () =>
    void act(async () => {
      await client.do('sign-in-source.remove', { organizationId: organization.id })
      setAsked(false)
      onRemoved()
    })
  return (
    <>
      <Button look="quiet" onClick={() => setAsked(true)}>
        {text('provider.remove')}
      </Button>
      <Confirm
        title={text('provider.removeTitle')}
        body={text('provider.removeBody')}
        action={text('provider.remove')}
        danger
        working={working}
        open={isAsked}
        onConfirm={remove}
        onClose={() => setAsked(false)}
      />
    </>
  )
}

function useForm(source: Source | null, onChanged: () => void) {
  const client = useClient()
  const { organization } = useHere()
  const explain = useErrorText()
  const [working, setWorking] = useState(false)
  const [fault, setFault] = useState<unknown>()
  const [changes, setChanges] = useState<Partial<Answers>>({})
  const { label = organization.name.slice(0, labelMax), issuer = '', clientId = '', joins = false } = source ?? {}
  const stored = { label, issuer, clientId, joins, secret: '', domains: source?.domains.join(', ') ?? '' }
  const answers: Answers = { ...stored, ...changes }
  const send = async () => {
    setWorking(true)
    setFault(undefined)
    try {
      await client.do('sign-in-source.set', inputOf(organization.id, answers))
      setChanges({})
      onChanged()
    } catch (refusal) {
      setFault(refusal)
    } finally {
      setWorking(false)
    }
  }
  const save = (event: FormEvent) => {
    event.preventDefault()
    if (!working) void send()
  }
  const wrong = wrongField(fault)
  return {
    answers,
    wrong,
    error: fault === undefined || wrong ? undefined : explain(fault),
    set: (some: Partial<Answers>) => setChanges((before) => ({ ...before, ...some })),
    isComplete: [answers.label, answers.issuer, answers.clientId].every((value) => value.trim() !== ''),
    working,
    save,
  }
}

/** What the server did not take, where there is a field to say it at. */
function wrongField(fault: unknown): 'issuer' | 'domains' | undefined {
  if (!(fault instanceof RequestError) || fault.code !== 'input.invalid') return undefined
  return fault.path?.startsWith('issuer') ? 'issuer' : fault.path?.startsWith('domains') ? 'domains' : undefined
}

function inputOf(organizationId: string, { secret, domains, ...rest }: Answers): InputOf<'sign-in-source.set'> {
  return {
    organizationId,
    label: rest.label.trim(),
    issuer: rest.issuer.trim(),
    clientId: rest.clientId.trim(),
    joins: rest.joins,
    domains: rest.joins ? domains.split(/[\s,;]+/).filter((domain) => domain !== '') : [],
    ...(secret !== '' && { secret }),
  }
}
