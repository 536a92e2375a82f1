import type { ConversationView } from '../../../protocol/conversations.ts'
import type { ConversationId, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import { personOf, type Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { changeMemberships, makeConversations } from './change-members.ts'
import { requireBringing, viewAfter } from './hold-conversation.ts'
import type { findConversation } from './member-store.ts'
import { outsidersAmong } from './outside-store.ts'

export type Found = Awaited<ReturnType<typeof findConversation>>
export type Making = {
  organizationId: OrganizationId
  conversationId: ConversationId
  from: ConversationView
  name: string
  history: 'all' | 'joined'
  personIds: readonly PersonId[]
}

/** Makes a conversation of the same kind out of some members of another. Whoever makes it owns it. */
export async function makeFrom(ctx: Context, { from, ...making }: Making): Promise<void> {
  const me = personOf(ctx)
  const outsiders = await outsidersAmong(ctx.tx, making.organizationId, making.personIds)
  if (outsiders.length > 0) await requireBringing(ctx, making.organizationId)
  const { organizationId, conversationId: id, name, history } = making
  const { kind } = from
  const made = { isNameMade: false, chartManagerId: null, chartLevel: null, createdBy: me, origin: 'made' as const }
  const madeFrom = { id: from.id, name: from.name }
  await makeConversations(ctx.tx, [{ ...made, id, organizationId, kind, name, history, madeFrom }], ctx.now)
  const put = (personId: PersonId, role: 'owner' | 'member') => ({
    conversationId: id,
    personId,
    role,
    source: 'owner' as const,
  })
  const others = making.personIds.filter((personId) => personId !== me)
  const add = [put(me, 'owner'), ...others.map((personId) => put(personId, 'member'))]
  await changeMemberships(ctx.tx, { organizationId, actorId: me, add, remove: [], nest: [], unnest: [] }, ctx.now)
}

/** What was made under this id already, where it is the same; another one keeps it. */
export async function viewOfMade(ctx: Context, existing: NonNullable<Found>, input: Omit<Making, 'personIds'>) {
  const { organizationId, from } = input
  const isSame =
    existing.organizationId === organizationId &&
    existing.createdBy === personOf(ctx) &&
    existing.madeFromId === from.id
  if (!isSame) throw new Refusal('conversation.id-taken', { path: 'conversationId' })
  return viewAfter(ctx, input)
}
