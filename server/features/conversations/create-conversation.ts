import { ConversationView, CreateConversation } from '../../../protocol/conversations.ts'
import { command, personOf } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { changeMemberships, makeConversations } from './change-members.ts'
import { requirePresent, viewAfter } from './hold-conversation.ts'
import { findConversation, isActive } from './member-store.ts'

export const createConversation = command({
  name: 'conversation.create',
  summary: 'Make a group or a broadcast of one’s own, with its first members.',
  input: CreateConversation,
  output: ConversationView,

  lock: (ctx, { conversationId }) => findConversation(ctx.tx, conversationId),
  allow: (ctx, { organizationId }) => isActive(ctx.tx, organizationId, personOf(ctx)),

  async run(ctx, input, existing) {
    const me = personOf(ctx)
    const { organizationId, conversationId: id, kind, name, history } = input
    if (existing) {
      const isSame = existing.organizationId === organizationId && existing.createdBy === me && existing.kind === kind
      if (!isSame) throw new Refusal('conversation.id-taken', { path: 'conversationId' })
      return viewAfter(ctx, input)
    }
    const others = Array.from(new Set(input.personIds)).filter((personId) => personId !== me)
    await requirePresent(ctx, organizationId, others)
    const made = { isNameMade: false, chartManagerId: null, chartLevel: null, createdBy: me, origin: 'made' as const }
    await makeConversations(ctx.tx, [{ ...made, id, organizationId, kind, name, history }], ctx.now)
    const add = [
      { conversationId: id, personId: me, role: 'owner' as const, source: 'owner' as const },
      ...others.map((personId) => ({
        conversationId: id,
        personId,
        role: 'member' as const,
        source: 'owner' as const,
      })),
    ]
    await changeMemberships(ctx.tx, { organizationId, actorId: me, add, remove: [], nest: [], unnest: [] }, ctx.now)
    return viewAfter(ctx, input)
  },
})
