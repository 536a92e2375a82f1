import { CalendarClock, Users } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import type { Conversation } from '../../../sdk/index.ts'
import { Button } from '../platform/button.tsx'
import { useAnswer } from '../platform/client.tsx'
import { useText } from '../platform/texts.tsx'
import { useDates } from '../platform/use-dates.ts'
import { chooseListeners, useChosenListeners } from './chosen-listeners.ts'
import { listenersOf } from './list-rows.ts'

const ChooseListeners = lazy(async () => ({ default: (await import('./choose-listeners.tsx')).ChooseListeners }))
const KeepListeners = lazy(async () => ({ default: (await import('./keep-listeners.tsx')).KeepListeners }))
const SendLater = lazy(async () => ({ default: (await import('./send-later.tsx')).SendLater }))

/** Above the composer of a broadcast: to how many the next message goes, and when. */
export function ListenerLine({ conversation }: { conversation: Conversation }) {
  const text = useText()
  const dates = useDates()
  const [open, setOpen] = useState<'choose' | 'later'>()
  const { id, organizationId } = conversation
  const { narrowed, postAt, asksToKeep } = useChosenListeners(id)
  const { data } = useAnswer('schedule.list', { organizationId })
  const waiting = (data?.scheduled ?? []).filter(({ conversationId }) => conversationId === id).length
  const of = listenersOf(conversation)
  const close = () => setOpen(undefined)
  return (
    <Suspense fallback={null}>
      {narrowed && asksToKeep && (
        <KeepListeners conversation={conversation} audienceId={narrowed.audienceId} count={narrowed.count} />
      )}
      <div className="listener-line">
        <Users className="i xs" />
        <output className="grow">
          {text('listeners.to', { count: narrowed?.count ?? of, of })}
          {postAt && <b> · {text('later.at', { time: dates.full(postAt) })}</b>}
        </output>
        {narrowed && (
          <Button
            size="small"
            look="quiet"
            onClick={() => chooseListeners(id, { narrowed: undefined, asksToKeep: false })}
          >
            {text('listeners.everybody')}
          </Button>
        )}
        <Button size="small" look="quiet" onClick={() => setOpen('choose')}>
          {text('listeners.choose')}
        </Button>
        <Button size="small" look="quiet" icon={CalendarClock} onClick={() => setOpen('later')}>
          {text('later.open', { count: waiting })}
        </Button>
      </div>
      {open === 'choose' && <ChooseListeners conversation={conversation} onClose={close} />}
      {open === 'later' && <SendLater conversation={conversation} onClose={close} />}
    </Suspense>
  )
}
