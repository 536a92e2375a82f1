import type { ConversationView } from '../../../protocol/conversations.ts'
import type { ConversationId, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import { personOf, type Allowed, type Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { mayBring, rulesOf, visibleAmong } from '../contacts/index.ts'
import { isAdministrator } from '../organization/index.ts'
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

/**
 * Refuses people who are not in the organization, and those from outside whom the asking member does not know or may
 * not bring in.
 */
export async function requirePresent(
  ctx: Context,
  organizationId: OrganizationId,
  personIds: readonly PersonId[],
): Promise<void> {
  const present = await presentAmong(ctx.tx, organizationId, personIds)
  const outsiders = present.filter(({ isExternal }) => isExternal).map(({ personId }) => personId)
  const readerId = personOf(ctx)
  const reader = { organizationId, readerId, isAdministrator: await isAdministrator(ctx.tx, organizationId, readerId) }
  const visible = outsiders.length === 0 ? [] : await visibleAmong(ctx.tx, reader, outsiders)
  const known = new Set([...present.flatMap(({ personId, isExternal }) => (isExternal ? [] : [personId])), ...visible])
  const index = personIds.findIndex((id) => !known.has(id))
  if (index >= 0) throw new Refusal('member.not-found', { path: `personIds.${index}` })
  if (outsiders.length > 0) await requireBringing(ctx, organizationId)
}

/** Refuses an owner who may not bring people from outside into a conversation. */
export async function requireBringing(ctx: Context, organizationId: OrganizationId): Promise<void> {
  const rules = await rulesOf(ctx.tx, organizationId)
  const asking = { isAdministrator: await isAdministrator(ctx.tx, organizationId, personOf(ctx)) }
  if (!mayBring(rules, asking)) throw new Refusal('conversation.outsiders-refused')
}
