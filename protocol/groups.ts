import { z } from 'zod'
import { ConversationView } from './conversations.ts'
import { Fields } from './fields.ts'
import { AudienceId, ConversationId, Instant, LogNumber, MessageId, Moment, OrganizationId, PersonId } from './ids.ts'
import { limits } from './limits.ts'
import { Part, Parts } from './parts.ts'
import { line } from './text.ts'

const inOrganization = { organizationId: OrganizationId }
const oneMessage = { ...inOrganization, audienceId: AudienceId, number: LogNumber }
const page = { after: PersonId.optional(), limit: z.int().min(1).max(limits.page).default(limits.page) }
const Name = line({ max: limits.conversationName })

/** Who of a broadcast gets a message: everybody but these, those who join later too; or these alone. */
export const Selection = z.strictObject({
  rule: z.enum(['except', 'these']),
  personIds: z.array(PersonId).min(1).max(limits.selectionPeople),
})
export type Selection = z.infer<typeof Selection>

/** The same selection is the same audience again. Messages are posted to it like to any other. */
export const NarrowAudience = z.strictObject({
  ...inOrganization,
  conversationId: ConversationId,
  selection: Selection,
  /** How many listeners the owner saw. Where it is another number now, nothing is made. */
  expects: z.int().min(0).optional(),
})
export const NarrowedAudience = z.object({
  audienceId: AudienceId,
  /** Listeners who are in it, without the owners. */
  recipientCount: z.int(),
  conversation: ConversationView,
})
/** Makes a broadcast of those who are in a narrowed audience today. */
export const KeepAudience = z.strictObject({
  ...inOrganization,
  audienceId: AudienceId,
  conversationId: ConversationId,
  name: Name,
})

/** A group of some members of another, owned by who makes it; nothing that happens to the other one touches it. */
export const SplitConversation = z.strictObject({
  ...inOrganization,
  /** Of the new one. */
  conversationId: ConversationId,
  fromId: ConversationId,
  name: Name,
  personIds: z.array(PersonId).min(1).max(limits.peoplePerCommand),
  history: z.enum(['all', 'joined']).default('joined'),
  /** Messages that are copied into it, in this order. Copies say so, and cannot be edited. */
  copies: z
    .array(z.strictObject({ audienceId: AudienceId, number: LogNumber }))
    .max(limits.copiesPerGroup)
    .default([]),
})

/** Listeners of today who were not in the audience of this message. */
export const Missed = z.strictObject({ ...oneMessage, ...page })
export const MissedPage = z.object({
  people: z.array(z.object({ personId: PersonId, name: z.string() })),
  total: z.int(),
  next: PersonId.nullable(),
})
export const Reach = z.strictObject(oneMessage)
/** How many listeners a message was for, and how many devices of theirs have received and shown it so far. */
export const MessageReach = z.object({ recipients: z.int(), delivered: z.int(), read: z.int() })

export const CreateSchedule = z.strictObject({
  ...inOrganization,
  audienceId: AudienceId,
  /** The id that the message will have. */
  id: MessageId,
  parts: Parts,
  /** The text parts are templates, filled when their time has come. */
  fields: Fields.optional(),
  /** At least now, at most a year ahead. */
  postAt: Moment,
})
export const ScheduledMessage = z.object({
  id: MessageId,
  audienceId: AudienceId,
  conversationId: ConversationId,
  parts: z.array(Part),
  fields: Fields.optional(),
  postAt: Instant,
  /** `refused`: when its time had come, it could not be posted any more; `fault` is the code of the reason. */
  state: z.enum(['waiting', 'posted', 'cancelled', 'refused']),
  fault: z.string().nullable(),
})
export type ScheduledMessage = z.infer<typeof ScheduledMessage>
export const ListSchedules = z.strictObject(inOrganization)
/** One's own, the next one first. At most `limits.schedulesPerPerson`. */
export const ScheduleList = z.object({ scheduled: z.array(ScheduledMessage) })
export const CancelSchedule = z.strictObject({ ...inOrganization, id: MessageId })
