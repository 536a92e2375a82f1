import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import { limits } from '../../../protocol/limits.ts'
import { orderStates, type OrderStatus } from '../../../protocol/orders.ts'
import type { Shop } from '../../../protocol/shops.ts'
import { useHere } from '../organization/organization-context.tsx'
import { Button } from '../platform/button.tsx'
import { useAct, useClient } from '../platform/client.tsx'
import { IconButton } from '../platform/icon-button.tsx'
import { Notice } from '../platform/notice.tsx'
import { Select } from '../platform/select.tsx'
import { TextField } from '../platform/text-field.tsx'
import { useText } from '../platform/texts.tsx'
import { useToast } from '../platform/toasts.tsx'
import { freshId } from './use-rule-draft.ts'

type Row = { id: number; own: string; meaning: OrderStatus | 'none' }
type States = Shop['states']

const rowsOf = (states: States): Row[] =>
  Object.entries(states)
    .toSorted(([one], [other]) => one.localeCompare(other))
    .map(([own, meaning]) => ({ id: freshId(), own, meaning: meaning ?? 'none' }))

type StatesProps = { shop: Shop; unknown: readonly string[]; onSaved: () => void }

/** What the shop calls the states of its orders, and what each means here. */
export function ShopStates({ shop, unknown, onSaved }: StatesProps) {
  const text = useText()
  const toast = useToast()
  const client = useClient()
  const { organization } = useHere()
  const { act, working } = useAct()
  const [rows, setRows] = useState(() => rowsOf(shop.states))
  const [isStrict, setStrict] = useState(false)
  const faults = faultsIn(rows)
  const names = new Set(rows.map(({ own }) => own.trim()))
  const missing = unknown.filter((own) => !names.has(own) && shop.states[own] === undefined)
  const add = (own: string) => setRows([...rows, { id: freshId(), own, meaning: 'confirmed' }])
  const save = () => {
    setStrict(true)
    if (faults.size > 0) return
    void act(async () => {
      const states = Object.fromEntries(
        rows.map(({ own, meaning }) => [own.trim(), meaning === 'none' ? null : meaning]),
      )
      const saved = await client.do('shop.change', { organizationId: organization.id, shopId: shop.id, states })
      setRows(rowsOf(saved.states))
      setStrict(false)
      toast({ message: text('shop.statesSaved') })
      onSaved()
    })
  }
  return (
    <details className="deliveries shop-states" open={missing.length > 0 || rows.length > 0}>
      <summary>{text('shop.states', { count: Object.keys(shop.states).length })}</summary>
      <div className="shop-states-body">
        <p className="help">{text('shop.statesHelp')}</p>
        {missing.map((own) => (
          <Notice key={own} meaning="warn" action={{ label: text('shop.stateMap'), onSelect: () => add(own) }}>
            {text('shop.stateUnknown', { own })}
          </Notice>
        ))}
        {rows.map((row) => (
          <StateRow
            key={row.id}
            row={row}
            fault={isStrict || row.own !== '' ? faults.get(row.id) : undefined}
            onChange={(next) => setRows(rows.map((one) => (one.id === next.id ? next : one)))}
            onRemove={() => setRows(rows.filter(({ id }) => id !== row.id))}
          />
        ))}
        <div className="row wrap g2">
          {rows.length < limits.shopStates && (
            <Button size="small" icon={Plus} onClick={() => add('')}>
              {text('shop.stateAdd')}
            </Button>
          )}
          <Button size="small" look="primary" working={working} disabled={isSame(rows, shop.states)} onClick={save}>
            {text('action.save')}
          </Button>
        </div>
        <Usual shop={shop} names={names} />
      </div>
    </details>
  )
}

type Fault = 'empty' | 'twice'
function faultsIn(rows: readonly Row[]): ReadonlyMap<number, Fault> {
  const faults = new Map<number, Fault>()
  const seen = new Set<string>()
  for (const { id, own } of rows) {
    const name = own.trim()
    if (name === '') faults.set(id, 'empty')
    else if (seen.has(name)) faults.set(id, 'twice')
    seen.add(name)
  }
  return faults
}

function isSame(rows: readonly Row[], states: States): boolean {
  if (rows.length !== Object.keys(states).length) return false
  return rows.every(({ own, meaning }) => states[own] === (meaning === 'none' ? null : meaning))
}

type RowProps = { row: Row; fault: Fault | undefined; onChange: (row: Row) => void; onRemove: () => void }

function StateRow({ row, fault, onChange, onRemove }: RowProps) {
  const text = useText()
  const meanings = [
    ...orderStates.map((value) => ({ value, label: text(`order.status.${value}`) })),
    { value: 'none' as const, label: text('shop.stateNone') },
  ]
  return (
    <fieldset className="shop-state" aria-label={text('shop.state', { own: row.own })}>
      <TextField
        label={text('shop.stateOwn')}
        value={row.own}
        maxLength={60}
        error={fault && text(`shop.stateFault.${fault}`)}
        onChange={(event) => onChange({ ...row, own: event.target.value })}
      />
      <Select
        label={text('shop.stateMeans')}
        value={row.meaning}
        options={meanings}
        onChange={(meaning) => onChange({ ...row, meaning })}
      />
      <IconButton icon={X} label={text('shop.stateRemove', { own: row.own })} onClick={onRemove} />
    </fieldset>
  )
}

/** Those that such a shop has of itself, but for what stands above. */
function Usual({ shop, names }: { shop: Shop; names: ReadonlySet<string> }) {
  const text = useText()
  const usual = Object.entries(shop.usualStates).filter(([own]) => !names.has(own))
  return (
    <dl className="shop-usual t13" aria-label={text('shop.statesUsual')}>
      <dt className="muted">{text('shop.statesUsual')}</dt>
      {usual.map(([own, meaning]) => (
        <dd key={own}>
          <code>{own}</code> {meaning === null ? text('shop.stateNone') : text(`order.status.${meaning}`)}
        </dd>
      ))}
    </dl>
  )
}
