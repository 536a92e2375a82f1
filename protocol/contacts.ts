import { z } from 'zod'
import { Address, Locale } from './identity.ts'
import { Instant, Moment, OrganizationId, PersonId } from './ids.ts'
import { limits } from './limits.ts'
import { line, text } from './text.ts'

const inOrganization = { organizationId: OrganizationId }
const oneContact = { ...inOrganization, personId: PersonId }
const Name = line({ max: limits.personName })
/** A tag is one word or a few; capitals do not make another one. */
export const Tag = line({ max: limits.tag }).transform((tag) => tag.toLowerCase())
const Tags = z
  .array(Tag)
  .max(limits.tagsPerContact)
  .transform((tags) => Array.from(new Set(tags)).toSorted())

/** Somebody outside the organization, as those see them who may. */
export const Contact = z.object({
  personId: PersonId,
  name: z.string(),
  /** `invited`: known, and has not come in yet. */
  state: z.enum(['invited', 'active', 'deactivated']),
  /** Empty: known by their device alone. */
  addresses: z.array(z.string()),
  locale: Locale.nullable(),
  tags: z.array(z.string()),
  notes: z.string(),
  /** The member who looks after them. */
  keeperId: PersonId.nullable(),
  keeperName: z.string().nullable(),
  source: z.enum(['made', 'import', 'code']),
  /** The place of the code they came by. */
  place: z.string(),
  createdAt: Instant,
  may: z.object({ change: z.boolean() }),
})
export type Contact = z.infer<typeof Contact>

export const Consent = z.object({
  id: z.uuid(),
  kind: z.string(),
  isGiven: z.boolean(),
  at: Instant,
  how: z.string(),
  wording: z.string(),
})
export type Consent = z.infer<typeof Consent>

/** By name. `search` looks into names and addresses. */
export const ListContacts = z.strictObject({
  ...inOrganization,
  search: line({ min: 0, max: 100 }).default(''),
  tag: Tag.optional(),
  keeperId: PersonId.optional(),
  after: z.string().max(400).optional(),
  limit: z.int().min(1).max(limits.page).default(100),
})
export const ContactList = z.object({ contacts: z.array(Contact), total: z.int(), next: z.string().nullable() })
/** How many customers each sales person looks after, of those one may see. Null: nobody. */
export const KeeperList = z.object({
  keepers: z.array(z.object({ keeperId: PersonId.nullable(), name: z.string().nullable(), count: z.int() })),
})
export const InContacts = z.strictObject(inOrganization)
export const GetContact = z.strictObject(oneContact)
export const ContactCard = Contact.extend({ consents: z.array(Consent) })

const Addresses = z.array(Address).min(1).max(limits.addressesPerContact)
const details = {
  locale: Locale.nullable(),
  tags: Tags,
  notes: text({ max: limits.contactNotes }),
  keeperId: PersonId.nullable(),
}
/** Without a keeper one looks after them oneself. */
export const CreateContact = z.strictObject({
  ...inOrganization,
  name: Name,
  /** The first is the one they sign in with. */
  addresses: Addresses,
  locale: details.locale.default(null),
  tags: details.tags.default([]),
  notes: details.notes.default(''),
  keeperId: PersonId.optional(),
})
export const ChangeContact = z.strictObject({
  ...oneContact,
  name: Name.optional(),
  addresses: Addresses.optional(),
  locale: details.locale.optional(),
  tags: details.tags.optional(),
  notes: details.notes.optional(),
  keeperId: details.keeperId.optional(),
})
export const RemoveContact = z.strictObject(oneContact)
export const TagContacts = z.strictObject({
  ...inOrganization,
  personIds: z.array(PersonId).min(1).max(limits.peoplePerCommand),
  add: Tags.default([]),
  remove: Tags.default([]),
})
/** What somebody agreed to, or does not agree to any more. The latest word counts; all of them are kept. */
export const RecordConsent = z.strictObject({
  ...oneContact,
  consentId: z.uuid(),
  kind: line({ max: 40 }),
  isGiven: z.boolean(),
  how: line({ max: 200 }),
  wording: text({ max: 2_000 }),
  /** When it was said; now, where absent. */
  at: Moment.optional(),
})

/** What an organization allows. */
export const OutsiderRules = z.object({
  /** Who brings people from outside into conversations they own: every owner, or administrators alone. */
  mayBring: z.enum(['owners', 'administrators']),
  /** Whether somebody may join by a code without any address. */
  admitsAnonymous: z.boolean(),
})
export type OutsiderRules = z.infer<typeof OutsiderRules>
export const ChangeOutsiderRules = z.strictObject({
  ...inOrganization,
  mayBring: OutsiderRules.shape.mayBring.optional(),
  admitsAnonymous: z.boolean().optional(),
})

export const ContactColumn = z.enum([
  /** What an export calls a contact. Anything else that stands there is passed over. */
  'id',
  'name',
  'firstName',
  'lastName',
  'address',
  'phone',
  'locale',
  'tags',
  'keeper',
  'notes',
  'none',
])
export type ContactColumn = z.infer<typeof ContactColumn>
const file = {
  ...inOrganization,
  fileName: line({ max: 200 }),
  /** The file's bytes; see `limits.importBytes`. */
  content: z.base64(),
  /** The meaning of each column, in the file's order; detected where absent. */
  columns: z.array(ContactColumn).max(100).optional(),
}
export const ContactFault = z.object({
  line: z.int(),
  code: z.enum([
    'name.missing',
    'address.missing',
    'address.bad',
    'address.twice',
    'address.of-member',
    'keeper.unknown',
    'locale.unknown',
    'text.too-long',
    'text.not-storable',
  ]),
  value: z.string(),
})
export type ContactFault = z.infer<typeof ContactFault>
const Row = z.object({ line: z.int(), name: z.string(), address: z.string() })
export const PreviewContacts = z.strictObject(file)
/** What importing the file would do. The lists hold the first rows, the counts all. */
export const ContactPreview = z.object({
  digest: z.string(),
  encoding: z.string(),
  delimiter: z.string(),
  columns: z.array(z.object({ heading: z.string(), meaning: ContactColumn, sample: z.string() })),
  rowCount: z.int(),
  counts: z.object({ created: z.int(), changed: z.int(), unchanged: z.int(), faulty: z.int(), remarks: z.int() }),
  created: z.array(Row),
  changed: z.array(Row),
  /** Why rows are left out. */
  faults: z.array(ContactFault),
  /** What is left open in rows that are taken. */
  remarks: z.array(ContactFault),
})
export type ContactPreview = z.infer<typeof ContactPreview>
export const ImportContacts = z.strictObject({ ...file, digest: z.string().max(100) })
export const ImportedContacts = z.object({ created: z.int(), changed: z.int(), skipped: z.int() })
/** A list as CSV in UTF-8, with a byte order mark so that spreadsheets read it right. */
export const ExportedContacts = z.object({ csv: z.string(), count: z.int() })
