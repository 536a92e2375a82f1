import { v7 as uuidv7 } from 'uuid'
import { ConversationId, type OrganizationId, type PersonId } from '../../../protocol/ids.ts'
import type { Context } from '../../platform/command.ts'
import { changeMemberships, makeConversations, reopenConversations } from './change-members.ts'
import { findDirects } from './direct-store.ts'

/** Who writes first stands first. */
export type Pair = readonly [PersonId, PersonId]
type Writing = Pick<Context, 'tx' | 'now'>

/** The direct conversation of two people, for those who come back to it too. They are locked, or the organization. */
export async function openDirect(ctx: Writing, organizationId: OrganizationId, pair: Pair): Promise<ConversationId> {
  const [id] = await openDirects(ctx, organizationId, [pair])
  if (!id) throw new Error('A direct conversation was not opened.')
  return id
}

/** The same for any number of pairs at once, in their order. */
export async function openDirects(
  ctx: Writing,
  organizationId: OrganizationId,
  pairs: readonly Pair[],
): Promise<ConversationId[]> {
  const once = Array.from(new Map(pairs.map((pair) => [keyOf(pair), pair])).values())
  const found = await findDirects(ctx.tx, organizationId, once)
  const known = once.flatMap((pair, index) => {
    const id = found[index]
    return id ? [{ id, pair }] : []
  })
  const missing = once.filter((_, index) => !found[index])
  await putBoth(ctx, organizationId, known)
  for (const [authorId, own] of Map.groupBy(known, ({ pair: [first] }) => first))
    await reopenConversations(
      ctx.tx,
      own.map(({ id }) => id),
      authorId,
      ctx.now,
    )
  const made = missing.length === 0 ? [] : await makeDirects(ctx, organizationId, missing)
  const ids = new Map([...known, ...made].map(({ id, pair }) => [keyOf(pair), id]))
  return pairs.flatMap((pair) => ids.get(keyOf(pair)) ?? [])
}

const keyOf = (pair: Pair) => pair.toSorted().join(' ')

type Direct = { id: ConversationId; pair: Pair }

/** Those of pairs that have none. */
export async function makeDirects(
  ctx: Writing,
  organizationId: OrganizationId,
  pairs: readonly Pair[],
): Promise<Direct[]> {
  const directs = pairs.map((pair) => ({ id: ConversationId.parse(uuidv7()), pair }))
  const made = { name: null, isNameMade: false, chartManagerId: null, chartLevel: null } as const
  const kind = { kind: 'direct', origin: 'made', history: 'all' } as const
  await makeConversations(
    ctx.tx,
    directs.map(({ id, pair }) => ({ ...made, ...kind, id, organizationId, createdBy: pair[0], pair })),
    ctx.now,
  )
  await putBoth(ctx, organizationId, directs)
  return directs
}

async function putBoth(ctx: Writing, organizationId: OrganizationId, directs: readonly Direct[]): Promise<void> {
  const put = { role: 'member' as const, source: 'owner' as const }
  const add = directs.flatMap(({ id: conversationId, pair }) =>
    pair.map((personId) => ({ ...put, conversationId, personId })),
  )
  const actorId = directs[0]?.pair[0] ?? null
  await changeMemberships(ctx.tx, { organizationId, actorId, add, remove: [], nest: [], unnest: [] }, ctx.now)
}
