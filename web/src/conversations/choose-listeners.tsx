import { useState } from 'react'
import type { Conversation } from '../../../sdk/index.ts'
import { Button } from '../platform/button.tsx'
import { useAct, useClient } from '../platform/client.tsx'
import { Dialog } from '../platform/dialog.tsx'
import { useText } from '../platform/texts.tsx'
import { chooseListeners } from './chosen-listeners.ts'
import { listenersOf } from './list-rows.ts'
import { TickList } from './tick-list.tsx'
import { countTicked, everybody, nobody, selectionOf } from './ticks.ts'
import { useMemberRows } from './use-member-rows.ts'

type ChooseListenersProps = { conversation: Conversation; onClose: () => void }

/** Who of a broadcast gets the next message: ticks, and how many that are before anything is sent. */
export function ChooseListeners({ conversation, onClose }: ChooseListenersProps) {
  const text = useText()
  const client = useClient()
  const { act, working } = useAct()
  const [ticks, setTicks] = useState(everybody)
  const { rows, more, isLoadingMore } = useMemberRows(conversation)
  const { organizationId, id: conversationId } = conversation
  const of = listenersOf(conversation)
  const count = countTicked(ticks, of)
  const use = () =>
    void act(async () => {
      const selection = selectionOf(ticks)
      const narrowed = selection && (await client.narrow({ organizationId, conversationId, selection, expects: count }))
      chooseListeners(conversationId, {
        narrowed: narrowed && { audienceId: narrowed.audienceId, count: narrowed.recipientCount },
        asksToKeep: false,
      })
      onClose()
    })
  const footer = (
    <>
      <output className="grow muted t13">{text('listeners.count', { count, of })}</output>
      <Button look="primary" working={working} disabled={count === 0} onClick={use}>
        {text('listeners.use', { count })}
      </Button>
    </>
  )
  return (
    <Dialog title={text('listeners.choose')} open onClose={onClose} footer={footer}>
      <p className="muted t13 before-ticks">{text('listeners.help')}</p>
      <TickList
        members={rows.filter(({ isOwner }) => !isOwner)}
        more={more}
        isLoadingMore={isLoadingMore}
        ticks={ticks}
        onTick={setTicks}
        all={everybody}
        none={nobody}
      />
    </Dialog>
  )
}
