import type { ConversationId, PersonId } from '../../../protocol/ids.ts'
import type { Message } from '../../../protocol/conversations.ts'
import type { Audience, Conversation, PendingPost, State } from '../../../sdk/index.ts'
import type { Names } from './names.ts'
import { textOf } from './part-text.ts'
import type { ConversationRow, MessageView, QuoteView, ReactionView } from './view.ts'

export function findConversation(state: State, id: string | undefined): Conversation | undefined {
  return Array.from(state.conversations.values()).find((conversation) => conversation.id === id)
}

export const audiencesOf = (state: Pick<State, 'audiences'>, conversation: Conversation): Audience[] =>
  conversation.audienceIds.flatMap((id) => state.audiences.get(id) ?? [])

/** Where a message to the whole conversation is posted. */
export const mainAudience = (state: Pick<State, 'audiences'>, conversation: Conversation): Audience | undefined => {
  const audiences = audiencesOf(state, conversation)
  return audiences.find(({ rule }) => rule === 'everybody') ?? audiences[0]
}

export const unreadOf = (state: Pick<State, 'audiences'>, conversation: Conversation): number =>
  audiencesOf(state, conversation).reduce((sum, one) => sum + Math.max(one.lastMessageNumber - one.readNumber, 0), 0)

type Shown = { state: State; me: PersonId; names: Names; online: ReadonlySet<PersonId> }
type ListInput = Shown & {
  organizationId: string
  current?: string | undefined
  drafts: ReadonlyMap<string, string>
  /** "You: …" in the user's language. */
  youSaid: (words: string) => string
}

export function conversationRows(input: ListInput): ConversationRow[] {
  return Array.from(input.state.conversations.values())
    .filter((conversation) => conversation.organizationId === input.organizationId)
    .map((conversation) => conversationRow(input, conversation))
    .toSorted((a, b) => a.name.localeCompare(b.name))
}

function conversationRow(input: ListInput, conversation: Conversation): ConversationRow {
  const { state, names, online, current, drafts } = input
  const { id, kind, otherId } = conversation
  const last = lastMessage(state, conversation)
  const isListener = kind === 'broadcast' && !conversation.may.post
  return {
    id,
    href: `/c/${id}`,
    kind,
    name: conversationName(conversation, names),
    person: otherId
      ? { id: otherId, name: names(otherId), presence: online.has(otherId) ? 'online' : undefined }
      : undefined,
    unread: unreadOf(state, conversation),
    listeners: kind === 'broadcast' && !isListener ? listenersOf(conversation) : undefined,
    lastAt: last && new Date(last.postedAt),
    excerpt: last && excerpt(input, conversation, last),
    draft: drafts.get(id),
    isCurrent: id === current,
  }
}

export const conversationName = (conversation: Conversation, names: Names): string =>
  conversation.otherId ? names(conversation.otherId) : (conversation.name ?? '')

/** Those who read, without those who write. */
export const listenersOf = ({ memberCount, ownerIds }: Conversation): number =>
  Math.max((memberCount ?? 0) - ownerIds.length, 0)

function lastMessage(state: State, conversation: Conversation): Message | undefined {
  return audiencesOf(state, conversation)
    .flatMap(({ lastMessage }) => lastMessage ?? [])
    .toSorted((a, b) => (a.postedAt < b.postedAt ? 1 : -1))[0]
}

function excerpt({ me, names, youSaid }: ListInput, { kind }: Conversation, message: Message): string {
  const words = textOf(message.parts).replaceAll(/\s+/g, ' ')
  if (words === '') return ''
  if (message.authorId === me) return youSaid(words)
  return kind === 'group' ? `${firstName(names(message.authorId))}: ${words}` : words
}

/** Names in Chinese are short and have no blank; others are cut at it. */
const firstName = (name: string): string => name.split(' ')[0] ?? name

export type LoadedLog = { messages: MessageView[]; hasOlder: boolean; isLoaded: boolean }

/** The messages of all audiences of a conversation in one order, with those still on their way at the end. */
export function loadedLog({ state, me, names }: Shown, conversation: Conversation): LoadedLog {
  const parts = audiencesOf(state, conversation).map((audience) => {
    const log = state.logs.get(audience.id)
    const hasOlder = log !== undefined && log.from > Math.max(audience.fromNumber, 1)
    return { audience, messages: log?.messages ?? [], hasOlder, isLoaded: log !== undefined }
  })
  // Above the oldest loaded message of an audience that has older ones, the order is not known yet.
  const floor = parts
    .flatMap(({ hasOlder, messages }) => (hasOlder ? (messages[0]?.postedAt ?? []) : []))
    .reduce((latest, at) => (at > latest ? at : latest), '')
  const context = { me, names, conversation }
  const stored = parts
    .flatMap(({ audience, messages }) => messages.map((message) => ({ message, audience, messages })))
    .filter(({ message }) => message.postedAt >= floor)
    .toSorted((a, b) => (a.message.postedAt < b.message.postedAt ? -1 : 1))
    .map((entry) => storedView(context, entry))
  const pending = state.pending
    .filter((post) => belongsTo(post, conversation))
    .map((post) =>
      pendingView(
        context,
        post,
        parts.find(({ audience }) => 'audienceId' in post && audience.id === post.audienceId),
      ),
    )
  const known = new Set(stored.map(({ key }) => key))
  return {
    messages: [...stored, ...pending.filter(({ key }) => !known.has(key))],
    hasOlder: parts.some(({ hasOlder }) => hasOlder),
    isLoaded: parts.every(({ isLoaded }) => isLoaded),
  }
}

