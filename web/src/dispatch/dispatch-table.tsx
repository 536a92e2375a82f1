import { Copy, MailCheck } from 'lucide-react'
import type { z } from 'zod'
import type { Dispatch as Schema } from '../../../protocol/dispatch.ts'
import { Badge } from '../platform/badge.tsx'
import type { Meaning } from '../platform/badge.tsx'
import { useDates } from '../platform/use-dates.ts'
import { EmptyState } from '../platform/empty-state.tsx'
import { IconButton } from '../platform/icon-button.tsx'
import { useNow } from '../platform/now.ts'
import { useText } from '../platform/texts.tsx'
import { timeLeft } from './time-left.ts'

export type DispatchView = z.infer<typeof Schema>

const meanings: Record<DispatchView['state'], Meaning | undefined> = {
  waiting: 'accent',
  sent: 'ok',
  failed: 'bad',
  shown: 'warn',
  expired: undefined,
}

type DispatchTableProps = { dispatches: readonly DispatchView[]; onCopy: (text: string) => void }

/** What was sent to whom; where no mail server is set, also the codes, until they expire. */
export function DispatchTable({ dispatches, onCopy }: DispatchTableProps) {
  const text = useText()
  if (dispatches.length === 0) {
    return <EmptyState icon={MailCheck} title={text('dispatch.none')} body={text('dispatch.noneBody')} />
  }
  return (
    <ul className="dispatches">
      {dispatches.map((dispatch) => (
        <DispatchLine key={dispatch.id} dispatch={dispatch} onCopy={onCopy} />
      ))}
    </ul>
  )
}

function DispatchLine({ dispatch, onCopy }: { dispatch: DispatchView; onCopy: (text: string) => void }) {
  const text = useText()
  const dates = useDates()
  const now = useNow()
  const meaning = meanings[dispatch.state]
  const created = new Date(dispatch.createdAt)
  return (
    <li className="dispatch">
      <span className="col">
        <span className="cut" title={dispatch.recipientName} dir="auto">
          {dispatch.recipientName || dispatch.address}
        </span>
        <span className="t12 dim cut" title={dispatch.address}>
          {dispatch.address}
        </span>
      </span>
      <span className="col">
        <span>{text(`dispatch.purpose.${dispatch.purpose}`)}</span>
        <time className="t12 dim" dateTime={dispatch.createdAt} title={dates.full(created)}>
          {dates.short(created, now)}
        </time>
      </span>
      <span className="col dispatch-state">
        <span>
          <Badge {...(meaning && { meaning })}>{text(`dispatch.state.${dispatch.state}`)}</Badge>
        </span>
        {dispatch.fault && (
          <span className="t12 bad" title={dispatch.fault}>
            {text('dispatch.fault', { attempts: dispatch.attempts, fault: dispatch.fault })}
          </span>
        )}
      </span>
      {dispatch.code && <Shown dispatch={dispatch} code={dispatch.code} onCopy={onCopy} />}
    </li>
  )
}

type ShownProps = { dispatch: DispatchView; code: string; onCopy: (text: string) => void }

function Shown({ dispatch, code, onCopy }: ShownProps) {
  const text = useText()
  const now = useNow()
  const left = timeLeft(new Date(dispatch.expiresAt).getTime() - now.getTime())
  const all = [code, dispatch.link].filter(Boolean).join('\n')
  return (
    <span className="row dispatch-code">
      <b className="num mono nowrap">{`${code.slice(0, 4)} ${code.slice(4)}`}</b>
      <span className="t12 dim">{text(`dispatch.left.${left.unit}`, { count: left.count })}</span>
      <IconButton icon={Copy} label={text('dispatch.copy')} onClick={() => onCopy(all)} />
    </span>
  )
}
