import type { ConversationView } from '../../../protocol/conversations.ts'
import type { ConversationId, OrganizationId } from '../../../protocol/ids.ts'
import { personOf, type Allowed, type Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { lockWithOuter, presentAmong, type LockedConversation } from './member-store.ts'
import { readViews } from './view.ts'

type OneConversation = { organizationId: OrganizationId; conversationId: ConversationId }
/** A conversation under lock, and as the asking person sees it. */
export type HeldConversation = { conversation: LockedConversation | undefined; view: ConversationView | undefined }

export async function holdConversation(ctx: Context, input: OneConversation): Promise<HeldConversation> {
  const personId = personOf(ctx)
  const conversations = await lockWithOuter(ctx.tx, [input.conversationId])
  const conversation = conversations.find(({ id }) => id === input.conversationId)
  if (conversation?.organizationId !== input.organizationId) return { conversation: undefined, view: undefined }
  const [view] = await readViews(ctx.tx, personId, [input.conversationId])
  return { conversation, view }
}

/** Owners manage. Others learn whether it exists only where they are in it. */
export function allowManaging({ view }: HeldConversation): Allowed {
  if (view?.origin === 'directory') return new Refusal('conversation.follows-directory')
  if (!view?.may.manage) return false
  return !view.isClosed || new Refusal('conversation.closed')
}

/** As the asking person sees it after the change. */
export async function viewAfter(ctx: Context, { conversationId }: OneConversation): Promise<ConversationView> {
  const [view] = await readViews(ctx.tx, personOf(ctx), [conversationId])
  if (!view) throw new Refusal('access.refused')
  return view
}

/** Refuses people who are not in the organization. */
export async function requirePresent(
  ctx: Context,
  organizationId: OrganizationId,
  personIds: readonly string[],
): Promise<void> {
  const present = new Set<string>(await presentAmong(ctx.tx, organizationId, personIds))
  const index = personIds.findIndex((id) => !present.has(id))
  if (index >= 0) throw new Refusal('member.not-found', { path: `personIds.${index}` })
}
