import { useMemo } from 'react'
import type { Conversation } from '../../../sdk/index.ts'
import { useAct, useClient } from '../platform/client.tsx'
import { useText } from '../platform/texts.tsx'
import { useToast } from '../platform/toasts.tsx'
import type { ComposerTask } from './composer.tsx'
import type { MessageActions } from './message-actions.ts'
import { partsOf } from './part-text.ts'
import type { MessageView } from './view.ts'

type Opens = {
  onTask: (task: ComposerTask) => void
  onRemove: (message: MessageView) => void
  onPane: (pane: string) => void
}
type BoundActions = Omit<MessageActions, 'jumpTo'> & { saveEdit: (message: MessageView, words: string) => void }

/** What the menu, the keys and the buttons of a message do. */
export function useMessageActions({ organizationId }: Conversation, opens: Opens): BoundActions {
  const { onTask, onRemove, onPane } = opens
  const text = useText()
  const client = useClient()
  const toast = useToast()
  const { act } = useAct()
  return useMemo(
    () => ({
      reply: (message) => onTask({ kind: 'reply', message }),
      edit: (message) => onTask({ kind: 'edit', message }),
      remove: onRemove,
      copy: (message) =>
        void act(async () => {
          await navigator.clipboard.writeText(message.text)
          toast({ message: text('message.copied') })
        }),
      react: (message, emoji, isOn) => {
        if (message.at) {
          const { audienceId, number } = message.at
          void act(() => client.do('message.react', { organizationId, audienceId, number, emoji, isOn }))
        }
      },
      saveEdit: (message, words) => {
        if (message.at) {
          const { audienceId, number } = message.at
          const parts = partsOf(words, [...message.media, ...message.coupons])
          void act(() => client.do('message.edit', { organizationId, audienceId, number, parts, ...fieldsOf(message) }))
        }
      },
      showRecipients: (message) => message.at && onPane(`recipients ${message.at.audienceId} ${message.at.number}`),
      showFilled: (message) => message.at && onPane(`filled ${message.at.audienceId} ${message.at.number}`),
      retry: (message) => message.pendingId && client.retry(message.pendingId),
      discard: (message) => message.pendingId && client.discard(message.pendingId),
    }),
    [organizationId, onTask, onRemove, onPane, text, client, toast, act],
  )
}

/** A message with fields stays one. Nobody is left out of what they have got. */
function fieldsOf({ fields }: MessageView) {
  if (!fields) return {}
  const { missing, timeZone } = fields
  const policy = missing === 'skip' ? ('block' as const) : missing
  return { fields: { missing: policy, ...(timeZone === undefined ? {} : { timeZone }) } }
}
