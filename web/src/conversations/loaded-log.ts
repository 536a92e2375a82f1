import type { Message } from '../../../protocol/conversations.ts'
import type { PersonId } from '../../../protocol/ids.ts'
import { audiencesOf, hasOlder, pendingOf } from '../../../sdk/index.ts'
import type { Audience, Conversation, State } from '../../../sdk/index.ts'
import { pendingView, storedView } from './message-view.ts'
import type { Names } from './names.ts'
import type { MessageView } from './view.ts'

export type LoadedLog = { messages: MessageView[]; hasOlder: boolean; isLoaded: boolean }
type Reader = { state: State; me: PersonId; names: Names }

/** The messages of all audiences of a conversation in one order, with those still on their way at the end. */
export function loadedLog({ state, me, names }: Reader, conversation: Conversation): LoadedLog {
  const audiences = audiencesOf(state, conversation.id)
  const context = { me, names, conversation }
  const logOf = (audience: Audience) => state.logs.get(audience.id)?.messages ?? []
  const isIncomplete = (audience: Audience) => hasOlder(state, audience.id)
  const stored = inOrder(
    audiences.map((audience) => ({ audience, messages: logOf(audience), isIncomplete: isIncomplete(audience) })),
  ).map((entry) => storedView(context, entry))
  const known = new Set(stored.map(({ key }) => key))
  const pending = pendingOf(state, conversation.id)
    .map((post) => {
      const audience = audiences.find(({ id }) => post.kind === 'post' && id === post.audienceId)
      return pendingView(context, post, audience ? logOf(audience) : [])
    })
    .filter(({ key }) => !known.has(key))
  return {
    messages: [...stored, ...pending],
    hasOlder: audiences.some(isIncomplete),
    isLoaded: audiences.every(({ id }) => state.logs.has(id)),
  }
}

type Log = { audience: Audience; messages: readonly Message[]; isIncomplete: boolean }
type Entry = Omit<Log, 'isIncomplete'> & { message: Message }

/** Almost every conversation has one audience, whose log is in order already. */
function inOrder(logs: readonly Log[]): Entry[] {
  const entries = logs.flatMap(({ audience, messages }) => messages.map((message) => ({ message, audience, messages })))
  if (logs.length === 1) return entries
  // Above the oldest loaded message of an audience that has older ones, the order is not known yet.
  const floor = logs
    .flatMap(({ isIncomplete, messages }) => (isIncomplete ? (messages[0]?.postedAt ?? []) : []))
    .reduce((latest, at) => (at > latest ? at : latest), '')
  return entries
    .filter(({ message }) => message.postedAt >= floor)
    .toSorted((a, b) => (a.message.postedAt < b.message.postedAt ? -1 : 1))
}

/** Where a message to the whole conversation is posted. */
export function mainAudience(state: State, conversation: Conversation): Audience | undefined {
  const audiences = audiencesOf(state, conversation.id)
  return audiences.find(({ rule }) => rule === 'everybody') ?? audiences[0]
}

export function findConversation(state: State, id: string | undefined): Conversation | undefined {
  return Array.from(state.conversations.values()).find((conversation) => conversation.id === id)
}

/** Everybody whose name this conversation shows. */
export function idsShown(state: State, conversation: Conversation): PersonId[] {
  const ids = new Set(conversation.ownerIds)
  if (conversation.otherId) ids.add(conversation.otherId)
  if (conversation.made?.byId) ids.add(conversation.made.byId)
  for (const audienceId of conversation.audienceIds) {
    for (const message of state.logs.get(audienceId)?.messages ?? []) {
      ids.add(message.authorId)
      if (message.copied) ids.add(message.copied.authorId)
      for (const { personIds } of message.reactions ?? []) for (const id of personIds) ids.add(id)
    }
    for (const id of state.typing.get(audienceId)?.keys() ?? []) ids.add(id)
  }
  return Array.from(ids)
}
