import { z } from 'zod'
import { OrganizationId } from './ids.ts'

/**
 * What becomes of those for whom a field has no value and the text gives no `default`: nothing is sent to anybody
 * (`block`), they get the text with nothing in that place (`default`), or they do not get it at all (`skip`; in
 * broadcasts only, where nobody can tell).
 */
export const MissingPolicy = z.enum(['block', 'default', 'skip'])
export type MissingPolicy = z.infer<typeof MissingPolicy>

export const TimeZone = z.string().max(64).refine(isTimeZone, { error: 'Must be a time zone like Europe/Berlin.' })

/** Says that the text parts are templates, filled for each recipient before the message is sent. */
export const Fields = z.strictObject({
  missing: MissingPolicy.default('block'),
  /** In which it is today; UTC where it is not said. */
  timeZone: TimeZone.optional(),
})
export type Fields = z.infer<typeof Fields>

/** What the author of such a message is told of it. The others see their own text, and nothing of this. */
export const Filling = Fields.extend({
  /** How many have a text of their own. */
  recipients: z.int(),
  /** How many were left out, because a value of theirs is missing. */
  skipped: z.int(),
})
export type Filling = z.infer<typeof Filling>

export const ListFields = z.strictObject({ organizationId: OrganizationId })
export const Field = z.object({
  /** As it stands in a text: `{{ first_name }}`. */
  name: z.string(),
  kind: z.enum(['text', 'list', 'date', 'number', 'money']),
})
export type Field = z.infer<typeof Field>
export const FieldList = z.object({ fields: z.array(Field), filters: z.array(z.string()), tags: z.array(z.string()) })

function isTimeZone(value: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value }).format(0) !== ''
  } catch {
    return false
  }
}
