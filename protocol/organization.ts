import { z } from 'zod'
import { Address, Locale, NewDevice, sessionKeep } from './identity.ts'
import { DeviceId, Instant, OrganizationId, PersonId } from './ids.ts'
import { limits } from './limits.ts'
import { roles } from './roles.ts'
import { line } from './text.ts'

export const Accent = z.string().regex(/^#[0-9a-f]{6}$/, { error: 'Must be a colour like #2a5bd7.' })
export const Organization = z.object({
  id: OrganizationId,
  name: z.string(),
  accent: z.string(),
  locale: Locale,
  /** Grows with every change of the directory. */
  directoryVersion: z.int(),
})
export type Organization = z.infer<typeof Organization>
export const Role = z.enum(roles)
/** A contact takes part from outside: in the conversations they are in, and in nothing else. */
export const MembershipRole = z.enum([...roles, 'contact'])
export type MembershipRole = z.infer<typeof MembershipRole>

/** What a person is in one organization. `invited`: has not said yes yet. */
export const Membership = z.object({
  organization: Organization,
  role: MembershipRole,
  state: z.enum(['invited', 'active', 'deactivated']),
  name: z.string(),
})
export type Membership = z.infer<typeof Membership>

/** A member as other members see them. */
export const Member = z.object({
  personId: PersonId,
  name: z.string(),
  title: z.string(),
  place: z.string(),
  managerId: PersonId.nullable(),
  role: Role,
  /** Somebody reports to them. */
  isManager: z.boolean(),
  /** May serve queues of customers. */
  isAgent: z.boolean(),
  state: z.enum(['invited', 'active', 'deactivated']),
  address: z.string(),
  phone: z.string(),
  /** Only for administrators: when the last invitation went out. */
  invitedAt: Instant.nullable(),
})
export type Member = z.infer<typeof Member>

const inOrganization = { organizationId: OrganizationId }
const Name = line({ max: limits.personName })

export const CheckSetup = z.strictObject({ token: z.string().min(1).max(100) })
export const CheckedSetup = z.object({ isMailSet: z.boolean(), organizationCount: z.int() })
export const CreateOrganization = z.strictObject({
  /** From the link that the server prints. The operator needs none. */
  token: z.string().min(1).max(100).optional(),
  ...inOrganization,
  name: line({ max: limits.personName }),
  accent: Accent.default('#2a5bd7'),
  locale: Locale.default('en'),
  administrator: z.strictObject({ name: Name, address: Address }),
  /**
   * Signs the administrator in at once, while this is the only organization. Otherwise an invitation is sent to the
   * address.
   */
  device: NewDevice.optional(),
  keep: sessionKeep,
})
export const CreatedOrganization = z.object({
  organization: Organization,
  personId: PersonId,
  /** Absent where the administrator must first open their invitation. */
  deviceId: DeviceId.optional(),
  token: z.string().optional(),
})
export const OrganizationList = z.object({ organizations: z.array(Organization) })
export const ChangeOrganization = z.strictObject({
  ...inOrganization,
  name: line({ max: limits.personName }).optional(),
  accent: Accent.optional(),
  locale: Locale.optional(),
})
export const InOrganization = z.strictObject(inOrganization)

/** Who is asking: the person, their memberships, and what awaits their answer. */
export const Session = z.object({
  personId: PersonId,
  deviceId: z.uuid(),
  addresses: z.array(z.string()),
  memberships: z.array(Membership),
})
export type Session = z.infer<typeof Session>

/** Sorted by name. `search` looks into name, title and address. */
export const ListMembers = z.strictObject({
  ...inOrganization,
  search: line({ min: 0, max: 100 }).default(''),
  state: z.enum(['present', 'invited', 'deactivated']).default('present'),
  after: z.string().max(400).optional(),
  limit: z.int().min(1).max(limits.page).default(100),
})
export const MemberList = z.object({ members: z.array(Member), total: z.int(), next: z.string().nullable() })
export const GetMembers = z.strictObject({ ...inOrganization, personIds: z.array(PersonId).min(1).max(limits.page) })
export const Members = z.object({ members: z.array(Member) })
/** The chart: everybody present, managers named by id. At most 20,000 people; larger ones are asked for by branch. */
export const GetChart = z.strictObject({ ...inOrganization, branchOf: PersonId.optional() })
export const Chart = z.object({
  positions: z.array(
    z.object({
      personId: PersonId,
      name: z.string(),
      title: z.string(),
      managerId: PersonId.nullable(),
      state: Member.shape.state,
    }),
  ),
  isWhole: z.boolean(),
})
/** Those above somebody up to the head, and those below them, level by level; without a person, about oneself. */
export const GetChain = z.strictObject({ ...inOrganization, personId: PersonId.optional() })
export const Chain = z.object({ above: z.array(Member), below: z.array(Member), isWhole: z.boolean() })

export const SetRole = z.strictObject({ ...inOrganization, personId: PersonId, role: Role })
export const ReleaseDevices = z.strictObject({ ...inOrganization, personId: PersonId })
export const SetAgent = z.strictObject({ ...inOrganization, personId: PersonId, isAgent: z.boolean() })
/** Without people: everybody who has not been invited yet. */
export const InviteMembers = z.strictObject({
  ...inOrganization,
  personIds: z.array(PersonId).min(1).max(limits.peoplePerCommand).optional(),
})
export const InvitedMembers = z.object({ count: z.int() })
export const GetInvitation = z.strictObject({ token: z.string().min(20).max(100) })
export const Invitation = z.object({
  organizationName: z.string(),
  accent: z.string(),
  personName: z.string(),
  address: z.string(),
})
