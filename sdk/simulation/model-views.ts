import type { AudienceView, ConversationView, Message } from '../../protocol/conversations.ts'
import type { AudienceEvent, PersonEvent } from '../../protocol/delivery.ts'
import type { PersonId } from '../../protocol/ids.ts'
import type { Membership } from '../../protocol/organization.ts'
import {
  isMember,
  isVisible,
  membersOf,
  type Store,
  type StoredAudience,
  type StoredConversation,
} from './model-store.ts'

/** The conversations of a person as a fresh snapshot shows them. */
export function viewsOf(store: Store, personId: PersonId): ConversationView[] {
  return Array.from(store.conversations.values()).flatMap((conversation) => viewOf(store, conversation, personId) ?? [])
}

export function viewOf(
  store: Store,
  conversation: StoredConversation,
  personId: PersonId,
): ConversationView | undefined {
  const audience = store.audiences.get(conversation.audienceId)
  if (!audience || !isMember(audience, personId)) return undefined
  const { id, kind, name, members, ownerId } = conversation
  const isOwner = ownerId === personId
  return {
    id,
    organizationId: store.organizationId,
    kind,
    name,
    origin: 'made',
    ownerIds: ownerId === null ? [] : [ownerId],
    otherId: kind === 'direct' ? (Array.from(members).find((other) => other !== personId) ?? null) : null,
    memberCount: members.size,
    isClosed: false,
    isExternal: false,
    may: { post: true, manage: isOwner, leave: kind === 'group', seeMembers: true },
    audiences: [audienceViewOf(audience, personId)],
  }
}

function audienceViewOf(audience: StoredAudience, personId: PersonId): AudienceView {
  const present = membersOf(audience).filter((other) => other !== personId)
  const visible = visibleMessages(audience, personId)
  const own = audience.intervals.filter((span) => span.personId === personId)
  const joinedAt = own.at(-1)?.fromMessageNumber ?? 0
  return {
    id: audience.id,
    rule: 'everybody',
    fromNumber: Math.min(...own.map(({ from }) => from)),
    lastNumber: audience.events.length,
    lastId: audience.events.at(-1)?.id ?? null,
    lastMessageNumber: audience.lastMessageNumber,
    readNumber: Math.max(audience.marks.get(personId)?.read ?? 0, joinedAt),
    lastMessage: visible.at(-1) ?? null,
    marks: present.flatMap((id) => {
      const mark = audience.marks.get(id)
      return mark ? [{ personId: id, ...mark }] : []
    }),
  }
}

export function visibleMessages(audience: StoredAudience, personId: PersonId): Message[] {
  return Array.from(audience.messages.values()).filter(({ number }) => isVisible(audience, personId, number))
}

/** What an entry of a log says to a person today. */
export function eventAt(audience: StoredAudience, number: number, personId: PersonId): AudienceEvent | undefined {
  const entry = audience.events[number - 1]
  if (!entry) return undefined
  const place = { audienceId: audience.id, number, id: entry.id }
  const message = entry.about === null ? undefined : audience.messages.get(entry.about)
  if (!isVisible(audience, personId, entry.about ?? number)) return { name: 'hidden', ...place }
  if (entry.name === 'message.posted') return message && { name: 'message.posted', message }
  // As it was written.
  return { name: entry.name, ...place, ...(message ? { message } : {}), ...entry.body } as AudienceEvent
}

/** A person's log speaks of today, too: who has left again meanwhile did not join. */
export function personEventAt(store: Store, personId: PersonId, number: number): PersonEvent | undefined {
  const entry = store.persons.get(personId)?.events[number - 1]
  const conversation = entry && store.conversations.get(entry.conversationId)
  if (!entry || !conversation) return undefined
  const place = { personId, number, id: entry.id }
  const view = viewOf(store, conversation, personId)
  return view
    ? { name: 'conversation.joined', ...place, conversation: view }
    : { name: 'conversation.left', ...place, conversationId: conversation.id }
}

export function membershipIn(store: Store): Membership {
  const organization = {
    id: store.organizationId,
    name: 'Northwind',
    accent: '#2a5bd7',
    locale: 'en' as const,
    directoryVersion: 1,
  }
  return { organization, role: 'member', state: 'active', name: 'Somebody' }
}
