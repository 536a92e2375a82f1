import { UserPlus, X } from 'lucide-react'
import { useDeferredValue, useId, useState } from 'react'
import type { PersonId } from '../../../protocol/ids.ts'
import { useHere } from '../organization/organization-context.tsx'
import { usePeople } from '../organization/people.tsx'
import { Button } from '../platform/button.tsx'
import { useAnswer } from '../platform/client.tsx'
import { Dialog } from '../platform/dialog.tsx'
import { PersonChoice } from '../platform/person-choice.tsx'
import { SearchField } from '../platform/search-field.tsx'
import { useText } from '../platform/texts.tsx'
import './coupons.css'

type PeopleFieldProps = {
  label: string
  help?: string
  error?: string | undefined
  chosen: readonly PersonId[]
  max: number
  /** Contacts can be chosen too. */
  withContacts?: boolean
  onChange: (chosen: PersonId[]) => void
}

/** So many names are shown at once. */
const NAMES_MAX = 30

/** People by name: those who are chosen, and a dialogue that finds others. With room for one, choosing replaces. */
export function PeopleField(props: PeopleFieldProps) {
  const { label, help, error, chosen, onChange } = props
  const text = useText()
  const id = useId()
  const [isOpen, setOpen] = useState(false)
  const people = usePeople(chosen)
  const note = error ?? help
  return (
    <fieldset className="people-field" aria-labelledby={id} aria-describedby={note ? `${id}-note` : undefined}>
      <span className="label" id={id}>
        {label}
      </span>
      <div className="row wrap g1">
        {chosen.slice(0, NAMES_MAX).map((personId) => (
          <button
            key={personId}
            type="button"
            className="tag accent"
            aria-label={text('people.remove', { name: people.get(personId)?.name ?? '…' })}
            onClick={() => onChange(chosen.filter((one) => one !== personId))}
          >
            <span dir="auto">{people.get(personId)?.name ?? '…'}</span> <X className="i xs" />
          </button>
        ))}
        {chosen.length > NAMES_MAX && (
          <span className="muted t13">{text('choose.more', { count: chosen.length - NAMES_MAX })}</span>
        )}
        <Button size="small" icon={UserPlus} onClick={() => setOpen(true)}>
          {text('choose.people')}
        </Button>
      </div>
      {note && (
        <p className={error ? 'help bad' : 'help'} id={`${id}-note`} role={error ? 'alert' : undefined}>
          {note}
        </p>
      )}
      {isOpen && <ChoosePeople {...props} onClose={() => setOpen(false)} />}
    </fieldset>
  )
}

function ChoosePeople(props: PeopleFieldProps & { onClose: () => void }) {
  const { label, chosen, max, withContacts = false, onChange, onClose } = props
  const text = useText()
  const [words, setWords] = useState('')
  const found = useFound(useDeferredValue(words), withContacts)
  const isOne = max === 1
  const toggle = (personId: PersonId) => {
    if (isOne) {
      onChange([personId])
      onClose()
    } else if (chosen.includes(personId)) onChange(chosen.filter((one) => one !== personId))
    else if (chosen.length < max) onChange([...chosen, personId])
  }
  const footer = (
    <Button look="primary" onClick={onClose}>
      {isOne ? text('action.close') : text('choose.done', { count: chosen.length })}
    </Button>
  )
  return (
    <Dialog title={label} open onClose={onClose} footer={footer}>
      <div className="picker">
        <SearchField label={text('members.search')} words={words} onSearch={setWords} />
        <ul className="picker-list">
          {found?.map((person) => (
            <PersonChoice
              key={person.id}
              person={person}
              isChosen={chosen.includes(person.id)}
              isOnlyOne={isOne}
              onChoose={() => toggle(person.id)}
            />
          ))}
        </ul>
        {!isOne && chosen.length >= max && <p className="muted t13">{text('choose.full')}</p>}
        {found?.length === 0 && <p className="muted t13">{text('members.noneBody', { words })}</p>}
      </div>
    </Dialog>
  )
}

type Found = { id: PersonId; name: string; about: string }
const FOUND_MAX = 50

/** Contacts first: where they can be chosen, they are meant most of the time. */
function useFound(search: string, withContacts: boolean): Found[] | undefined {
  const { organization } = useHere()
  const input = { organizationId: organization.id, search, limit: FOUND_MAX }
  const members = useAnswer('member.list', input).data?.members
  const contacts = useAnswer('contact.list', input, { enabled: withContacts }).data?.contacts
  if (!members || (withContacts && !contacts)) return undefined
  return [
    ...(contacts ?? []).map(({ personId, name, addresses }) => ({ id: personId, name, about: addresses[0] ?? '' })),
    ...members.map(({ personId, name, title }) => ({ id: personId, name, about: title })),
  ]
}
