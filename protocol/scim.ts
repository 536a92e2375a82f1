import { z } from 'zod'
import { Instant, OrganizationId, PersonId } from './ids.ts'
import { line } from './text.ts'

const inOrganization = { organizationId: OrganizationId }

/** For an identity provider that writes people and groups over SCIM. */
export const CreateScimToken = z.strictObject({
  ...inOrganization,
  /** Chosen by the client. Asking again with the same gives it a new secret, as long as nobody has used it. */
  tokenId: z.uuid(),
  name: line({ max: 80 }),
  /** Owns the groups that arrive with this token; without it, who makes the token. */
  groupOwnerId: PersonId.optional(),
})
export const CreatedScimToken = z.object({
  /** Where the identity provider writes to. */
  url: z.string(),
  /** Shown here and never again. */
  token: z.string(),
})
export const RevokeScimToken = z.strictObject({ ...inOrganization, tokenId: z.uuid() })
export const GetScim = z.strictObject(inOrganization)
export const ScimState = z.object({
  url: z.string(),
  tokens: z.array(
    z.object({
      tokenId: z.uuid(),
      name: z.string(),
      groupOwnerId: PersonId,
      createdAt: Instant,
      usedAt: Instant.nullable(),
    }),
  ),
  userCount: z.int(),
  groupCount: z.int(),
  /** Written, and not followed by the directory yet. */
  pendingCount: z.int(),
  faultCount: z.int(),
  /** What the directory could not follow entirely; the first of them. */
  faults: z.array(
    z.object({
      personId: PersonId,
      userName: z.string(),
      code: z.enum(['manager.missing', 'manager.cycle', 'address.taken', 'key.taken']),
      /** The manager as it was named, or the address. */
      value: z.string(),
    }),
  ),
})
