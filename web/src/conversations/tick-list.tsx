import { useState } from 'react'
import { Button } from '../platform/button.tsx'
import { matches } from '../platform/find.ts'
import { More } from '../platform/pages.tsx'
import { PersonChoice } from '../platform/person-choice.tsx'
import { SearchField } from '../platform/search-field.tsx'
import { useText } from '../platform/texts.tsx'
import { isTicked, toggled } from './ticks.ts'
import type { Ticks } from './ticks.ts'
import type { MemberRow } from './view.ts'

type TickListProps = {
  /** Those who are loaded. */
  members: readonly MemberRow[]
  more: (() => void) | undefined
  isLoadingMore: boolean
  ticks: Ticks
  onTick: (ticks: Ticks) => void
  /** What "all" and "none" tick. */
  all: Ticks
  none: Ticks
}

/** People of a conversation with a tick each; searching looks through all pages. */
export function TickList({ members, more, isLoadingMore, ticks, onTick, all, none }: TickListProps) {
  const text = useText()
  const [words, setWords] = useState('')
  const found = members.filter(({ name, title = '' }) => matches(`${name} ${title}`, words))
  return (
    <div className="picker">
      <div className="row g1 tick-bar">
        <SearchField label={text('members.search')} words={words} onSearch={setWords} grow />
        <Button size="small" onClick={() => onTick(all)}>
          {text('ticks.all')}
        </Button>
        <Button size="small" onClick={() => onTick(none)}>
          {text('ticks.none')}
        </Button>
      </div>
      <ul className="picker-list">
        {found.map((member) => (
          <PersonChoice
            key={member.id}
            person={{ id: member.id, name: member.name, about: member.title }}
            isChosen={isTicked(ticks, member.id)}
            onChoose={() => onTick(toggled(ticks, member.id))}
          />
        ))}
      </ul>
      <More label={text('people.more')} more={more} isLoading={isLoadingMore} />
      {found.length === 0 && !more && <p className="muted t13">{text('members.noneBody', { words })}</p>}
    </div>
  )
}
