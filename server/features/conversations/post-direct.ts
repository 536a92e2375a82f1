import { v7 as uuidv7 } from 'uuid'
import { PostDirect, PostedDirect } from '../../../protocol/conversations.ts'
import { ConversationId, type OrganizationId, type PersonId } from '../../../protocol/ids.ts'
import { command, personOf, type Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { visibleAmong } from '../contacts/index.ts'
import { isAdministrator } from '../organization/index.ts'
import { changeMemberships, makeConversations, reopenConversations } from './change-members.ts'
import { findDirect, isActive, isParticipant, lockPair } from './member-store.ts'
import { store } from './post-message.ts'
import { findPosted, lockAudiences } from './store.ts'
import { readViews } from './view.ts'

export const postDirect = command({
  name: 'direct.post',
  summary:
    'Write to one member of the organization, or to somebody outside whom one knows. The first message makes the ' +
    'conversation, later ones find it. People from outside answer where they were written to.',
  input: PostDirect,
  output: PostedDirect,

  lock: (ctx, { organizationId, personId }) => lockPair(ctx.tx, organizationId, [personOf(ctx), personId]),

  async allow(ctx, { organizationId, personId }, present) {
    const me = personOf(ctx)
    if (me === personId) return new Refusal('input.invalid', { path: 'personId', message: 'This is you.' })
    const exists = (await findDirect(ctx.tx, organizationId, [me, personId])) !== undefined
    if (!(await isActive(ctx.tx, organizationId, me)))
      return exists && (await isParticipant(ctx.tx, organizationId, me))
    const other = present.find((one) => one.personId === personId)
    const mayWrite = other && (!other.isExternal || exists || (await knows(ctx, organizationId, personId)))
    return mayWrite || new Refusal('member.not-found', { path: 'personId' })
  },

  async run(ctx, { organizationId, personId, id, parts }) {
    const me = personOf(ctx)
    const conversationId =
      (await findDirect(ctx.tx, organizationId, [me, personId])) ??
      (await makeDirect(ctx, organizationId, [me, personId]))
    const audienceId = await audienceOf(ctx, me, conversationId)
    const audiences = new Map((await lockAudiences(ctx.tx, [audienceId])).map((audience) => [audience.id, audience]))
    const post = { actorId: me, input: { organizationId, audienceId, id, parts } }
    const posted = await findPosted(ctx.tx, [post])
    const { answers } = await store(ctx.tx, [post], { audiences, posted, now: ctx.now })
    const [message] = answers
    if (!message || message instanceof Refusal) throw message ?? new Refusal('access.refused')
    const [conversation] = await readViews(ctx.tx, me, [conversationId])
    if (!conversation) throw new Refusal('access.refused')
    return { conversation, message }
  },
})

async function audienceOf(ctx: Context, personId: PersonId, conversationId: ConversationId) {
  const [view] = await readViews(ctx.tx, personId, [conversationId])
  const [audience] = view?.audiences ?? []
  if (!audience) throw new Refusal('access.refused')
  return audience.id
}

async function knows(ctx: Context, organizationId: OrganizationId, personId: PersonId): Promise<boolean> {
  const readerId = personOf(ctx)
  const reader = { organizationId, readerId, isAdministrator: await isAdministrator(ctx.tx, organizationId, readerId) }
  return (await visibleAmong(ctx.tx, reader, [personId])).length > 0
}

/** The direct conversation of two people, for those who come back to it too. They are locked, or the organization. */
export async function openDirect(
  ctx: Pick<Context, 'tx' | 'now'>,
  organizationId: OrganizationId,
  pair: readonly [PersonId, PersonId],
): Promise<ConversationId> {
  const known = await findDirect(ctx.tx, organizationId, pair)
  if (known === undefined) return makeDirect(ctx, organizationId, pair)
  await putBoth(ctx, organizationId, { conversationId: known, pair })
  await reopenConversations(ctx.tx, [known], pair[0], ctx.now)
  return known
}

async function makeDirect(
  ctx: Pick<Context, 'tx' | 'now'>,
  organizationId: OrganizationId,
  pair: readonly [PersonId, PersonId],
): Promise<ConversationId> {
  const id = ConversationId.parse(uuidv7())
  const made = { name: null, isNameMade: false, chartManagerId: null, chartLevel: null, createdBy: pair[0], pair }
  await makeConversations(
    ctx.tx,
    [{ ...made, id, organizationId, kind: 'direct', origin: 'made', history: 'all' }],
    ctx.now,
  )
  await putBoth(ctx, organizationId, { conversationId: id, pair })
  return id
}

async function putBoth(
  ctx: Pick<Context, 'tx' | 'now'>,
  organizationId: OrganizationId,
  { conversationId, pair }: { conversationId: ConversationId; pair: readonly [PersonId, PersonId] },
): Promise<void> {
  const put = { conversationId, role: 'member' as const, source: 'owner' as const }
  const add = pair.map((personId) => ({ ...put, personId }))
  await changeMemberships(ctx.tx, { organizationId, actorId: pair[0], add, remove: [], nest: [], unnest: [] }, ctx.now)
}
