import type { AudienceView, ConversationView } from '../protocol/conversations.ts'
import type { OpenedSync } from '../protocol/delivery.ts'
import type { PersonId } from '../protocol/ids.ts'
import type { Coupon } from '../protocol/coupons.ts'
import type { Pairing } from '../protocol/identity.ts'
import type { Membership } from '../protocol/organization.ts'
import { reduce } from './reducer.ts'
import { emptyState, type Audience, type State } from './state.ts'

/** What a server's snapshot says, in one order, so that two states can be compared with `deepEqual`. */
export type View = {
  personId: PersonId | null
  memberships: Membership[]
  pairings: Pairing[]
  coupons: Coupon[]
  conversations: ConversationView[]
}

/**
 * The durable part of a state, sorted: memberships (without ended ones), sign-ins that wait, coupons, conversations,
 * their audiences, owners and marks. Whatever happened, `viewOf(reduceAll(old, events).state)` equals `viewOf` of a
 * fresh
 * snapshot.
 */
export function viewOf(state: State): View {
  const conversations = Array.from(state.conversations.values(), ({ audienceIds, ...conversation }) => ({
    ...conversation,
    ownerIds: conversation.ownerIds.toSorted(),
    audiences: audienceIds
      .toSorted()
      .flatMap((id) => state.audiences.get(id) ?? [])
      .map(toView),
  }))
  return {
    personId: state.personId,
    memberships: state.memberships.filter((membership) => membership.state !== 'deactivated'),
    pairings: state.pairings.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    coupons: state.coupons.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    conversations: conversations.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
  }
}

/** The view of a fresh snapshot, for comparing. */
export function viewOfSnapshot(opened: OpenedSync): View {
  return viewOf(reduce(emptyState, { kind: 'opened', opened: { ...opened, isReset: true } }).state)
}

function toView({ conversationId: _conversation, organizationId: _organization, ...view }: Audience): AudienceView {
  return { ...view, marks: [...view.marks] }
}
