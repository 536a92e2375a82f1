import { type Message, PostDirect, PostedDirect } from '../../../protocol/conversations.ts'
import type { Fields } from '../../../protocol/fields.ts'
import type { ConversationId, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import { command, personOf, type Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { visibleAmong } from '../contacts/index.ts'
import { isAdministrator } from '../organization/index.ts'
import { findDirect } from './direct-store.ts'
import { isActive, isParticipant, lockPair } from './member-store.ts'
import { makeDirects } from './open-direct.ts'
import { store } from './post-message.ts'
import { sendWithFields } from './post-with-fields.ts'
import { allowParts } from './part-rules.ts'
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

  async allow(ctx, { organizationId, personId, parts, fields }, present) {
    const me = personOf(ctx)
    if (me === personId) return new Refusal('input.invalid', { path: 'personId', message: 'This is you.' })
    const exists = (await findDirect(ctx.tx, organizationId, [me, personId])) !== undefined
    const isInside = await isActive(ctx.tx, organizationId, me)
    if (!isInside && !(exists && (await isParticipant(ctx.tx, organizationId, me)))) return false
    if (fields && !isInside) return false
    const other = present.find((one) => one.personId === personId)
    const mayWrite =
      !isInside || (other && (!other.isExternal || exists || (await knows(ctx, organizationId, personId))))
    if (!mayWrite) return new Refusal('member.not-found', { path: 'personId' })
    return (await allowParts(ctx.tx, [{ actorId: me, input: { organizationId, parts } }]))[0] ?? true
  },

  async run(ctx, { organizationId, personId, id, parts, fields }) {
    const me = personOf(ctx)
    const known = await findDirect(ctx.tx, organizationId, [me, personId])
    const [made] = known ? [] : await makeDirects(ctx, organizationId, [[me, personId]])
    const conversationId = known ?? made?.id
    if (!conversationId) throw new Error('A direct conversation was not made.')
    const posting = { organizationId, authorId: me, id, parts }
    const message = fields
      ? await fillInto(ctx, conversationId, { ...posting, fields })
      : await postInto(ctx, conversationId, posting)
    const [conversation] = await readViews(ctx.tx, me, [conversationId])
    if (!conversation) throw new Refusal('access.refused')
    return { conversation, message }
  },
})

async function fillInto(
  ctx: Context,
  conversationId: ConversationId,
  { id: messageId, ...posting }: Posting & { fields: Fields },
): Promise<Message> {
  const [audience] = await lockAudiences(ctx.tx, [await audienceOf(ctx, posting.authorId, conversationId)])
  if (!audience) throw new Refusal('access.refused')
  const { message } = await sendWithFields(ctx, { ...posting, messageId, audienceId: audience.id }, audience)
  if (!message) throw new Error('A message to one person waits.')
  return message
}

type Posting = Pick<Message, 'id' | 'authorId' | 'parts'> & { organizationId: OrganizationId }

async function postInto(
  ctx: Pick<Context, 'tx' | 'now'>,
  conversationId: ConversationId,
  { organizationId, authorId, id, parts }: Posting,
): Promise<Message> {
  const audienceId = await audienceOf(ctx, authorId, conversationId)
  const audiences = new Map((await lockAudiences(ctx.tx, [audienceId])).map((audience) => [audience.id, audience]))
  const post = { actorId: authorId, input: { organizationId, audienceId, id, parts } }
  const posted = await findPosted(ctx.tx, [post])
  const { answers } = await store(ctx.tx, [post], { audiences, posted, now: ctx.now })
  const [message] = answers
  if (!message || message instanceof Refusal) throw message ?? new Refusal('access.refused')
  return message
}

async function audienceOf(ctx: Pick<Context, 'tx'>, personId: PersonId, conversationId: ConversationId) {
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
