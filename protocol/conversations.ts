import { z } from 'zod'
import { Fields, Filling } from './fields.ts'
import { AudienceId, ConversationId, Instant, LogNumber, MessageId, OrganizationId, PersonId } from './ids.ts'
import { limits } from './limits.ts'
import { Part, Parts } from './parts.ts'
import { line, text } from './text.ts'

export const Emoji = text({ min: 1, max: limits.emoji }).refine((value) => /^\p{RGI_Emoji}$/v.test(value), {
  error: 'Must be one emoji.',
})
export const Reaction = z.object({ emoji: z.string(), personIds: z.array(PersonId) })

/** Its `audienceId` and `number` name a message; its `id` was chosen by the author's client. */
export const Message = z.object({
  id: MessageId,
  audienceId: AudienceId,
  authorId: PersonId,
  /** Empty once deleted. */
  parts: z.array(Part),
  /** Dense in the log of its audience, which holds edits and reactions too. */
  number: LogNumber,
  /** Dense among the messages of its audience: unread = last - read mark of this. */
  messageNumber: LogNumber,
  /** Monotone in its conversation, so that messages of several audiences can be sorted by it. */
  postedAt: Instant,
  /** The number of the message it answers, in the same audience. */
  replyTo: LogNumber.optional(),
  editedAt: Instant.optional(),
  deletedAt: Instant.optional(),
  reactions: z.array(Reaction).optional(),
  /** It was copied from another conversation by its author; somebody else may have written it there. */
  copied: z.object({ authorId: PersonId, postedAt: Instant }).optional(),
  /** For its author alone: `parts` are what they wrote, with fields. Everybody else gets a text of their own. */
  fields: Filling.optional(),
})
export type Message = z.infer<typeof Message>

/** How far a member has received and read, in message numbers. */
export const Mark = z.object({ personId: PersonId, read: LogNumber, delivered: LogNumber })
export type Mark = z.infer<typeof Mark>

/** An audience as one of its members sees it. */
export const AudienceView = z.object({
  id: AudienceId,
  /** `some`: a broadcast narrowed by its owner. To its listeners it is like one for everybody. */
  rule: z.enum(['everybody', 'owners', 'some']),
  /** The log's first number that this person may see. */
  fromNumber: LogNumber,
  lastNumber: LogNumber,
  /** The id of the last event: another one under the same number means a restored backup. */
  lastId: z.uuid().nullable(),
  lastMessageNumber: LogNumber,
  /** This person's own read mark. */
  readNumber: LogNumber,
  lastMessage: Message.nullable(),
  /** Of the other members; only in direct conversations and small groups. */
  marks: z.array(Mark),
})
export type AudienceView = z.infer<typeof AudienceView>

export const ConversationKind = z.enum(['direct', 'group', 'broadcast'])
export type ConversationKind = z.infer<typeof ConversationKind>

/** A conversation as one person sees it; what they may do comes with it. */
export const ConversationView = z.object({
  id: ConversationId,
  organizationId: OrganizationId,
  kind: ConversationKind,
  /** Null in direct conversations, which are called after the other person. */
  name: z.string().nullable(),
  /** `chart`: follows the organization chart; `directory`: follows a group of the organization's directory service. */
  origin: z.enum(['chart', 'made', 'directory']),
  ownerIds: z.array(PersonId),
  /** The other one of a direct conversation. */
  otherId: PersonId.nullable(),
  /** Null for the listeners of a broadcast, who cannot know it. */
  memberCount: z.int().nullable(),
  /** Nobody writes here any more; what was written can be read. */
  isClosed: z.boolean(),
  /**
   * Of a group that was made from another: by whom (not told to listeners of a broadcast, who know only its owners),
   * and, for those who were in that one, what it was called.
   */
  made: z.object({ byId: PersonId.nullable(), fromName: z.string().nullable() }).optional(),
  /** Somebody from outside the organization is or was in it. Null for the listeners of a broadcast. */
  isExternal: z.boolean().nullable(),
  may: z.object({ post: z.boolean(), manage: z.boolean(), leave: z.boolean(), seeMembers: z.boolean() }),
  audiences: z.array(AudienceView),
})
export type ConversationView = z.infer<typeof ConversationView>

const inOrganization = { organizationId: OrganizationId }
const oneConversation = { ...inOrganization, conversationId: ConversationId }
const oneMessage = { ...inOrganization, audienceId: AudienceId, number: LogNumber }
const People = z.array(PersonId).min(1).max(limits.peoplePerCommand)
const Name = line({ max: limits.conversationName })
const Content = { parts: Parts, replyTo: LogNumber.optional() }

