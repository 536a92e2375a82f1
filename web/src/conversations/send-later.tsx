import { useState } from 'react'
import type { Conversation } from '../../../sdk/index.ts'
import { Button } from '../platform/button.tsx'
import { useAct, useAnswer, useClient, useErrorText } from '../platform/client.tsx'
import { Dialog } from '../platform/dialog.tsx'
import { useNow } from '../platform/now.ts'
import { TextField } from '../platform/text-field.tsx'
import { useTexts } from '../platform/texts.tsx'
import { useDates } from '../platform/use-dates.ts'
import { chooseListeners, useChosenListeners } from './chosen-listeners.ts'
import { textOf } from './part-text.ts'

type SendLaterProps = { conversation: Conversation; onClose: () => void }

/** When the next message goes out, and what waits already. */
export function SendLater({ conversation, onClose }: SendLaterProps) {
  const { text } = useTexts()
  const { id } = conversation
  const { postAt } = useChosenListeners(id)
  const now = useNow()
  const [local, setLocal] = useState(() => localTime(postAt ?? new Date(now.getTime() + 3_600_000)))
  const at = new Date(local)
  const isSound = at.getTime() > now.getTime()
  const choose = (chosen: Date | undefined) => {
    chooseListeners(id, { postAt: chosen })
    onClose()
  }
  const footer = (
    <>
      {postAt && <Button onClick={() => choose(undefined)}>{text('later.now')}</Button>}
      <Button look="primary" disabled={!isSound} onClick={() => choose(at)}>
        {text('later.choose')}
      </Button>
    </>
  )
  return (
    <Dialog title={text('later.title')} open onClose={onClose} footer={footer}>
      <TextField
        type="datetime-local"
        label={text('later.time')}
        help={text('later.help')}
        error={isSound ? undefined : text('error.schedule.time')}
        value={local}
        onChange={(event) => setLocal(event.target.value)}
      />
      <Waiting conversation={conversation} />
    </Dialog>
  )
}

function Waiting({ conversation }: { conversation: Conversation }) {
  const { text, has } = useTexts()
  const dates = useDates()
  const client = useClient()
  const explain = useErrorText()
  const { act, working } = useAct()
  const { organizationId } = conversation
  const { data, refetch, error } = useAnswer('schedule.list', { organizationId })
  const scheduled = (data?.scheduled ?? []).filter(({ conversationId }) => conversationId === conversation.id)
  if (error) return <p className="bad t13">{explain(error)}</p>
  if (scheduled.length === 0) return null
  const cancel = (id: string) =>
    void act(async () => {
      await client.do('schedule.cancel', { organizationId, id })
      await refetch()
    })
  const whyNot = (fault: string | null) => {
    const key = `error.${fault ?? 'unknown'}`
    return text(has(key) ? key : 'error.unknown')
  }
  return (
    <section className="waiting-list">
      <h3 className="label">{text('later.waiting')}</h3>
      <ul>
        {scheduled.map(({ id, postAt, parts, state, fault }) => (
          <li key={id} className="row">
            <span className="col grow">
              <span className="cut" title={textOf(parts, text)} dir="auto">
                {textOf(parts, text)}
              </span>
              <span className="dim t12">
                {state === 'refused' ? <span className="bad">{whyNot(fault)}</span> : dates.full(new Date(postAt))}
              </span>
            </span>
            <Button size="small" working={working} onClick={() => cancel(id)}>
              {text(state === 'refused' ? 'action.delete' : 'later.cancel')}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** As a field for date and time wants it, in the browser's own time zone. */
function localTime(date: Date): string {
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}
