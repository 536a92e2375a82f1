import { v7 as uuidv7 } from 'uuid'
import { ConversationView, type Message } from '../../../protocol/conversations.ts'
import { SplitConversation } from '../../../protocol/groups.ts'
import { MessageId, type ConversationId } from '../../../protocol/ids.ts'
import { command, personOf, type Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { copiesAmong, markCopies } from './copy-store.ts'
import { holdConversation, viewAfter, type HeldConversation } from './hold-conversation.ts'
import { makeFrom, viewOfMade, type Found } from './make-from.ts'
import { findConversation, isActive } from './member-store.ts'
import { keepParts } from './part-rules.ts'
import { admit, type Post } from './rules.ts'
import { rolesAmong } from './selection-store.ts'
import { insertMessages, lockAudiences, readMessages } from './store.ts'

type Held = { from: HeldConversation; existing: Found }
type Copies = readonly { audienceId: Message['audienceId']; number: number }[]

export const splitConversation = command({
  name: 'conversation.split',
  summary:
    'Make a group of one’s own out of some members of another; of a broadcast only its owner can, who sees them.',
  input: SplitConversation,
  output: ConversationView,

  async lock(ctx, { organizationId, conversationId, fromId }): Promise<Held> {
    const from = await holdConversation(ctx, { organizationId, conversationId: fromId })
    return { from, existing: await findConversation(ctx.tx, conversationId) }
  },

  async allow(ctx, { organizationId }, { from: { view } }) {
    if (!view?.may.seeMembers || !(await isActive(ctx.tx, organizationId, personOf(ctx)))) return false
    if (view.kind !== 'direct') return true
    return new Refusal('input.invalid', { path: 'fromId', message: 'Two people make no group to choose from.' })
  },

  async run(ctx, { fromId, personIds, copies, ...input }, { from, existing }) {
    if (!from.view) throw new Refusal('access.refused')
    const making = { ...input, from: from.view }
    if (existing) return viewOfMade(ctx, existing, making)
    const roles = await rolesAmong(ctx.tx, fromId, personIds)
    const strange = personIds.findIndex((personId) => !roles.has(personId))
    if (strange >= 0) throw new Refusal('member.not-found', { path: `personIds.${strange}` })
    const messages = await findCopies(ctx, fromId, copies)
    await makeFrom(ctx, { ...making, personIds: Array.from(new Set(personIds)) })
    if (messages.length > 0) await storeCopies(ctx, input, messages)
    return viewAfter(ctx, input)
  },
})

async function findCopies(ctx: Context, conversationId: ConversationId, copies: Copies): Promise<Message[]> {
  if (copies.length === 0) return []
  const visible = await copiesAmong(ctx.tx, { conversationId, personId: personOf(ctx), copies })
  const read = await readMessages(ctx.tx, personOf(ctx), visible)
  // Nobody else may find fields that nobody has filled: of one's own it is the text without any person's values.
  const ownWithFields = read.filter(({ fields }) => fields !== undefined)
  const texts = [...read, ...(await readMessages(ctx.tx, null, ownWithFields))]
  const messages = new Map(texts.map((message) => [keyOf(message), message]))
  return copies.map((copy, index) => {
    const message = messages.get(keyOf(copy))
    if (!message || message.deletedAt) throw new Refusal('message.not-found', { path: `copies.${index}` })
    return message
  })
}

const keyOf = ({ audienceId, number }: { audienceId: string; number: number }) => `${audienceId} ${number}`

/** Nobody hears the new group yet: its members are told of it, and of its last message, by their own logs. */
async function storeCopies(
  ctx: Context,
  input: Pick<Post['input'], 'organizationId'> & { conversationId: ConversationId },
  originals: readonly Message[],
): Promise<void> {
  const [audience] = (await viewAfter(ctx, input)).audiences
  if (!audience) throw new Refusal('access.refused')
  const audienceId = audience.id
  const audiences = new Map((await lockAudiences(ctx.tx, [audienceId])).map((locked) => [locked.id, locked]))
  const { organizationId } = input
  const posts = originals.map(({ parts }) => ({
    actorId: personOf(ctx),
    input: { organizationId, audienceId, id: MessageId.parse(uuidv7()), parts },
  }))
  const { fresh, heads } = admit(posts, { audiences, posted: [], replied: new Set(), now: ctx.now })
  await insertMessages(ctx.tx, fresh, heads)
  await Promise.all(
    keepParts(
      ctx.tx,
      fresh.map(({ message }) => message),
    ),
  )
  const copied = originals.map(({ authorId, postedAt, copied: before }, index) => ({
    ...(before ?? { authorId, postedAt }),
    audienceId,
    number: fresh[index]?.message.number ?? 0,
  }))
  await markCopies(ctx.tx, copied)
}