/** Messages to somebody with whom there is no conversation yet. */
export const pendingTo = (state: State, personId: PersonId, me: PersonId, names: Names): MessageView[] =>
  state.pending
    .filter((post) => post.kind === 'direct' && post.personId === personId)
    .map((post) => pendingView({ me, names, conversation: undefined }, post, undefined))

function belongsTo(post: PendingPost, conversation: Conversation): boolean {
  if (post.kind === 'direct') return conversation.otherId === post.personId
  return conversation.audienceIds.includes(post.audienceId)
}

type Context = { me: PersonId; names: Names; conversation: Conversation | undefined }
type Entry = { message: Message; audience: Audience; messages: readonly Message[] }

type Made = { names: Names; conversation: Conversation | undefined; marks: unknown; quoted: unknown; view: MessageView }
/** What has not changed keeps its view, so that a screen with ten thousand messages draws only what is new. */
const made = new WeakMap<Message, Made>()

function storedView(context: Context, entry: Entry): MessageView {
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
    text: textOf(message.parts),
    isEdited: message.editedAt !== undefined,
    isDeleted,
    quote: quoteOf(message.replyTo, messages, names),
    reactions: (message.reactions ?? []).map((reaction) => reactionView(reaction, me, names)),
    ...(isOwn && !isDeleted && marksOf(message, audience, conversation)),
    at: { audienceId: message.audienceId, number: message.number, messageNumber: message.messageNumber },
    may: {
      reply: mayPost && !isDeleted,
      react: mayPost && !isDeleted,
      edit: isOwn && mayPost && !isDeleted,
      delete: (isOwn || isOwner) && !isDeleted,
      seeRecipients: conversation?.kind !== 'direct' && conversation?.may.seeMembers === true,
    },
  }
}

function marksOf(message: Message, audience: Audience, conversation: Conversation | undefined): Partial<MessageView> {
  const others = Math.max((conversation?.memberCount ?? 1) - 1, 1)
  const read = audience.marks.filter((mark) => mark.read >= message.messageNumber).length
  const delivered = audience.marks.filter((mark) => Math.max(mark.delivered, mark.read) >= message.messageNumber).length
  const state = read >= others ? 'read' : delivered >= others ? 'delivered' : 'sent'
  return { state, readBy: { read, of: others } }
}

type Loaded = { audience: Audience; messages: readonly Message[] }

function pendingView({ me, names }: Context, post: PendingPost, loaded: Loaded | undefined): MessageView {
  return {
    key: keyOf(me, post.id),
    author: { id: me, name: names(me) },
    isOwn: true,
    postedAt: new Date(post.createdAtMs),
    text: textOf(post.parts),
    isEdited: false,
    isDeleted: false,
    quote: post.kind === 'post' ? quoteOf(post.replyTo, loaded?.messages ?? [], names) : undefined,
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
  if (!quoted) return { key: '', author: '', text: '…', isDeleted: false }
  return {
    key: keyOf(quoted.authorId, quoted.id),
    author: names(quoted.authorId),
    text: textOf(quoted.parts),
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

function reactionView(
  { emoji, personIds }: { emoji: string; personIds: PersonId[] },
  me: PersonId,
  names: Names,
): ReactionView {
  return { emoji, count: personIds.length, own: personIds.includes(me), names: personIds.map(names) }
}

/** Ids are chosen by clients and mean something only together with their author. */
export const keyOf = (authorId: string, id: string): string => `${authorId} ${id}`

/** Everybody whose name this conversation shows. */
export function idsShown(state: State, conversation: Conversation): PersonId[] {
  const ids = new Set(conversation.ownerIds)
  if (conversation.otherId) ids.add(conversation.otherId)
  for (const audienceId of conversation.audienceIds) {
    for (const message of state.logs.get(audienceId)?.messages ?? []) {
      ids.add(message.authorId)
      for (const { personIds } of message.reactions ?? []) for (const id of personIds) ids.add(id)
    }
    for (const id of state.typing.get(audienceId)?.keys() ?? []) ids.add(id)
  }
  return Array.from(ids)
}

/** Everybody whose name the list shows. */
export function idsListed(state: State): PersonId[] {
  const ids = new Set<PersonId>()
  for (const { otherId } of state.conversations.values()) if (otherId) ids.add(otherId)
  for (const { lastMessage } of state.audiences.values()) if (lastMessage) ids.add(lastMessage.authorId)
  return Array.from(ids)
}

export function directWith(state: State, organizationId: string, personId: string): ConversationId | undefined {
  return Array.from(state.conversations.values()).find(
    (one) => one.organizationId === organizationId && one.kind === 'direct' && one.otherId === personId,
  )?.id
}
