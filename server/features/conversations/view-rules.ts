import type { AudienceView, ConversationView, Mark, Message } from '../../../protocol/conversations.ts'
import type { AudienceId, ConversationId, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import { limits } from '../../../protocol/limits.ts'
import type { MemberRole } from './member-rules.ts'

export type ConversationRow = {
  id: ConversationId
  organizationId: OrganizationId
  kind: 'direct' | 'group' | 'broadcast'
  name: string | null
  origin: 'chart' | 'made'
  role: MemberRole
  memberCount: number
  ownerIds: PersonId[]
  otherId: PersonId | null
  isClosed: boolean
}
export type AudienceRow = {
  id: AudienceId
  conversationId: ConversationId
  rule: AudienceView['rule']
  isFirst: boolean
  fromNumber: number
  fromMessageNumber: number
  lastNumber: number
  lastId: string | null
  lastMessageNumber: number
  readNumber: number
  lastSeenMessage: number | null
}
export type MarkRow = Mark & { audienceId: AudienceId }

/** Pure: what one person sees of a conversation. Listeners of a broadcast learn of nobody but its owners. */
export function viewOf(row: ConversationRow, audiences: readonly AudienceView[]): ConversationView {
  const { id, organizationId, kind, name, origin, ownerIds, otherId, role, isClosed } = row
  const isOwner = role === 'owner'
  const isListener = kind === 'broadcast' && !isOwner
  return {
    id,
    organizationId,
    kind,
    name,
    origin,
    ownerIds,
    otherId,
    isClosed,
    memberCount: isListener ? null : row.memberCount,
    may: {
      post: !isListener && !isClosed,
      manage: isOwner && kind !== 'direct',
      leave: kind !== 'direct' && (origin === 'made' || isClosed),
      seeMembers: !isListener,
    },
    audiences: [...audiences],
  }
}

/** Read marks, typing and presence show only where few people talk both ways. */
export function hasMarks({ kind, memberCount }: Pick<ConversationRow, 'kind' | 'memberCount'>): boolean {
  return kind !== 'broadcast' && memberCount <= limits.membersWithMarks
}

export function audienceViewOf(row: AudienceRow, marks: readonly MarkRow[], lastMessage: Message | null): AudienceView {
  return {
    id: row.id,
    rule: row.rule,
    fromNumber: row.isFirst ? row.fromNumber : 1,
    lastNumber: row.lastNumber,
    lastId: row.lastId,
    lastMessageNumber: row.lastMessageNumber,
    readNumber: Math.max(row.readNumber, row.isFirst ? row.fromMessageNumber : 0),
    lastMessage,
    marks: marks.map(({ personId, read, delivered }) => ({ personId, read, delivered })),
  }
}
