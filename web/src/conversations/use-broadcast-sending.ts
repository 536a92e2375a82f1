import { useQueryClient } from '@tanstack/react-query'
import { v7 as newId } from 'uuid'
import type { Part } from '../../../protocol/parts.ts'
import type { Conversation } from '../../../sdk/index.ts'
import { useClient } from '../platform/client.tsx'
import { useText } from '../platform/texts.tsx'
import { useToast } from '../platform/toasts.tsx'
import { chooseListeners, useChosenListeners } from './chosen-listeners.ts'

type BroadcastSending = { send(parts: Part[], everybodyId: string): Promise<unknown> }

/** How the owner of a broadcast sends: to those who are chosen, now or later. Nothing in other conversations. */
export function useBroadcastSending(conversation: Conversation): BroadcastSending | undefined {
  const text = useText()
  const toast = useToast()
  const client = useClient()
  const queries = useQueryClient()
  const { id, kind, organizationId, may } = conversation
  const { narrowed, postAt } = useChosenListeners(id)
  if (kind !== 'broadcast' || !may.manage) return undefined

  async function later(parts: Part[], audienceId: string, at: Date) {
    await client.do('schedule.create', { organizationId, audienceId, id: newId(), parts, postAt: at.toISOString() })
    await queries.invalidateQueries({ queryKey: ['schedule.list'] })
    chooseListeners(id, { postAt: undefined })
    toast({ message: text('later.scheduled') })
  }

  return {
    async send(parts, everybodyId) {
      const audienceId = narrowed?.audienceId ?? everybodyId
      if (postAt) return later(parts, audienceId, postAt)
      const audience = client.state.audiences.values().find((one) => one.id === audienceId)
      if (!audience) return
      const isFirst = audience.lastMessageNumber === 0
      client.post({ audienceId: audience.id, parts })
      if (narrowed && isFirst) chooseListeners(id, { asksToKeep: true })
    },
  }
}
