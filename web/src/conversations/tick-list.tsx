import { Search } from 'lucide-react'
import { useState } from 'react'
import { Avatar } from '../platform/avatar.tsx'
import { Button } from '../platform/button.tsx'
import { matches } from '../platform/find.ts'
import { More } from '../platform/pages.tsx'
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
        <label className="search grow">
          <Search className="i s" />
          <input
            type="search"
            value={words}
            maxLength={100}
            placeholder={text('members.search')}
            aria-label={text('members.search')}
            onChange={(event) => setWords(event.target.value)}
          />
        </label>
        <Button size="small" onClick={() => onTick(all)}>
          {text('ticks.all')}
        </Button>
        <Button size="small" onClick={() => onTick(none)}>
          {text('ticks.none')}
        </Button>
      </div>
      <ul className="picker-list">
        {found.map((member) => (
          <li key={member.id}>
            <label className="person">
              <input
                type="checkbox"
                className="tick"
                checked={isTicked(ticks, member.id)}
                onChange={() => onTick(toggled(ticks, member.id))}
              />
              <Avatar id={member.id} name={member.name} />
              <span className="col grow">
                <span className="cut" title={member.name} dir="auto">
                  {member.name}
                </span>
                <span className="dim t12 cut" title={member.title} dir="auto">
                  {member.title}
                </span>
              </span>
            </label>
          </li>
        ))}
      </ul>
      <More label={text('people.more')} more={more} isLoading={isLoadingMore} />
      {found.length === 0 && !more && <p className="muted t13">{text('members.noneBody', { words })}</p>}
    </div>
  )
}
