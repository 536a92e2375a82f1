import type { ConversationId, PersonId } from '../../../protocol/ids.ts'
import { limits } from '../../../protocol/limits.ts'

export type MemberRole = 'owner' | 'member'
/** What a person is in a conversation, and what they should be; null is "not in it". */
export type Difference = {
  conversationId: ConversationId
  personId: PersonId
  before: MemberRole | null
  after: MemberRole | null
}

export type Turnover = {
  conversationId: ConversationId
  joined: PersonId[]
  left: PersonId[]
  /** Were in it and stay, as an owner or not an owner any more. */
  changed: PersonId[]
  ownersChanged: boolean
}

/** Pure: what happens to each conversation. */
export function turnoverOf(differences: readonly Difference[]): Turnover[] {
  const turnovers = new Map<ConversationId, Turnover>()
  for (const { conversationId, personId, before, after } of differences) {
    const turnover = turnovers.get(conversationId) ?? {
      conversationId,
      joined: [],
      left: [],
      changed: [],
      ownersChanged: false,
    }
    turnovers.set(conversationId, turnover)
    if (before === null) turnover.joined.push(personId)
    else if (after === null) turnover.left.push(personId)
    else turnover.changed.push(personId)
    if (before === 'owner' || after === 'owner') turnover.ownersChanged = true
  }
  return Array.from(turnovers.values())
}

/** People named in one `members.changed`: all, where their marks show; beyond that only the count is told. */
export const NAMED_MAX = limits.membersWithMarks
