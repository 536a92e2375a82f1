import { ArrowDown, ArrowUp, Plus, X } from 'lucide-react'
import { useDeferredValue, useEffect, useRef } from 'react'
import { limits } from '../../../protocol/limits.ts'
import { useHere } from '../organization/organization-context.tsx'
import { Button } from '../platform/button.tsx'
import { useAnswer } from '../platform/client.tsx'
import { IconButton } from '../platform/icon-button.tsx'
import { Notice } from '../platform/notice.tsx'
import { TextField } from '../platform/text-field.tsx'
import { useTexts } from '../platform/texts.tsx'
import { draftLevel, levelsOf, missingLevels, type LevelDraft, type LevelFault } from './level-rules.ts'

type LevelsProps = {
  /** From the lowest to the highest. */
  drafts: readonly LevelDraft[]
  faults: ReadonlyMap<number, LevelFault>
  /** Shows faults of empty fields too, once somebody tried to save. */
  isStrict: boolean
  onChange: (drafts: LevelDraft[]) => void
}

/** The levels of customers, the highest on top, and how many customers each would have today. */
export function CustomerLevels({ drafts, faults, isStrict, onChange }: LevelsProps) {
  const { text } = useTexts()
  const { organization } = useHere()
  const { data: known } = useAnswer('order-rule.list', { organizationId: organization.id })
  const levels = levelsOf(drafts)
  const isSound = faults.size === 0
  const asked = { organizationId: organization.id, levels: useDeferredValue(levels) }
  const { data: counted } = useAnswer('order-settings.count-levels', asked, { enabled: isSound })
  // The last answer stays until the next is there; it may be about other levels.
  const counts = isSound && counted?.customers.length === levels.length ? counted : undefined
  const missing = isSound && known ? missingLevels(known.rules, levels) : []
  const { list, focusNext } = useFocusNext()
  const add = () => {
    const level = draftLevel({ name: '', ordersMin: null })
    focusNext(`[data-level="${level.id}"] input`)
    onChange([...drafts, level])
  }
  const move = (level: LevelDraft, by: 1 | -1) => {
    const place = drafts.indexOf(level)
    const [wanted, other] = by === 1 ? ['up', 'down'] : ['down', 'up']
    const isAtEnd = place + by === (by === 1 ? drafts.length - 1 : 0)
    focusNext(`[data-level="${level.id}"] [data-move="${isAtEnd ? other : wanted}"]`)
    onChange(drafts.toSpliced(place, 1).toSpliced(place + by, 0, level))
  }
  const remove = (level: LevelDraft) => {
    const place = drafts.indexOf(level)
    const beside = drafts[place - 1] ?? drafts[place + 1]
    if (beside) focusNext(`[data-level="${beside.id}"] input`)
    onChange(drafts.toSpliced(place, 1))
  }
  return (
    <section>
      <h2>{text('orderSettings.levels')}</h2>
      <p className="muted t13">{text('orderSettings.levelsHelp')}</p>
      {drafts.length === 0 && <p className="t13">{text('orderSettings.noLevels')}</p>}
      {drafts.length < limits.customerLevels && (
        <div>
          <Button size="small" icon={Plus} onClick={add}>
            {text(drafts.length === 0 ? 'orderSettings.firstLevel' : 'orderSettings.addLevel')}
          </Button>
        </div>
      )}
      <ol className="levels" ref={list} reversed>
        {drafts
          .map((draft, place) => (
            <Level
              key={draft.id}
              draft={draft}
              fault={isStrict || draft.name !== '' ? faults.get(draft.id) : undefined}
              customers={counts?.customers[place]}
              onUp={place === drafts.length - 1 ? undefined : () => move(draft, 1)}
              onDown={place === 0 ? undefined : () => move(draft, -1)}
              onChange={(next) => onChange(drafts.map((one) => (one.id === next.id ? next : one)))}
              onRemove={() => remove(draft)}
            />
          ))
          .toReversed()}
      </ol>
      <output className="muted t13 num level-rest">
        {counts &&
          text(drafts.length === 0 ? 'orderSettings.allCustomers' : 'orderSettings.without', {
            count: counts.without,
          })}
      </output>
      {missing.map(({ level, rules }) => (
        <Notice key={level} meaning="warn">
          {text('orderSettings.levelMissing', { level, rules: rules.join(', '), count: rules.length })}
        </Notice>
      ))}
    </section>
  )
}

/** What has the focus next: the row it went to with a press of the keyboard, or the field of a new one. */
function useFocusNext() {
  const list = useRef<HTMLOListElement>(null)
  const next = useRef<string>(undefined)
  useEffect(() => {
    if (next.current === undefined) return
    list.current?.querySelector<HTMLElement>(next.current)?.focus()
    next.current = undefined
  })
  return { list, focusNext: (selector: string) => void (next.current = selector) }
}

type LevelProps = {
  draft: LevelDraft
  fault: LevelFault | undefined
  customers: number | undefined
  onUp: (() => void) | undefined
  onDown: (() => void) | undefined
  onChange: (draft: LevelDraft) => void
  onRemove: () => void
}

function Level({ draft, fault, customers, onUp, onDown, onChange, onRemove }: LevelProps) {
  const { text } = useTexts()
  const { name, orders } = draft
  const isAboutName = fault === 'name' || fault === 'twice'
  const words = fault && text(`orderSettings.fault.${fault}`, { max: limits.earlierOrders })
  return (
    <li data-level={draft.id}>
      <fieldset className="level" aria-label={text('orderSettings.level', { name })}>
        <TextField
          label={text('orderSettings.levelName')}
          value={name}
          maxLength={limits.tag}
          dir="auto"
          error={isAboutName ? words : undefined}
          onChange={(event) => onChange({ ...draft, name: event.target.value })}
        />
        <TextField
          label={text('orderSettings.levelOrders')}
          value={orders}
          inputMode="numeric"
          help={text('orderSettings.levelOrdersHelp')}
          error={isAboutName ? undefined : words}
          onChange={(event) => onChange({ ...draft, orders: event.target.value })}
        />
        <span className="level-count num t13">
          {customers !== undefined && text('orderSettings.customers', { count: customers })}
        </span>
        <span className="row level-tools">
          <IconButton
            icon={ArrowUp}
            label={text('orderSettings.levelUp', { name })}
            data-move="up"
            disabled={!onUp}
            onClick={onUp}
          />
          <IconButton
            icon={ArrowDown}
            label={text('orderSettings.levelDown', { name })}
            data-move="down"
            disabled={!onDown}
            onClick={onDown}
          />
          <IconButton icon={X} label={text('orderSettings.levelRemove', { name })} onClick={onRemove} />
        </span>
      </fieldset>
    </li>
  )
}
