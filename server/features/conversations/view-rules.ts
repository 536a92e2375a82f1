import type { AudienceView, ConversationView, Mark, Message } from '../../../protocol/conversations.ts'
import type { AudienceId, ConversationId, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import { limits } from '../../../protocol/limits.ts'
import type { MemberRole } from './member-rules.ts'

export type ConversationRow = {
  id: ConversationId
  organizationId: OrganizationId
  kind: 'direct' | 'group' | 'broadcast'
  name: string | null
  origin: 'chart' | 'made' | 'directory'
  role: MemberRole
  memberCount: number
  ownerIds: PersonId[]
  otherId: PersonId | null
  isClosed: boolean
  createdBy: PersonId | null
  isMadeFrom: boolean
  /** Null for those who were never in the other conversation. */
  madeFromName: string | null
  isExternal: boolean
  /** The reader takes part from outside. */
  isOutside: boolean
}
export type AudienceRow = {
  id: AudienceId
  conversationId: ConversationId
  rule: 'everybody' | 'owners' | 'except' | 'these'
  isFirst: boolean
  fromNumber: number
  /** How many messages there were before this person came. */
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
  const { id, organizationId, kind, name, origin, ownerIds, otherId, role, isClosed, createdBy, isOutside } = row
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
    ...(row.isMadeFrom ? { made: { byId: isListener ? null : createdBy, fromName: row.madeFromName } } : {}),
    memberCount: isListener ? null : countOf(row),
    isExternal: isListener ? null : row.isExternal,
    may: {
      post: !isListener && !isClosed,
      manage: isOwner && kind !== 'direct' && origin !== 'directory',
      leave: isOutside || (kind !== 'direct' && (origin === 'made' || isClosed)),
      seeMembers: !isListener,
    },
    audiences: [...audiences],
  }
}

/** Of a direct conversation also when one of the two has left: no event tells of that, but that it is closed. */
const countOf = ({ kind, memberCount }: ConversationRow) => (kind === 'direct' ? 2 : memberCount)

/** Read marks, typing and presence show only where few people talk both ways. */
export function hasMarks({ kind, memberCount }: Pick<ConversationRow, 'kind' | 'memberCount'>): boolean {
  return kind !== 'broadcast' && memberCount <= limits.membersWithMarks
}

/** `isOwner`: of the conversation. The others do not learn that an audience is a narrowed one. */
export function audienceViewOf(
  row: AudienceRow,
  { marks, lastMessage, isOwner }: { marks: readonly MarkRow[]; lastMessage: Message | null; isOwner: boolean },
): AudienceView {
  const narrowed = isOwner ? 'some' : 'everybody'
  return {
    id: row.id,
    rule: row.rule === 'except' || row.rule === 'these' ? narrowed : row.rule,
    fromNumber: row.isFirst ? row.fromNumber : 1,
    lastNumber: row.lastNumber,
    lastId: row.lastId,
    lastMessageNumber: row.lastMessageNumber,
    readNumber: Math.max(row.readNumber, row.fromMessageNumber),
    lastMessage,
    marks: marks.map(({ personId, read, delivered }) => ({ personId, read, delivered })),
  }
}
