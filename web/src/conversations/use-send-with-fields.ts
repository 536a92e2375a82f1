import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { v7 as newId } from 'uuid'
import type { Part } from '../../../protocol/parts.ts'
import type { Conversation } from '../../../sdk/index.ts'
import { useAct, useClient } from '../platform/client.tsx'
import { useText } from '../platform/texts.tsx'
import { useToast } from '../platform/toasts.tsx'
import { chooseListeners } from './chosen-listeners.ts'
import { partsOf } from './part-text.ts'
import { timeZone } from './use-preview.ts'
import type { MessageView } from './view.ts'

type Sending = {
  conversation: Conversation
  audienceId: string
  edited: MessageView | undefined
  postAt: Date | undefined
  /** What goes along with the words. */
  along: readonly Part[]
}

/** Sends now or later, or saves what was edited. Sent again after a fault it keeps its id, so that it goes out once. */
export function useSendWithFields({ conversation, audienceId, edited, postAt, along }: Sending) {
  const text = useText()
  const toast = useToast()
  const client = useClient()
  const queries = useQueryClient()
  const { act, working } = useAct()
  const [sent, setSent] = useState({ id: newId(), said: '' })
  const { organizationId, id: conversationId } = conversation

  async function send(words: string, missing: 'block' | 'default' | 'skip'): Promise<boolean> {
    const fields = { missing, timeZone: timeZone() }
    const parts = partsOf(words, along)
    const said = JSON.stringify([audienceId, parts, fields])
    // Another text under the same id would be refused, where the first one has arrived after all.
    const id = sent.said === '' || sent.said === said ? sent.id : newId()
    setSent({ id, said })
    const content = { organizationId, audienceId, id, parts, fields }
    const done = await act(async () => {
      if (edited?.at) {
        const { number } = edited.at
        await client.do('message.edit', { organizationId, audienceId, number, parts, fields })
      } else if (postAt) await later({ ...content, postAt: postAt.toISOString() })
      else await now(content)
      return true
    })
    return done === true
  }

  type Content = Parameters<typeof client.message.postWithFields>[0]
  async function now(content: Content) {
    const { message, scheduled } = await client.do('message.post-with-fields', content)
    if (scheduled) {
      await queries.invalidateQueries({ queryKey: ['schedule.list'] })
      toast({ message: text('fields.filling') })
    } else if (message?.fields) {
      const { recipients, skipped } = message.fields
      toast({ message: text(skipped > 0 ? 'fields.sentWithout' : 'fields.sent', { count: recipients, skipped }) })
    }
  }
  async function later(content: Content & { postAt: string }) {
    await client.do('schedule.create', content)
    await queries.invalidateQueries({ queryKey: ['schedule.list'] })
    chooseListeners(conversationId, { postAt: undefined })
    toast({ message: text('later.scheduled') })
  }
  return { send, working }
}
