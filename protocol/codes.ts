import { z } from 'zod'
import { Address, AskedPairing, Code as AccessCode, Locale, NewDevice, sessionKeep, SignedIn } from './identity.ts'
import { ConversationId, Instant, Moment, OrganizationId } from './ids.ts'
import { limits } from './limits.ts'
import { line } from './text.ts'

export const CodeId = z.uuid().brand<'CodeId'>()
export type CodeId = z.infer<typeof CodeId>
/** `personal`, `group`, or a kind that a feature brings. */
const Kind = z.string().regex(/^[a-z][a-z-]{1,39}$/, { error: 'Must be a kind of code, such as group.' })
const subject = { organizationId: OrganizationId, kind: Kind, subjectId: z.uuid() }

/** A machine-readable code as those see it who hand it out. */
export const Code = z.object({
  id: CodeId,
  kind: z.string(),
  subjectId: z.uuid(),
  /** Where it hangs. */
  place: z.string(),
  state: z.enum(['active', 'expired', 'used-up', 'revoked']),
  /** What stands in the picture. */
  url: z.string(),
  /** Where its picture is, as SVG. */
  picture: z.string(),
  createdAt: Instant,
  expiresAt: Instant.nullable(),
  usesMax: z.int().nullable(),
  uses: z.int(),
  /** How often its page was looked at, and how many came in by it. */
  scans: z.int(),
  joins: z.int(),
})
export type Code = z.infer<typeof Code>

/** `subjectId`: of a personal code oneself, of a group code the conversation. One code for each place. */
export const CreateCode = z.strictObject({
  ...subject,
  codeId: CodeId,
  place: line({ min: 0, max: limits.codePlace }).default(''),
  expiresAt: Moment.nullable().default(null),
  usesMax: z.int().min(1).max(1_000_000).nullable().default(null),
})
export const ListCodes = z.strictObject(subject)
export const CodeList = z.object({ codes: z.array(Code) })
export const OneCode = z.strictObject({ organizationId: OrganizationId, codeId: CodeId })
export const GetCodeStatistics = z.strictObject({
  organizationId: OrganizationId,
  codeId: CodeId,
  days: z.int().min(1).max(366).default(30),
})
/** Days without anything are left out. In UTC. */
export const CodeStatistics = z.object({
  days: z.array(z.object({ day: z.iso.date(), scans: z.int(), joins: z.int() })),
})

/** What stands in the picture behind `/c/`. */
export const CodeToken = z.string().min(20).max(80)
export const ScanCode = z.strictObject({ token: CodeToken })
export const ScannedCode = z.object({
  organization: z.object({ name: z.string(), accent: z.string(), locale: Locale }),
  kind: z.string(),
  /** The name of the group or the person. */
  title: z.string(),
  /** Only its owners write there. Null where there is no group. */
  isOneWay: z.boolean().nullable(),
  /** Those who will write, and will know who has come. */
  ownerNames: z.array(z.string()),
  admitsAnonymous: z.boolean(),
  /** `nobody`: not signed in. `in`: there already. */
  standing: z.enum(['nobody', 'out', 'in']),
  organizationId: OrganizationId.nullable(),
  conversationId: ConversationId.nullable(),
})
export type ScannedCode = z.infer<typeof ScannedCode>

export const UseCode = z.strictObject({ token: CodeToken })
export const UsedCode = z.object({ organizationId: OrganizationId, conversationId: ConversationId.nullable() })
export type UsedCode = z.infer<typeof UsedCode>
const newcomer = {
  token: CodeToken,
  /** How the others see them; `Guest 1234` where absent. */
  name: line({ max: limits.personName }).optional(),
  locale: Locale.default('en'),
}
export const RequestToJoin = z.strictObject({ token: CodeToken, address: Address, locale: Locale.default('en') })
export const JoinWithAddress = z.strictObject({
  ...newcomer,
  requestId: z.uuid(),
  code: AccessCode,
  device: NewDevice,
  keep: sessionKeep,
})
export const JoinAnonymously = z.strictObject({ ...newcomer, device: NewDevice, keep: sessionKeep })
/** In already. Where the person is signed in on another device, that one must let this one in first: `pairing`. */
export const JoinedByCode = z.union([SignedIn.extend(UsedCode.shape), UsedCode.extend({ pairing: AskedPairing })])
export type JoinedByCode = z.infer<typeof JoinedByCode>
