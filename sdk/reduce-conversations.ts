import type { AudienceView, ConversationView, Mark, Message } from '../protocol/conversations.ts'
import type { AudienceId, ConversationId, OrganizationId } from '../protocol/ids.ts'
import type { Membership } from '../protocol/organization.ts'
import type { Draft } from './draft.ts'
import { canonical, withMark } from './marks-rules.ts'
import type { Audience, Conversation, MessageLog, PendingPost } from './state.ts'

/**
 * Takes in a view of a conversation. Of logs that are known already only what no event tells is taken, so that events
 * which are under way still fit; `believe: 'snapshot'` jumps to the view's heads instead.
 */
export function mergeConversation(draft: Draft, view: ConversationView, believe: 'log' | 'snapshot'): void {
  const { audiences, ...conversation } = view
  const before = draft.conversations.get(view.id)
  const audienceIds = audiences.map(({ id }) => id)
  const gone = before?.audienceIds.filter((id) => !audienceIds.includes(id)) ?? []
  gone.forEach((id) => dropAudience(draft, id))
  const isOld = audiences.some(({ id, lastNumber }) => lastNumber < (draft.audiences.get(id)?.lastNumber ?? 0))
  draft.conversations.set(view.id, {
    ...conversation,
    ...(before && isOld ? toldByEvents(before, view) : {}),
    audienceIds,
  })
  for (const audience of audiences) {
    const known = draft.audiences.get(audience.id)
    const isAhead = !known || (believe === 'snapshot' && audience.lastNumber > known.lastNumber)
    if (isAhead) putAudience(draft, toAudience(audience, view, known))
    else draft.audiences.set(audience.id, mergeAudience(known, audience))
  }
}

/** A view that is older than the events which have been applied must not undo them. */
function toldByEvents({ name, ownerIds, memberCount, isClosed, isExternal }: Conversation, { may }: ConversationView) {
  return { name, ownerIds, memberCount, isClosed, isExternal, may: isClosed ? { ...may, post: false } : may }
}

function toAudience(view: AudienceView, of: ConversationView, known: Audience | undefined): Audience {
  return {
    ...view,
    readNumber: Math.max(view.readNumber, known?.readNumber ?? 0),
    marks: marksOfPresent(known?.marks ?? [], view.marks),
    conversationId: of.id,
    organizationId: of.organizationId,
  }
}

function mergeAudience(known: Audience, { rule, fromNumber, readNumber, marks }: AudienceView): Audience {
  return {
    ...known,
    rule,
    fromNumber,
    readNumber: Math.max(known.readNumber, readNumber),
    // Who was away in between never sees the events of those messages, but has a mark behind them since joining again.
    lastMessageNumber: Math.max(known.lastMessageNumber, readNumber),
    marks: canonical(marks).reduce(withMark, known.marks),
  }
}

/**
 * Whoever is not among today's marks is not there any more, as events tell that were skipped, or marks that came too
 * late.
 */
export function marksOfPresent(known: readonly Mark[], inView: readonly Mark[]): readonly Mark[] {
  const present = new Set(inView.map(({ personId }) => personId))
  return known.filter(({ personId }) => present.has(personId)).reduce(withMark, canonical(inView))
}

/** Puts an audience at its head; of its messages only the last is loaded. */
export function putAudience(draft: Draft, audience: Audience): void {
  draft.audiences.set(audience.id, audience)
  draft.logs.set(audience.id, logAtHead(audience.lastMessage))
  forgetSent(draft, audience.id, audience.lastNumber)
}

/** What was stored is in the log up to here, or was taken out of this person's sight. */
export function forgetSent(draft: Draft, audienceId: AudienceId, lastNumber: number): void {
  const isArrived = ({ place }: PendingPost) => place?.audienceId === audienceId && place.number <= lastNumber
  if (draft.pending.some(isArrived)) draft.pending = draft.pending.filter((post) => !isArrived(post))
}

/** Nothing but events lies between the last message and the head; without a last message there is none at all. */
function logAtHead(lastMessage: Message | null): MessageLog {
  return lastMessage
    ? { messages: [lastMessage], from: lastMessage.number, asking: null }
    : { messages: [], from: 1, asking: null }
}

export function dropConversation(draft: Draft, conversationId: ConversationId): void {
  draft.conversations.get(conversationId)?.audienceIds.forEach((id) => dropAudience(draft, id))
  draft.conversations.delete(conversationId)
}

function dropAudience(draft: Draft, audienceId: AudienceId): void {
  draft.audiences.delete(audienceId)
  draft.logs.delete(audienceId)
  draft.typing.delete(audienceId)
  forgetSent(draft, audienceId, Infinity)
}

/** Who does not take part in an organization hears nothing there; who begins to has a whole organization to fetch. */
export function putMembership(draft: Draft, membership: Membership): void {
  const { id } = membership.organization
  const before = draft.memberships.find(({ organization }) => organization.id === id)
  draft.memberships = sorted([...draft.memberships.filter((known) => known !== before), membership])
  if (membership.state !== 'active') dropOrganization(draft, id)
  else if (before && before.state !== 'active') draft.needs.push({ log: 'reset' })
}

function dropOrganization(draft: Draft, organizationId: OrganizationId) {
  for (const [id, conversation] of Array.from(draft.conversations.entries())) {
    if (conversation.organizationId === organizationId) dropConversation(draft, id)
  }
}

export function sorted(memberships: readonly Membership[]): readonly Membership[] {
  return memberships.toSorted((a, b) => (a.organization.id < b.organization.id ? -1 : 1))
}
