import { z } from 'zod'
import { Tag } from './contacts.ts'
import { ConversationId, Instant, OrganizationId, PersonId } from './ids.ts'
import { limits } from './limits.ts'
import { line, text } from './text.ts'

const inOrganization = { organizationId: OrganizationId }

/** As the IANA database names it: `Europe/Berlin`. */
export const TimeZone = z
  .string()
  .max(60)
  .refine(isTimeZone, { error: 'Must be the name of a time zone, like Europe/Berlin.' })

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** What an organization has agreed on. Everybody in it can read this. */
export const ReportPolicy = z.object({
  /** Off: nobody reads reports, and none are sent. */
  isOn: z.boolean(),
  /** What employees are told about it; empty: only what the product says by itself. */
  words: z.string(),
  timeZone: z.string(),
  /** Whether messages between two people are counted. Who wrote to whom is never shown. */
  countsDirect: z.boolean(),
})
export type ReportPolicy = z.infer<typeof ReportPolicy>
export const ReportEvery = z.enum(['never', 'day', 'week', 'month'])
export type ReportEvery = z.infer<typeof ReportEvery>

export const GetReportPolicy = z.strictObject(inOrganization)
export const OwnReportPolicy = ReportPolicy.extend({
  /** Somebody reports to this person, and reports are on. */
  mayRead: z.boolean(),
  /** How often one gets a report by mail. */
  every: ReportEvery,
})
export const SetReportPolicy = z.strictObject({
  ...inOrganization,
  isOn: z.boolean().optional(),
  words: text({ max: limits.reportWords }).optional(),
  timeZone: TimeZone.optional(),
  countsDirect: z.boolean().optional(),
})
export const SubscribeReport = z.strictObject({ ...inOrganization, every: ReportEvery })
export const SubscribedReport = z.object({ every: ReportEvery, nextAt: Instant.nullable() })

const period = {
  /** Days in the organization's time zone; both belong to it. At most 366. */
  from: z.iso.date(),
  until: z.iso.date(),
}
/** Without filters: all groups of those below the reader in the chart. */
const scope = {
  ...inOrganization,
  ...period,
  conversationId: ConversationId.optional(),
  personId: PersonId.optional(),
  /** Only groups with this customer, whom the reader or somebody below the reader looks after. */
  contactId: PersonId.optional(),
  /** Only groups with such a customer who has this tag. */
  tag: Tag.optional(),
}
export const ReadReport = z.strictObject(scope)
/** `search` looks into names. */
export const FindReportCustomers = z.strictObject({ ...inOrganization, search: line({ min: 0, max: 100 }).default('') })
/** The first fifty by name, with who looks after them. */
export const ReportCustomers = z.object({
  customers: z.array(z.object({ personId: PersonId, name: z.string(), keeperName: z.string() })),
})

const who = { personId: PersonId, name: z.string(), conversationId: ConversationId, subject: z.string() }
const Kind = z.enum(['group', 'broadcast'])
export const ReportRow = z.object({
  /** From whom, and where to: `subject` is what the group is called. */
  ...who,
  kind: Kind,
  /** To how many: who is in it today, without the sender. */
  people: z.int(),
  messages: z.int(),
  firstAt: Instant,
  lastAt: Instant,
})
export type ReportRow = z.infer<typeof ReportRow>
export const Report = z.object({
  ...period,
  timeZone: z.string(),
  messages: z.int(),
  groups: z.int(),
  people: z.int(),
  /** Messages between two people, where the policy counts them. */
  direct: z.int().nullable(),
  /** Only days with messages. */
  days: z.array(z.object({ day: z.iso.date(), messages: z.int() })),
  /** The most active first. */
  rows: z.array(ReportRow),
  /** False: there are more rows than `limits.reportRows`. */
  isWhole: z.boolean(),
})
export type Report = z.infer<typeof Report>

/** Each message: when, from whom, where to. Never what it says. The latest first. */
export const ReadReportMessages = z.strictObject({
  ...scope,
  before: z.string().max(200).optional(),
  limit: z.int().min(1).max(limits.page).default(50),
})
export const ReportMessage = z.object({
  ...who,
  kind: Kind,
  at: Instant,
  /** To how many it went. */
  people: z.int(),
})
export type ReportMessage = z.infer<typeof ReportMessage>
export const ReportMessages = z.object({ messages: z.array(ReportMessage), next: z.string().nullable() })
export const ExportReport = z.strictObject({ ...scope, what: z.enum(['groups', 'messages']).default('groups') })
/** CSV (RFC 4180) in UTF-8 with a byte order mark. No cell can be taken for a formula. */
export const ExportedReport = z.object({ fileName: z.string(), csv: z.string(), isWhole: z.boolean() })
