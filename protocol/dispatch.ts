import { z } from 'zod'
import { Instant, OrganizationId } from './ids.ts'
import { limits } from './limits.ts'

export const ListDispatches = z.strictObject({
  organizationId: OrganizationId,
  before: z.string().max(100).optional(),
  limit: z.int().min(1).max(limits.page).default(50),
})
export const Dispatch = z.object({
  id: z.uuid(),
  purpose: z.enum(['access-code', 'invitation', 'devices-lost', 'report']),
  recipientName: z.string(),
  address: z.string(),
  state: z.enum(['waiting', 'sent', 'failed', 'shown', 'expired']),
  /** What the mail server last said, where it refused. */
  fault: z.string().nullable(),
  attempts: z.int(),
  createdAt: Instant,
  /** Only where no mail server is set, and until it expires or is used. */
  code: z.string().nullable(),
  link: z.string().nullable(),
  expiresAt: Instant,
})
export const DispatchList = z.object({
  isMailSet: z.boolean(),
  dispatches: z.array(Dispatch),
  next: z.string().nullable(),
})
