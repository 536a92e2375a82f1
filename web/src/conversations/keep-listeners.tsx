import { useState } from 'react'
import { v7 as newId } from 'uuid'
import { limits } from '../../../protocol/limits.ts'
import type { Conversation } from '../../../sdk/index.ts'
import { Button } from '../platform/button.tsx'
import { useAct, useClient } from '../platform/client.tsx'
import { useText } from '../platform/texts.tsx'
import { useToast } from '../platform/toasts.tsx'
import { chooseListeners } from './chosen-listeners.ts'

type KeepListenersProps = { conversation: Conversation; audienceId: string; count: number }

/** After the first message to a selection: whether these people become a broadcast of their own. */
export function KeepListeners({ conversation, audienceId, count }: KeepListenersProps) {
  const text = useText()
  const client = useClient()
  const toast = useToast()
  const { act, working } = useAct()
  const [name, setName] = useState(() =>
    text('keep.name', { name: conversation.name ?? '', count }).slice(0, limits.conversationName),
  )
  // One id for all attempts: pressing twice makes one broadcast.
  const [conversationId] = useState(() => newId())
  const { organizationId, id } = conversation
  const answered = () => chooseListeners(id, { asksToKeep: false })
  const keep = () =>
    void act(async () => {
      await client.do('audience.keep', { organizationId, audienceId, conversationId, name: name.trim() })
      toast({ message: text('keep.kept', { name: name.trim() }) })
      answered()
    })
  return (
    <form
      className="keep-line"
      aria-label={text('keep.ask', { count })}
      onSubmit={(event) => {
        event.preventDefault()
        if (name.trim() !== '') keep()
      }}
    >
      <span className="grow">{text('keep.ask', { count })}</span>
      <input
        className="input"
        aria-label={text('form.name')}
        value={name}
        maxLength={limits.conversationName}
        onChange={(event) => setName(event.target.value)}
      />
      <Button size="small" type="submit" working={working} disabled={name.trim() === ''}>
        {text('keep.yes')}
      </Button>
      <Button size="small" look="quiet" onClick={answered}>
        {text('keep.no')}
      </Button>
    </form>
  )
}
