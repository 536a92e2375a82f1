import type { Filling } from '../../../protocol/fields.ts'
import type { AudienceId, MessageId, PersonId } from '../../../protocol/ids.ts'
import type { Part } from '../../../protocol/parts.ts'
import type { CouponPart, MediaPart } from './part-text.ts'

/** What the screens of conversations show; made from the client's state by pure functions. */
export type PersonView = { id: PersonId; name: string; presence?: 'online' | undefined }

export type ConversationRow = {
  id: string
  href: string
  kind: 'direct' | 'group' | 'broadcast'
  name: string
  /** The other one of a direct conversation. */
  person?: PersonView | undefined
  unread: number
  /** Of a broadcast, for its owner only. */
  listeners?: number | undefined
  lastAt?: Date | undefined
  excerpt?: string | undefined
  draft?: string | undefined
  isCurrent: boolean
}

export type SendState = 'waiting' | 'sent' | 'delivered' | 'read' | 'failed'

export type ReactionView = { emoji: string; count: number; own: boolean; names: string[] }

export type QuoteView = { key: string; author: string; parts: readonly Part[]; isDeleted: boolean }

export type MessageView = {
  /** The same from the moment of sending until the message is history. */
  key: string
  author: PersonView
  isOwn: boolean
  postedAt: Date
  text: string
  coupons: CouponPart[]
  media: MediaPart[]
  isEdited: boolean
  isDeleted: boolean
  quote?: QuoteView | undefined
  /** It was taken along from another conversation: who wrote it there. */
  copiedFrom?: string | undefined
  reactions: ReactionView[]
  /** Own messages only. */
  state?: SendState | undefined
  readBy?: { read: number; of: number } | undefined
  /** The code of the refusal, where it could not be sent. */
  failure?: string | undefined
  /** Where it stands, once it is stored. */
  at?: { audienceId: AudienceId; number: number; messageNumber: number } | undefined
  /** In the outbox, until then. */
  pendingId?: MessageId | undefined
  /** Own messages whose recipients each got a text of their own. */
  fields?: Filling | undefined
  may: { reply: boolean; react: boolean; edit: boolean; delete: boolean; seeRecipients: boolean }
}

export type MemberRow = PersonView & {
  title?: string | undefined
  isOwner: boolean
  isMe: boolean
  isExternal?: boolean | undefined
  through?: string | undefined
}
