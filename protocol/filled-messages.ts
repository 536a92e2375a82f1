import { z } from 'zod'
import { Message } from './conversations.ts'
import { Fields } from './fields.ts'
import { ScheduledMessage } from './groups.ts'
import { AudienceId, LogNumber, MessageId, OrganizationId, PersonId } from './ids.ts'
import { limits } from './limits.ts'
import { Part, Parts } from './parts.ts'

const inAudience = { organizationId: OrganizationId, audienceId: AudienceId }

/** Posts a message whose text parts are templates. */
export const PostWithFields = z.strictObject({ ...inAudience, id: MessageId, parts: Parts, fields: Fields })
/**
 * One of the two: the message, or, where there are more than `limits.fillAtOnce` recipients, what waits until all of
 * their texts are filled; then it is posted, or says why not, like a message that waits for its time.
 */
export const PostedWithFields = z.object({ message: Message.nullable(), scheduled: ScheduledMessage.nullable() })

/** `personIds`: of these recipients; else a page of them in the order of ids. */
export const PreviewMessage = z.strictObject({
  ...inAudience,
  parts: Parts,
  fields: Fields.default({ missing: 'block' }),
  personIds: z.array(PersonId).min(1).max(limits.previewPeople).optional(),
  after: PersonId.optional(),
  limit: z.int().min(1).max(limits.previewPeople).default(1),
})
export const PreviewedRecipient = z.object({
  personId: PersonId,
  name: z.string(),
  /** What they would get; with nothing where a value is missing. */
  parts: z.array(Part),
  /** The fields for which they have no value and the text has no `default`. */
  missing: z.array(z.string()),
})
export const MessagePreview = z.object({
  people: z.array(PreviewedRecipient),
  next: PersonId.nullable(),
  /** All recipients, and those of them for whom values were looked up: at most `limits.fillAtOnce`. */
  total: z.int(),
  checked: z.int(),
  /** Of those that were looked at: how many lack something, and of each field who does, at most ten by name. */
  lacking: z.int(),
  missing: z.array(
    z.object({
      field: z.string(),
      count: z.int(),
      people: z.array(z.object({ personId: PersonId, name: z.string() })),
    }),
  ),
})
export type MessagePreview = z.infer<typeof MessagePreview>

/** `personId`: what this recipient got; else a page of all of them. */
export const ReadFilled = z.strictObject({
  ...inAudience,
  number: LogNumber,
  personId: PersonId.optional(),
  after: PersonId.optional(),
  limit: z.int().min(1).max(limits.previewPeople).default(limits.previewPeople),
})
export const FilledPage = z.object({
  people: z.array(z.object({ personId: PersonId, name: z.string(), parts: z.array(Part) })),
  next: PersonId.nullable(),
})
