import { z } from 'zod'
import { auditActs } from './audit-acts.ts'
import { Instant, LogNumber, Moment, OrganizationId, PersonId } from './ids.ts'
import { limits } from './limits.ts'

export const AuditAct = z.enum(auditActs)
const Fact = z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())])
/** Ids, counts, roles, names of fields: nothing secret, and no names of people, which are looked up when it is read. */
const AuditFactsStored = z.record(z.string(), Fact)
export type AuditFacts = Readonly<Record<string, string | number | boolean | null | readonly string[]>>

/** An entry as it is stored: all that its hash covers, and the hash, as 64 hexadecimal digits. */
export const AuditEntry = z.object({
  organizationId: OrganizationId,
  /** Dense, from 1. */
  number: LogNumber,
  at: Instant,
  act: z.string(),
  /** `server`: what it does by itself. */
  actorKind: z.enum(['person', 'operator', 'nobody', 'server']),
  actorId: z.uuid().nullable(),
  deviceId: z.uuid().nullable(),
  /** The people it was done to. */
  personIds: z.array(z.uuid()),
  /** What else it was done to: a conversation, a device, an import. */
  thingId: z.uuid().nullable(),
  facts: AuditFactsStored,
  /** The IP address it came from. */
  source: z.string(),
  command: z.string(),
  requestId: z.string(),
  hash: z.string(),
})
export type AuditEntry = z.infer<typeof AuditEntry>

const inOrganization = { organizationId: OrganizationId }
/** The latest first. `person`: who did it, or to whom it was done. */
export const ListAudit = z.strictObject({
  ...inOrganization,
  personId: PersonId.optional(),
  act: AuditAct.optional(),
  from: Moment.optional(),
  until: Moment.optional(),
  /** The number of the last entry of the page before. */
  before: LogNumber.optional(),
  limit: z.int().min(1).max(limits.page).default(50),
})
export const AuditList = z.object({
  entries: z.array(AuditEntry),
  /** Those whom the entries name, by their names of today. Who was erased is missing. */
  people: z.array(z.object({ personId: z.uuid(), name: z.string() })),
  next: LogNumber.nullable(),
})
/** In the order in which they were written. */
export const ReadAudit = z.strictObject({
  ...inOrganization,
  after: LogNumber.default(0),
  limit: z.int().min(1).max(limits.auditPage).default(limits.auditPage),
})
export const AuditPage = z.object({
  entries: z.array(AuditEntry),
  /** The last entry there should be. */
  head: z.object({ number: LogNumber, hash: z.string() }),
})
