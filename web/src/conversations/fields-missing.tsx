import { useState } from 'react'
import { Button } from '../platform/button.tsx'
import { Notice } from '../platform/notice.tsx'
import { Select } from '../platform/select.tsx'
import { TextField } from '../platform/text-field.tsx'
import { useTexts } from '../platform/texts.tsx'
import type { Preview } from './use-preview.ts'

const NAMED_MAX = 3
type Policy = 'block' | 'default' | 'skip'
type FieldsMissingProps = {
  preview: Preview
  policy: Policy
  /** Only a broadcast leaves people out. */
  maySkip: boolean
  onPolicy: (policy: Policy) => void
  onDefault: (name: string, value: string) => void
}

/** Who lacks what, and what becomes of them: a default in the text, nothing in that place, or no message. */
export function FieldsMissing({ preview, policy, maySkip, onPolicy, onDefault }: FieldsMissingProps) {
  const { text } = useTexts()
  const policies: readonly Policy[] = maySkip ? ['block', 'default', 'skip'] : ['block', 'default']
  return (
    <div className="fields-missing">
      <Notice meaning="warn">
        {text('fields.lacking', { count: preview.lacking })}{' '}
        {preview.checked < preview.total && text('fields.checked', { count: preview.checked })}
      </Notice>
      <ul>
        {preview.missing.map((missing) => (
          <MissingField key={missing.field} missing={missing} onDefault={onDefault} />
        ))}
      </ul>
      <Select
        label={text('fields.policy')}
        value={policy}
        options={policies.map((value) => ({ value, label: text(`fields.policy.${value}`) }))}
        onChange={onPolicy}
      />
    </div>
  )
}

type MissingProps = { missing: Preview['missing'][number]; onDefault: (name: string, value: string) => void }

function MissingField({ missing: { field, count, people }, onDefault }: MissingProps) {
  const { text, has } = useTexts()
  const [value, setValue] = useState('')
  const key = `fieldName.${field}`
  const name = has(key) ? text(key) : field
  const named = people.slice(0, NAMED_MAX)
  const names = named.map((person) => person.name).join(', ')
  const give = () => onDefault(field, value.trim())
  return (
    <li>
      <p className="t13">
        {text(count > named.length ? 'fields.lackedByMore' : 'fields.lackedBy', { name, names, count })}
      </p>
      <div className="row field-default">
        <TextField
          label={text('fields.default', { name })}
          value={value}
          onChange={(event) => setValue(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && value.trim() !== '') give()
          }}
        />
        <Button disabled={value.trim() === ''} onClick={give}>
          {text('fields.giveDefault')}
        </Button>
      </div>
    </li>
  )
}
