import type { Message } from '../../../protocol/conversations.ts'
import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import { conversationsOf, lastMessageOf, unreadOf } from '../../../sdk/index.ts'
import type { Conversation, State } from '../../../sdk/index.ts'
import type { Names } from './names.ts'
import type { Text } from '../platform/texts.tsx'
import { textOf } from './part-text.ts'
import type { ConversationRow } from './view.ts'

type ListInput = {
  state: State
  me: PersonId
  names: Names
  organizationId: OrganizationId
  current?: string | undefined
  drafts: ReadonlyMap<string, string>
  text: Text
}

/** The conversations of an organization by name, as lists show them. */
export function conversationRows(input: ListInput): ConversationRow[] {
  return conversationsOf(input.state, input.organizationId)
    .map((conversation) => conversationRow(input, conversation))
    .toSorted((a, b) => a.name.localeCompare(b.name))
}

function conversationRow(input: ListInput, conversation: Conversation): ConversationRow {
  const { state, names, current, drafts } = input
  const { id, kind, otherId } = conversation
  const last = lastMessageOf(state, id)
  return {
    id,
    href: `/c/${id}`,
    kind,
    name: conversationName(conversation, names),
    person: otherId
      ? { id: otherId, name: names(otherId), presence: state.onlineIds.has(otherId) ? 'online' : undefined }
      : undefined,
    unread: unreadOf(state, id),
    listeners: kind === 'broadcast' && conversation.may.seeMembers ? listenersOf(conversation) : undefined,
    lastAt: last ? new Date(last.postedAt) : undefined,
    excerpt: last ? excerpt(input, kind, last) : undefined,
    draft: drafts.get(id),
    isCurrent: id === current,
  }
}

export const conversationName = (conversation: Conversation, names: Names): string =>
  conversation.otherId ? names(conversation.otherId) : (conversation.name ?? '')

/** Those who read, without those who write. */
export const listenersOf = ({ memberCount, ownerIds }: Conversation): number =>
  Math.max((memberCount ?? 0) - ownerIds.length, 0)

function excerpt({ me, names, text }: ListInput, kind: Conversation['kind'], message: Message): string {
  const words = textOf(message.parts, text).replaceAll(/\s+/g, ' ')
  if (words === '') return ''
  if (message.authorId === me) return text('list.you', { words })
  return kind === 'group' ? `${firstName(names(message.authorId))}: ${words}` : words
}

/** Names in Chinese are short and have no blank; others are cut at it. */
const firstName = (name: string): string => name.split(' ')[0] ?? name

/** Everybody whose name the list shows. */
export function idsListed(state: State): PersonId[] {
  const ids = new Set<PersonId>()
  for (const { otherId } of state.conversations.values()) if (otherId) ids.add(otherId)
  for (const { lastMessage } of state.audiences.values()) if (lastMessage) ids.add(lastMessage.authorId)
  return Array.from(ids)
}

/** What is unread in an organization, without the conversation that is open. */
export const unreadIn = (state: State, organizationId: OrganizationId, without?: string): number =>
  conversationsOf(state, organizationId)
    .filter(({ id }) => id !== without)
    .reduce((sum, { id }) => sum + unreadOf(state, id), 0)
