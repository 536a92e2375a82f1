import { ConversationView } from '../../../protocol/conversations.ts'
import { KeepAudience } from '../../../protocol/groups.ts'
import { command } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { allowManaging, holdConversation, viewAfter, type HeldConversation } from './hold-conversation.ts'
import { makeFrom, viewOfMade, type Found } from './make-from.ts'
import { findConversation } from './member-store.ts'
import { conversationOf, listenersOf } from './selection-store.ts'

type Held = { from: HeldConversation; existing: Found }
const nothing: HeldConversation = { conversation: undefined, view: undefined }

export const keepAudience = command({
  name: 'audience.keep',
  summary: 'Make a broadcast of one’s own out of those who get a narrowed one, as they are today.',
  input: KeepAudience,
  output: ConversationView,

  async lock(ctx, { organizationId, audienceId, conversationId }): Promise<Held> {
    const fromId = await conversationOf(ctx.tx, organizationId, audienceId)
    const from = fromId ? await holdConversation(ctx, { organizationId, conversationId: fromId }) : nothing
    return { from, existing: await findConversation(ctx.tx, conversationId) }
  },

  allow(_ctx, _input, { from }) {
    const allowed = allowManaging(from)
    if (allowed !== true || from.view?.kind === 'broadcast') return allowed
    return new Refusal('input.invalid', { path: 'audienceId', message: 'Only a broadcast can be narrowed.' })
  },

  async run(ctx, { audienceId, ...input }, { from, existing }) {
    if (!from.view) throw new Refusal('access.refused')
    const making = { ...input, from: from.view, history: 'joined' as const }
    if (existing) return viewOfMade(ctx, existing, making)
    const personIds = await listenersOf(ctx.tx, audienceId)
    if (personIds.length === 0) throw new Refusal('broadcast.nobody-selected')
    await makeFrom(ctx, { ...making, personIds })
    return viewAfter(ctx, input)
  },
})
