import { Search } from 'lucide-react'
import type { LucideIcon } from 'lucide-react'
import { Dialog } from 'radix-ui'
import { useId, useState } from 'react'
import type { KeyboardEvent, ReactNode } from 'react'
import { findEntries } from './find.ts'
import { Keys } from './keys.tsx'
import { useReturnedFocus } from './returned-focus.ts'
import { useText } from './texts.tsx'

export type PaletteEntry = {
  id: string
  section: string
  label: string
  /** More words that find it: a title, an address. */
  also?: string | undefined
  hint?: string | undefined
  shortcut?: string | undefined
  icon?: LucideIcon
  picture?: ReactNode
  run: () => void
}

type PaletteProps = {
  onClose: () => void
  entries: readonly PaletteEntry[]
  /** What was typed, so that people beyond the loaded ones can be looked up. */
  onSearch?: (words: string) => void
}

export function Palette({ onClose, entries, onSearch }: PaletteProps) {
  const text = useText()
  const focus = useReturnedFocus()
  return (
    <Dialog.Root open onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="backdrop" />
        <Dialog.Content className="dialog palette" aria-describedby={undefined} onCloseAutoFocus={focus.giveBack}>
          <Dialog.Title className="sr">{text('palette.title')}</Dialog.Title>
          <PaletteBody entries={entries} onClose={onClose} onSearch={onSearch} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

type BodyProps = {
  entries: readonly PaletteEntry[]
  onClose: () => void
  onSearch: ((words: string) => void) | undefined
}

function PaletteBody({ entries, onClose, onSearch }: BodyProps) {
  const text = useText()
  const id = useId()
  const [words, setWords] = useState('')
  const [at, setAt] = useState(0)
  const found = findEntries(entries, words)
  const current = Math.min(at, found.length - 1)
  const run = (entry: PaletteEntry | undefined) => {
    if (!entry) return
    onClose()
    entry.run()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0) {
      event.preventDefault()
      setAt((current + step + found.length) % Math.max(found.length, 1))
    } else if (event.key === 'Enter') {
      event.preventDefault()
      run(found[current])
    }
  }
  const type = (next: string) => {
    setWords(next)
    setAt(0)
    onSearch?.(next)
  }
  return (
    <>
      <div className="palette-field">
        <Search className="i" />
        <input
          role="combobox"
          aria-expanded="true"
          aria-controls={id}
          aria-activedescendant={found[current] ? `${id}-${current}` : undefined}
          aria-label={text('palette.title')}
          placeholder={text('palette.placeholder')}
          value={words}
          onChange={(event) => type(event.target.value)}
          onKeyDown={onKeyDown}
        />
      </div>
      {/* oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- see the options */}
      <div className="palette-list" id={id} role="listbox" aria-label={text('palette.results')}>
        {found.map((entry, index) => (
          <PaletteRow
            key={entry.id}
            id={`${id}-${index}`}
            entry={entry}
            startsSection={found[index - 1]?.section !== entry.section}
            isCurrent={index === current}
            onRun={() => run(entry)}
          />
        ))}
      </div>
      {found.length === 0 && <p className="palette-none muted">{text('palette.nothing', { words })}</p>}
    </>
  )
}

type RowProps = { id: string; entry: PaletteEntry; startsSection: boolean; isCurrent: boolean; onRun: () => void }

function PaletteRow({ id, entry, startsSection, isCurrent, onRun }: RowProps) {
  const Icon = entry.icon
  return (
    <>
      {startsSection && (
        <div className="menu-label" role="presentation">
          {entry.section}
        </div>
      )}
      {/* The field keeps the focus; it moves through the options by aria-activedescendant. */}
      {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus */}
      <div
        id={id}
        className="menu-item"
        // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- a native option cannot hold a picture and keys
        role="option"
        aria-selected={isCurrent}
        data-highlighted={isCurrent ? '' : undefined}
        ref={isCurrent ? scrollToIt : undefined}
        onClick={onRun}
      >
        {entry.picture ?? (Icon && <Icon className="i s" />)}
        <span className="cut" title={entry.label}>
          {entry.label}
        </span>
        {entry.hint && <span className="dim t12 cut grow">{entry.hint}</span>}
        {entry.shortcut && <Keys shortcut={entry.shortcut} />}
      </div>
    </>
  )
}

const scrollToIt = (element: HTMLElement | null) => element?.scrollIntoView({ block: 'nearest' })
