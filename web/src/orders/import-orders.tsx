import { useState } from 'react'
import { v7 as newId } from 'uuid'
import type { OrderImport, OrderPreview } from '../../../protocol/order-imports.ts'
import { OrderStatus } from '../../../protocol/orders.ts'
import { useHere } from '../organization/organization-context.tsx'
import { Button } from '../platform/button.tsx'
import { Check } from '../platform/check.tsx'
import { useAct, useClient, useErrorText } from '../platform/client.tsx'
import { Dialog } from '../platform/dialog.tsx'
import { Notice } from '../platform/notice.tsx'
import { Progress } from '../platform/progress.tsx'
import { TextField } from '../platform/text-field.tsx'
import { useText } from '../platform/texts.tsx'
import { toBase64 } from '../structure/base64.ts'
import { FileDrop } from '../structure/file-drop.tsx'

const LOOK_MS = 400
type Chosen = { fileName: string; content: string; currency: string; preview: OrderPreview }

/** A list of orders: chosen, looked at, imported. */
export function ImportOrders({ onDone, onClose }: { onDone: () => void; onClose: () => void }) {
  const text = useText()
  const client = useClient()
  const explain = useErrorText()
  const { organization } = useHere()
  const { act, working } = useAct()
  const [currency, setCurrency] = useState('EUR')
  const [rulesAct, setRulesAct] = useState(false)
  const [chosen, setChosen] = useState<Chosen>()
  const [now, setNow] = useState<OrderImport>()
  const [error, setError] = useState<string>()
  const organizationId = organization.id
  const look = async (file: File) => {
    const input = { fileName: file.name, content: await toBase64(file), currency }
    setChosen({ ...input, preview: await client.do('order.preview-import', { organizationId, ...input }) })
  }
  const apply = ({ preview, ...input }: Chosen) =>
    void act(async () => {
      const importId = newId()
      const begin = { organizationId, ...input, importId, digest: preview.digest, rulesAct }
      let state = await client.do('order.import', begin)
      setNow(state)
      while (state.state === 'running') {
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
        state = await client.do('order.get-import', { organizationId, importId })
        setNow(state)
      }
      onDone()
    })
  const count = chosen?.preview.counts.orders ?? 0
  const footer = now ? (
    <Button look="primary" onClick={onClose}>
      {text('action.close')}
    </Button>
  ) : (
    chosen && (
      <Button look="primary" working={working} disabled={count === 0} onClick={() => apply(chosen)}>
        {text('orders.importCount', { count })}
      </Button>
    )
  )
  return (
    <Dialog title={text('orders.import')} open onClose={onClose} footer={footer}>
      {now && <Result now={now} />}
      {!now && chosen && <Preview preview={chosen.preview} rulesAct={rulesAct} onRulesAct={setRulesAct} />}
      {!now && !chosen && (
        <div className="add-member">
          <TextField
            label={text('orders.importCurrency')}
            value={currency}
            maxLength={3}
            onChange={(event) => setCurrency(event.target.value.toUpperCase())}
          />
          <FileDrop
            of="orders.chooseList"
            error={error}
            onFile={(file) => {
              setError(undefined)
              look(file).catch((fault: unknown) => setError(explain(fault)))
            }}
          />
        </div>
      )}
    </Dialog>
  )
}

type PreviewProps = { preview: OrderPreview; rulesAct: boolean; onRulesAct: (isOn: boolean) => void }

function Preview({ preview, rulesAct, onRulesAct }: PreviewProps) {
  const text = useText()
  const { counts, faults, columns, states } = preview
  const read = columns.filter(({ meaning }) => meaning !== 'none').map(({ heading }) => heading)
  const found = OrderStatus.options.filter((status) => states[status] !== undefined)
  return (
    <div className="add-member">
      <p>{text('orders.preview', { orders: counts.orders })}</p>
      <p className="muted t13">
        {found.map((status) => `${text(`order.status.${status}`)}: ${states[status]}`).join(' · ')}
      </p>
      <p className="muted t13">{text('contacts.columns', { columns: read.join(', ') })}</p>
      <Check label={text('orders.rulesAct')} help={text('orders.rulesActHelp')} isOn={rulesAct} onChange={onRulesAct} />
      {faults.length > 0 && <Notice meaning="warn">{text('contacts.faulty', { count: counts.faulty })}</Notice>}
      <ul className="t13 contact-faults">
        {faults.slice(0, 20).map(({ line, code, value }) => (
          <li key={`${line} ${code}`}>
            {text('contacts.fault', { line, fault: text(`orders.fault.${code}`), value })}
          </li>
        ))}
      </ul>
    </div>
  )
}

function Result({ now }: { now: OrderImport }) {
  const text = useText()
  const { state, done, total, counts } = now
  return (
    <div className="add-member">
      {state === 'running' && <Progress label={text('orders.import')} done={done} total={total} />}
      <output>{text('orders.imported', counts)}</output>
    </div>
  )
}
