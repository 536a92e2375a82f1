import { X } from 'lucide-react'
import { useDeferredValue, useState } from 'react'
import type { PersonId } from '../../../protocol/ids.ts'
import type { Member } from '../../../protocol/organization.ts'
import { useHere } from '../organization/organization-context.tsx'
import { useAnswer } from '../platform/client.tsx'
import { PersonChoice } from '../platform/person-choice.tsx'
import { SearchField } from '../platform/search-field.tsx'
import { useText } from '../platform/texts.tsx'

type PeoplePickerProps = {
  chosen: readonly Member[]
  onChoose: (chosen: Member[]) => void
  /** Already in it. */
  without?: ReadonlySet<PersonId>
  includeMe?: boolean
  /** One is enough: choosing ends it. */
  onPick?: (member: Member) => void
}

const shownMax = 50

/** Search people by name, title or address, and tick them. */
export function PeoplePicker({ chosen, onChoose, without, includeMe, onPick }: PeoplePickerProps) {
  const text = useText()
  const { organization, me } = useHere()
  const [words, setWords] = useState('')
  const search = useDeferredValue(words)
  const { data } = useAnswer('member.list', { organizationId: organization.id, search, limit: shownMax })
  const ticked = new Set(chosen.map(({ personId }) => personId))
  const toggle = (member: Member) => {
    if (onPick) onPick(member)
    else if (ticked.has(member.personId)) onChoose(chosen.filter(({ personId }) => personId !== member.personId))
    else onChoose([...chosen, member])
  }
  const found = (data?.members ?? []).filter(
    ({ personId }) => (includeMe || personId !== me) && !without?.has(personId),
  )
  return (
    <div className="picker">
      <SearchField label={text('members.search')} words={words} onSearch={setWords} />
      {chosen.length > 0 && <Chosen chosen={chosen} onRemove={toggle} />}
      <ul className="picker-list">
        {found.map((member) => (
          <PersonChoice
            key={member.personId}
            person={{ id: member.personId, name: member.name, about: member.title }}
            isChosen={ticked.has(member.personId)}
            isOnlyOne={onPick !== undefined}
            onChoose={() => toggle(member)}
          />
        ))}
      </ul>
      {data && found.length === 0 && <p className="muted t13">{text('members.noneBody', { words })}</p>}
    </div>
  )
}

function Chosen({ chosen, onRemove }: { chosen: readonly Member[]; onRemove: (member: Member) => void }) {
  const text = useText()
  return (
    <div className="row wrap g1 picker-chosen">
      {chosen.map((member) => (
        <button
          key={member.personId}
          type="button"
          className="tag accent"
          aria-label={text('people.remove', { name: member.name })}
          onClick={() => onRemove(member)}
        >
          {member.name} <X className="i xs" />
        </button>
      ))}
    </div>
  )
}
