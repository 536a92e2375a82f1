import { z } from 'zod'
import { Address } from './identity.ts'
import { ConversationId, OrganizationId, PersonId } from './ids.ts'
import { limits } from './limits.ts'
import { Role } from './organization.ts'
import { line } from './text.ts'

const inOrganization = { organizationId: OrganizationId }

/**
 * What a column of an employee list can mean. `key` is what `manager` points to; a manager may also be named by
 * address or name.
 */
export const Column = z.enum([
  'key',
  'name',
  'firstName',
  'lastName',
  'title',
  'address',
  'phone',
  'place',
  'manager',
  'none',
])
export type Column = z.infer<typeof Column>

const file = {
  ...inOrganization,
  fileName: line({ max: 200 }),
  /** The file's bytes. More than `limits.importBytes` of them are refused as `input.too-large`. */
  content: z.base64(),
  /** The meaning of each column, in the file's order; detected where absent. */
  columns: z.array(Column).max(100).optional(),
  /** Whether those who came by an import and are not in this file any more are deactivated. */
  isComplete: z.boolean().default(true),
}
export const PreviewImport = z.strictObject(file)

export const Fault = z.object({
  /** As an editor counts: the header is line 1. */
  line: z.int(),
  code: z.enum([
    'row.columns',
    'name.missing',
    'address.missing',
    'address.bad',
    'address.twice',
    'key.twice',
    'manager.missing',
    'manager.ambiguous',
    'manager.faulty',
    'manager.cycle',
    'text.too-long',
    'text.not-storable',
  ]),
  /** The column's heading in the file. */
  column: z.string().nullable(),
  value: z.string(),
  /** Another line that has to do with it. */
  otherLine: z.int().nullable(),
})
export type Fault = z.infer<typeof Fault>

const Who = z.object({
  line: z.int().nullable(),
  name: z.string(),
  title: z.string(),
  managerName: z.string().nullable(),
})
export const GroupChange = z.object({
  name: z.string(),
  kind: z.enum(['group', 'broadcast']),
  isNew: z.boolean(),
  /** Its manager has nobody any more. What was said in it can still be read. */
  isClosed: z.boolean(),
  /** Its members are groups: it reaches all levels. */
  isNested: z.boolean(),
  /** In a broadcast these are the listeners, without the owner. */
  before: z.int(),
  after: z.int(),
  /** Names, at most five of each. */
  joins: z.array(z.string()),
  leaves: z.array(z.string()),
})
/** What applying the file would do. The lists hold the first rows, the counts all. */
export const ImportPreview = z.object({
  /** Hand it to `import.apply`: it names this file, these columns and the state they were compared with. */
  digest: z.string(),
  encoding: z.string(),
  delimiter: z.string(),
  columns: z.array(z.object({ heading: z.string(), meaning: Column, sample: z.string() })),
  rowCount: z.int(),
  counts: z.object({ created: z.int(), changed: z.int(), deactivated: z.int(), unchanged: z.int(), faulty: z.int() }),
  created: z.array(Who),
  changed: z.array(
    Who.extend({ changes: z.array(z.object({ field: z.string(), before: z.string(), after: z.string() })) }),
  ),
  deactivated: z.array(Who),
  faults: z.array(Fault),
  /**
   * Names of those whom a directory service puts in a circle, each below the next and the last below the first: they
   * keep the manager they have, or none, until it is mended. Rows of a file in a circle are faulty.
   */
  circles: z.array(z.array(z.string())),
  groupCount: z.int(),
  groups: z.array(GroupChange),
})
export type ImportPreview = z.infer<typeof ImportPreview>

export const ApplyImport = z.strictObject({
  ...file,
  /** Chosen by the client; `progress` states carry it. */
  importId: z.uuid(),
  digest: z.string().max(100),
  /** Import the good rows although others are faulty. */
  skipFaulty: z.boolean().default(false),
})
export const AppliedImport = z.object({
  created: z.int(),
  changed: z.int(),
  deactivated: z.int(),
  skipped: z.int(),
  groupsMade: z.int(),
})
/**
 * How far an import of one's own has come, for who has no connection to be told. Known only while it runs, and a
 * while after.
 */
export const AskImportProgress = z.strictObject({ importId: z.uuid() })
export const ImportProgress = z.object({
  progress: z.object({ step: z.string(), done: z.int(), total: z.int() }).nullable(),
})
export const AddMember = z.strictObject({
  ...inOrganization,
  name: line({ max: limits.personName }),
  address: Address,
  title: line({ min: 0, max: limits.title }).default(''),
  place: line({ min: 0, max: limits.place }).default(''),
  phone: line({ min: 0, max: limits.phone }).default(''),
  managerId: PersonId.nullable().default(null),
  role: Role.default('member'),
})
export const AddedMember = z.object({ personId: PersonId })
/** Changes title, place, phone, name or manager; a new manager moves the groups along. */
export const ChangeMember = z.strictObject({
  ...inOrganization,
  personId: PersonId,
  name: line({ max: limits.personName }).optional(),
  title: line({ min: 0, max: limits.title }).optional(),
  place: line({ min: 0, max: limits.place }).optional(),
  phone: line({ min: 0, max: limits.phone }).optional(),
  managerId: PersonId.nullable().optional(),
})
/** Out of the directory and of all groups; what they wrote stays. Their reports move to their manager. */
export const RemoveMember = z.strictObject({ ...inOrganization, personId: PersonId })
/** The group and the broadcast over all levels below a manager. Without a person: one's own. */
export const CreateLevels = z.strictObject({ ...inOrganization, personId: PersonId.optional() })
export const CreatedLevels = z.object({
  groupId: ConversationId,
  broadcastId: ConversationId,
  /** False where they existed already. */
  isNew: z.boolean(),
})
/** Under whom somebody would be; without a manager at the top. */
export const PreviewMove = z.strictObject({ ...inOrganization, personId: PersonId, managerId: PersonId.optional() })
export const MovePreview = z.object({ groupCount: z.int(), groups: z.array(GroupChange) })
