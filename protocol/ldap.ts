import { z } from 'zod'
import { Instant, OrganizationId } from './ids.ts'
import { AppliedImport, ImportPreview } from './structure.ts'
import { line, text } from './text.ts'

const inOrganization = { organizationId: OrganizationId }
const attribute = line({ max: 100 }).regex(/^[A-Za-z][\w;.-]*$/, { error: 'Must be the name of an attribute.' })

/** Which attribute of an entry says what. */
export const LdapAttributes = z.strictObject({
  name: attribute.default('displayName'),
  address: attribute.default('mail'),
  title: attribute.default('title'),
  phone: attribute.default('telephoneNumber'),
  place: attribute.default('l'),
  /** The employee number. */
  key: attribute.default('employeeNumber'),
  /** Holds the manager's DN; a number or an address serves as well. */
  manager: attribute.default('manager'),
})
export type LdapAttributes = z.infer<typeof LdapAttributes>
const Security = z.enum(['tls', 'starttls', 'none'])

export const SetLdap = z.strictObject({
  ...inOrganization,
  /** `ldaps://ldap.example.com` for TLS, `ldap://…` for StartTLS or, on a network that is yours alone, for none. */
  url: line({ max: 200 }).regex(/^ldaps?:\/\/[\w.-]+(:\d{1,5})?\/?$|^ldaps?:\/\/\[[\da-f:]+\](:\d{1,5})?\/?$/i, {
    error: 'Must be like ldaps://ldap.example.com:636.',
  }),
  security: Security,
  /** The authority that signed the server's certificate, as PEM, where the machine does not know it. */
  certificate: text({ max: 20_000 }).nullable().default(null),
  bindDn: line({ min: 0, max: 500 }),
  /** Left out: as it was. */
  password: text({ max: 500 }).optional(),
  base: line({ max: 500 }),
  filter: line({ max: 1_000 }).default('(&(objectClass=person)(mail=*))'),
  attributes: LdapAttributes.prefault({}),
  /** Hours between two runs; null: only when somebody asks. */
  everyHours: z.int().min(1).max(168).nullable().default(null),
})
export const RemoveLdap = z.strictObject(inOrganization)
export const GetLdap = z.strictObject(inOrganization)

export const LdapFault = z.enum([
  'unreachable',
  'tls',
  'credentials',
  'base',
  'filter',
  'too-large',
  'refused',
  'host-not-allowed',
  'interrupted',
])
const Run = z.object({
  runId: z.uuid(),
  purpose: z.enum(['test', 'preview', 'sync']),
  /** `held`: too many would leave; somebody has to look and apply it by hand. */
  state: z.enum(['waiting', 'running', 'failed', 'tested', 'ready', 'held', 'applied']),
  /** By hand, or by the schedule. */
  isScheduled: z.boolean(),
  /** Entries read so far. */
  entryCount: z.int(),
  fault: LdapFault.nullable(),
  /** What the directory server said. */
  detail: z.string(),
  applied: AppliedImport.nullable(),
  createdAt: Instant,
  endedAt: Instant.nullable(),
})
export const LdapState = z.object({
  source: z
    .object({
      url: z.string(),
      security: Security,
      certificate: z.string().nullable(),
      bindDn: z.string(),
      hasPassword: z.boolean(),
      base: z.string(),
      filter: z.string(),
      attributes: LdapAttributes,
      everyHours: z.int().nullable(),
    })
    .nullable(),
  memberCount: z.int(),
  /** The latest first. */
  runs: z.array(Run),
})
/** The network is asked by a job; `ldap.get-run` tells how far it is. */
export const StartLdapRun = z.strictObject({
  ...inOrganization,
  /** Chosen by the client. */
  runId: z.uuid(),
  purpose: Run.shape.purpose,
})
export const GetLdapRun = z.strictObject({ ...inOrganization, runId: z.uuid() })
export const LdapRun = Run.extend({
  /** The first entries as they are read, of a test. */
  samples: z.array(z.object({ name: z.string(), address: z.string(), title: z.string(), manager: z.string() })),
  /** Managers who are not among the people that were read: their reports stand below the next above, or at the top. */
  unknownManagerCount: z.int(),
  /** While it waits to be applied. */
  preview: ImportPreview.nullable(),
})
export const ApplyLdapRun = z.strictObject({
  ...inOrganization,
  runId: z.uuid(),
  digest: z.string().max(100),
  skipFaulty: z.boolean().default(false),
})
