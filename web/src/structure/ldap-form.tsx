import { useState } from 'react'
import type { FormEvent } from 'react'
import { useHere } from '../organization/organization-context.tsx'
import { Button } from '../platform/button.tsx'
import { useAct, useClient } from '../platform/client.tsx'
import { Select } from '../platform/select.tsx'
import { TextField } from '../platform/text-field.tsx'
import { useText } from '../platform/texts.tsx'
import { useToast } from '../platform/toasts.tsx'
import type { InputOf, OutputOf } from '../../../sdk/commands.ts'

type Source = NonNullable<OutputOf<'ldap.get'>['source']>
type Answers = Omit<Source, 'hasPassword'> & { password: string }
type LdapFormProps = { source: Source | null; onChanged: () => void }

const fields = ['name', 'address', 'title', 'phone', 'place', 'key', 'manager'] as const
const hours = [1, 4, 12, 24] as const

const empty: Answers = {
  url: '',
  security: 'tls',
  certificate: null,
  bindDn: '',
  password: '',
  base: '',
  filter: '(&(objectClass=person)(mail=*))',
  attributes: {
    name: 'displayName',
    address: 'mail',
    title: 'title',
    phone: 'telephoneNumber',
    place: 'l',
    key: 'employeeNumber',
    manager: 'manager',
  },
  everyHours: null,
}

export function LdapForm({ source, onChanged }: LdapFormProps) {
  const text = useText()
  const work = useLdapForm(source, onChanged)
  const { answers, set } = work
  return (
    <form className="settings" onSubmit={work.save}>
      <TextField
        label={text('ldap.url')}
        value={answers.url}
        placeholder={placeholder[answers.security]}
        onChange={(event) => set({ url: event.target.value })}
      />
      <Select
        label={text('ldap.security')}
        value={answers.security}
        options={[
          { value: 'tls', label: 'TLS' },
          { value: 'starttls', label: 'StartTLS' },
          { value: 'none', label: text('ldap.none') },
        ]}
        onChange={(security) => set({ security })}
      />
      <TextField
        label={text('ldap.bindDn')}
        value={answers.bindDn}
        autoComplete="off"
        onChange={(event) => set({ bindDn: event.target.value })}
      />
      <TextField
        label={text('ldap.password')}
        type="password"
        autoComplete="new-password"
        value={answers.password}
        help={source?.hasPassword ? text('ldap.passwordKept') : undefined}
        onChange={(event) => set({ password: event.target.value })}
      />
      <TextField
        label={text('ldap.base')}
        value={answers.base}
        onChange={(event) => set({ base: event.target.value })}
      />
      <TextField
        label={text('ldap.filter')}
        value={answers.filter}
        onChange={(event) => set({ filter: event.target.value })}
      />
      <More answers={answers} set={set} />
      <Select
        label={text('ldap.every')}
        value={String(answers.everyHours ?? '')}
        options={[
          { value: '', label: text('ldap.everyNever') },
          ...hours.map((count) => ({ value: String(count), label: text('ldap.everyHours', { hours: count }) })),
        ]}
        onChange={(every) => set({ everyHours: every === '' ? null : Number(every) })}
      />
      <div className="row wrap">
        <Button look="primary" type="submit" working={work.working} disabled={!work.isComplete}>
          {text('action.save')}
        </Button>
        {source && (
          <Button look="quiet" onClick={work.remove}>
            {text('ldap.disconnect')}
          </Button>
        )}
      </div>
    </form>
  )
}

const placeholder = {
  tls: 'ldaps://ldap.example.com',
  starttls: 'ldap://ldap.example.com',
  none: 'ldap://ldap.example.com',
} as const

type MoreProps = { answers: Answers; set: (some: Partial<Answers>) => void }

/** What most leave as it is. */
function More({ answers, set }: MoreProps) {
  const text = useText()
  return (
    <details>
      <summary>{text('ldap.attributes')}</summary>
      <div className="settings">
        {fields.map((field) => (
          <TextField
            key={field}
            label={text(`field.${field}`)}
            value={answers.attributes[field]}
            onChange={(event) => set({ attributes: { ...answers.attributes, [field]: event.target.value } })}
          />
        ))}
        <label>
          <span className="label">{text('ldap.certificate')}</span>
          <textarea
            className="input"
            rows={4}
            value={answers.certificate ?? ''}
            onChange={(event) => set({ certificate: event.target.value.trim() === '' ? null : event.target.value })}
          />
        </label>
      </div>
    </details>
  )
}

function useLdapForm(source: Source | null, onChanged: () => void) {
  const text = useText()
  const toast = useToast()
  const client = useClient()
  const { organization } = useHere()
  const { act, working } = useAct()
  const { hasPassword: _, ...stored } = source ?? { ...empty, hasPassword: false }
  const [changes, setChanges] = useState<Partial<Answers>>({})
  const answers: Answers = { ...empty, ...stored, ...changes }
  const organizationId = organization.id
  const save = (event: FormEvent) => {
    event.preventDefault()
    const { password, ...rest } = answers
    const input: InputOf<'ldap.set'> = { organizationId, ...rest, ...(password !== '' && { password }) }
    void act(async () => {
      await client.do('ldap.set', input)
      toast({ message: text('ldap.saved') })
      setChanges({})
      onChanged()
    })
  }
  const remove = () =>
    void act(async () => {
      await client.do('ldap.remove', { organizationId })
      onChanged()
    })
  return {
    answers,
    set: (some: Partial<Answers>) => setChanges((before) => ({ ...before, ...some })),
    isComplete: answers.url.trim() !== '' && answers.base.trim() !== '',
    working,
    save,
    remove,
  }
}
