import { z } from 'zod'
import { limits } from '../../../protocol/limits.ts'
import { isStorable } from '../../../protocol/text.ts'

export const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User'
export const groupSchema = 'urn:ietf:params:scim:schemas:core:2.0:Group'
export const enterpriseSchema = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
export const patchSchema = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
export const listSchema = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'

/** UTF-16 code units of one attribute; none that we know of is longer than an address line. */
const TEXT_MAX = 1_000
/** Entries of one multi-valued attribute: a person has few of each. */
const VALUES_MAX = 20

const Text = z.string().max(TEXT_MAX).refine(isStorable, { error: 'Holds a character that cannot be stored.' })
/** Some send numbers where the schema wants text, and null for what is not there. */
const text = z
  .union([Text, z.number().transform(String), z.null()])
  .transform((value) => value?.trim() || undefined)
  .optional()
/** Entra sends "True" and "False". */
export const flag = z
  .union([z.boolean(), z.stringbool({ truthy: ['true'], falsy: ['false'] })])
  .nullable()
  .transform((value) => value ?? undefined)
  .optional()
const many = <T extends z.ZodType>(one: T) =>
  z
    .union([z.array(one).max(VALUES_MAX), one.transform((only) => [only]), z.null()])
    .transform((values) => values ?? undefined)
    .optional()

const Valued = z.object({ value: text, type: text, primary: flag, display: text })
const Address = z.object({
  type: text,
  primary: flag,
  formatted: text,
  streetAddress: text,
  locality: text,
  region: text,
  postalCode: text,
  country: text,
})
/** An id, an object that holds one, or a list of such objects; an empty one means nobody. */
const Manager = z
  .union([z.string(), z.number(), z.looseObject({}), z.array(z.looseObject({})), z.null()])
  .transform((given) => ({ value: refOf(Array.isArray(given) ? given[0] : given) }))

function refOf(given: unknown): string {
  if (typeof given === 'string' || typeof given === 'number') return String(given).trim().slice(0, limits.address)
  if (typeof given !== 'object' || given === null || !('value' in given)) return ''
  return refOf(given.value)
}

const Enterprise = z.object({
  employeeNumber: text,
  costCenter: text,
  organization: text,
  division: text,
  department: text,
  manager: Manager.optional(),
})

/** What of a user is read and kept. Anything else that is sent is left out, a password above all. */
export const ScimUser = z.object({
  externalId: text,
  userName: z
    .string()
    .trim()
    .min(1)
    .max(limits.address)
    .refine(isStorable, { error: 'Holds a character that cannot be stored.' }),
  name: z
    .object({
      formatted: text,
      familyName: text,
      givenName: text,
      middleName: text,
      honorificPrefix: text,
      honorificSuffix: text,
    })
    .nullable()
    .transform((name) => name ?? undefined)
    .optional(),
  displayName: text,
  nickName: text,
  profileUrl: text,
  title: text,
  userType: text,
  preferredLanguage: text,
  locale: text,
  timezone: text,
  active: flag,
  emails: many(Valued),
  phoneNumbers: many(Valued),
  addresses: many(Address),
  [enterpriseSchema]: Enterprise.optional(),
})
export type ScimUser = z.output<typeof ScimUser>

const Member = z.object({ value: z.string().max(100) })
export const ScimGroup = z.object({
  externalId: text,
  displayName: z.string().trim().min(1).max(TEXT_MAX).refine(isStorable),
  members: z.array(Member).max(limits.directoryGroupMembers).nullish(),
})

export const PatchRequest = z.object({
  schemas: z.array(z.string()).optional(),
  Operations: z
    .array(
      z.object({
        op: z
          .string()
          .transform((op) => op.toLowerCase())
          .pipe(z.enum(['add', 'replace', 'remove'])),
        path: z.string().max(TEXT_MAX).optional(),
        value: z.unknown().optional(),
      }),
    )
    .min(1)
    .max(100),
})
export type Operation = z.output<typeof PatchRequest>['Operations'][number]

/** RFC 7643, 2.1: names of attributes have no case. These are those we know. */
const names = `
  schemas id externalId userName name displayName nickName profileUrl title userType
  preferredLanguage locale timezone active emails phoneNumbers addresses members
  formatted familyName givenName middleName honorificPrefix honorificSuffix
  value type primary display streetAddress locality region postalCode country
  employeeNumber costCenter organization division department manager
  Operations op path ${userSchema} ${groupSchema} ${enterpriseSchema}`
  .trim()
  .split(/\s+/)
const known = new Map(names.map((name) => [name.toLowerCase(), name]))
export const canonical = (name: string) => known.get(name.toLowerCase()) ?? name
export const isKnownName = (name: string) => known.has(name.toLowerCase())

/** The same value with the names of its attributes as the schemas write them. */
export function withCanonicalNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withCanonicalNames)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [canonical(name), withCanonicalNames(inner)]))
}
