import type { Conversation } from '../../../sdk/index.ts'
import type { Text } from '../platform/texts.tsx'
import { listenersOf } from './list-rows.ts'
import type { Names } from './names.ts'

/** What kind of place a conversation is, and how many are there. */
export function aboutConversation(text: Text, conversation: Conversation, names: Names): string {
  const count = conversation.memberCount ?? 0
  if (conversation.kind === 'direct') return text('conversation.about.direct')
  if (conversation.kind === 'group') {
    return text(conversation.origin === 'chart' ? 'conversation.about.chart' : 'conversation.about.group', { count })
  }
  if (conversation.may.post) return text('conversation.about.broadcastOwner', { count: listenersOf(conversation) })
  return text('conversation.about.broadcastListener', { name: conversation.ownerIds.map(names).join(', ') })
}