export const PostMessage = z.strictObject({ ...inOrganization, audienceId: AudienceId, id: MessageId, ...Content })
export type PostMessage = z.infer<typeof PostMessage>
/** The first message makes the direct conversation; later ones find it. */
export const PostDirect = z.strictObject({
  ...inOrganization,
  personId: PersonId,
  id: MessageId,
  parts: Content.parts,
  /** The text parts are templates, filled before the message is sent. */
  fields: Fields.optional(),
})
export const PostedDirect = z.object({ conversation: ConversationView, message: Message })
/** With `fields` the text parts are templates, filled anew for everybody who got the message. */
export const EditMessage = z.strictObject({ ...oneMessage, parts: Content.parts, fields: Fields.optional() })
export const DeleteMessage = z.strictObject(oneMessage)
export const ReactToMessage = z.strictObject({ ...oneMessage, emoji: Emoji, isOn: z.boolean() })

/** Marks only move forward. */
export const MarkAudience = z.strictObject({
  ...inOrganization,
  audienceId: AudienceId,
  read: LogNumber.default(0),
  delivered: LogNumber.default(0),
})
export type MarkAudience = z.infer<typeof MarkAudience>
export const Marked = z.object({ read: LogNumber, delivered: LogNumber })
export const Typing = z.strictObject({ ...inOrganization, audienceId: AudienceId })

/** Newest first with `before`, oldest first with `after`; both are log numbers and exclusive. */
export const History = z.strictObject({
  ...inOrganization,
  audienceId: AudienceId,
  before: LogNumber.optional(),
  after: LogNumber.optional(),
  limit: z.int().min(1).max(limits.page).default(50),
})
/** Messages in ascending order; `hasMore` says whether there are further ones in the direction asked for. */
export const HistoryPage = z.object({ messages: z.array(Message), hasMore: z.boolean() })

export const Recipients = z.strictObject({
  ...oneMessage,
  after: PersonId.optional(),
  limit: z.int().min(1).max(limits.page).default(limits.page),
})
export const ConversationMembers = z.strictObject({
  ...oneConversation,
  after: PersonId.optional(),
  limit: z.int().min(1).max(limits.page).default(limits.page),
})
export const ConversationMember = z.object({
  personId: PersonId,
  name: z.string(),
  role: z.enum(['owner', 'member']),
  /** From outside the organization. */
  isExternal: z.boolean(),
  /** The groups through which they are in, where they are not in it directly. */
  through: z.array(ConversationId),
})
export const MemberPage = z.object({ members: z.array(ConversationMember), next: PersonId.nullable() })
export const RecipientPage = z.object({
  recipients: z.array(z.object({ personId: PersonId, name: z.string() })),
  total: z.int(),
  next: PersonId.nullable(),
})

export const GetConversation = z.strictObject(oneConversation)
export const ListConversations = z.strictObject({
  ...inOrganization,
  after: ConversationId.optional(),
  limit: z.int().min(1).max(limits.page).default(limits.page),
})
export const ConversationPage = z.object({ conversations: z.array(ConversationView), next: ConversationId.nullable() })

/** The creator owns it. `history`: whether those who join later see what was before. */
export const CreateConversation = z.strictObject({
  ...inOrganization,
  conversationId: ConversationId,
  kind: z.enum(['group', 'broadcast']),
  name: Name,
  personIds: z.array(PersonId).max(limits.peoplePerCommand).default([]),
  history: z.enum(['all', 'joined']).default('joined'),
})
export const RenameConversation = z.strictObject({ ...oneConversation, name: Name })
export const AddMembers = z.strictObject({ ...oneConversation, personIds: People })
export const RemoveMembers = z.strictObject({ ...oneConversation, personIds: People })
export const SetOwners = z.strictObject({ ...oneConversation, personIds: People })
export const LeaveConversation = z.strictObject(oneConversation)
/** Only where nobody from outside is in it any more. */
export const CloseOff = z.strictObject(oneConversation)

/** The names of people by their ids: of colleagues, and of those one shares a conversation with. */
export const GetNames = z.strictObject({ ...inOrganization, personIds: z.array(PersonId).min(1).max(limits.page) })
export const Names = z.object({
  people: z.array(z.object({ personId: PersonId, name: z.string(), isExternal: z.boolean() })),
})
/** `innerId` becomes, or stops being, a member of `conversationId`. */
export const NestConversation = z.strictObject({ ...oneConversation, innerId: ConversationId })
export const Nothing = z.object({})
