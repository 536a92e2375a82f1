import type { Message } from '../../../protocol/conversations.ts'
import type { PersonId } from '../../../protocol/ids.ts'
import type { Audience, Conversation, PendingPost } from '../../../sdk/index.ts'
import type { Names } from './names.ts'
import { couponsIn, mediaIn, wordsIn } from './part-text.ts'
import type { MessageView, QuoteView, ReactionView } from './view.ts'

type Context = { me: PersonId; names: Names; conversation: Conversation | undefined }
type Entry = { message: Message; audience: Audience; messages: readonly Message[] }
type Made = { names: Names; conversation: Conversation | undefined; marks: unknown; quoted: unknown; view: MessageView }

/** What has not changed keeps its view, so that a screen with ten thousand messages draws only what is new. */
const made = new WeakMap<Message, Made>()

export function storedView(context: Context, entry: Entry): MessageView {
  const { names, conversation } = context
  const { message, audience, messages } = entry
  const quoted = message.replyTo === undefined ? undefined : byNumber(messages, message.replyTo)
  const marks = message.authorId === context.me ? audience.marks : undefined
  const before = made.get(message)
  const isSame =
    before?.names === names &&
    before.conversation === conversation &&
    before.marks === marks &&
    before.quoted === quoted
  if (before && isSame) return before.view
  const view = makeView(context, entry)
  made.set(message, { names, conversation, marks, quoted, view })
  return view
}

function makeView({ me, names, conversation }: Context, { message, audience, messages }: Entry): MessageView {
  const isOwn = message.authorId === me
  const isDeleted = message.deletedAt !== undefined
  const mayPost = conversation?.may.post === true
  const isOwner = conversation?.ownerIds.includes(me) === true
  return {
    key: keyOf(message.authorId, message.id),
    author: { id: message.authorId, name: names(message.authorId) },
    isOwn,
    postedAt: new Date(message.postedAt),
    text: wordsIn(message.parts),
    coupons: couponsIn(message.parts),
    media: mediaIn(message.parts),
    isEdited: message.editedAt !== undefined,
    isDeleted,
    quote: quoteOf(message.replyTo, messages, names),
    copiedFrom: message.copied && names(message.copied.authorId),
    reactions: (message.reactions ?? []).map((reaction) => reactionView(reaction, me, names)),
    ...(isOwn && !isDeleted && marksOf(message, audience, conversation)),
    at: { audienceId: message.audienceId, number: message.number, messageNumber: message.messageNumber },
    fields: message.fields,
    may: {
      reply: mayPost && !isDeleted,
      react: mayPost && !isDeleted,
      edit: isOwn && mayPost && !isDeleted && !message.copied,
      delete: (isOwn || isOwner) && !isDeleted,
      seeRecipients: conversation?.kind !== 'direct' && conversation?.may.seeMembers === true,
    },
  }
}

function marksOf(message: Message, audience: Audience, conversation: Conversation | undefined): Partial<MessageView> {
  const others = Math.max((conversation?.memberCount ?? 1) - 1, 1)
  const read = audience.marks.filter((mark) => mark.read >= message.messageNumber).length
  const delivered = audience.marks.filter((mark) => mark.delivered >= message.messageNumber).length
  const state = read >= others ? 'read' : delivered >= others ? 'delivered' : 'sent'
  return { state, readBy: { read, of: others } }
}

export function pendingView({ me, names }: Context, post: PendingPost, messages: readonly Message[]): MessageView {
  return {
    key: keyOf(me, post.id),
    author: { id: me, name: names(me) },
    isOwn: true,
    postedAt: new Date(post.createdAtMs),
    text: wordsIn(post.parts),
    coupons: couponsIn(post.parts),
    media: mediaIn(post.parts),
    isEdited: false,
    isDeleted: false,
    quote: post.kind === 'post' ? quoteOf(post.replyTo, messages, names) : undefined,
    reactions: [],
    state: post.status,
    failure: post.failure?.code,
    pendingId: post.id,
    may: { reply: false, react: false, edit: false, delete: false, seeRecipients: false },
  }
}

function quoteOf(replyTo: number | undefined, messages: readonly Message[], names: Names): QuoteView | undefined {
  if (replyTo === undefined) return undefined
  const quoted = byNumber(messages, replyTo)
  if (!quoted) return { key: '', author: '', parts: [], isDeleted: false }
  return {
    key: keyOf(quoted.authorId, quoted.id),
    author: names(quoted.authorId),
    parts: quoted.parts,
    isDeleted: quoted.deletedAt !== undefined,
  }
}

/** Messages stand in ascending order of their numbers. */
function byNumber(messages: readonly Message[], number: number): Message | undefined {
  let low = 0
  let high = messages.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const found = messages[middle]
    if (!found || found.number === number) return found
    if (found.number < number) low = middle + 1
    else high = middle - 1
  }
  return undefined
}

type StoredReaction = { emoji: string; personIds: readonly PersonId[] }

const reactionView = ({ emoji, personIds }: StoredReaction, me: PersonId, names: Names): ReactionView => ({
  emoji,
  count: personIds.length,
  own: personIds.includes(me),
  names: personIds.map(names),
})

/** Ids are chosen by clients and mean something only together with their author. */
export const keyOf = (authorId: string, id: string): string => `${authorId} ${id}`
