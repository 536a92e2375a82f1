import { z } from 'zod'

export const PersonId = z.uuid().brand<'PersonId'>()
export const DeviceId = z.uuid().brand<'DeviceId'>()
export const OrganizationId = z.uuid().brand<'OrganizationId'>()
export const ConversationId = z.uuid().brand<'ConversationId'>()
export const AudienceId = z.uuid().brand<'AudienceId'>()
/** Chosen by the client (UUIDv7). It means something only together with its audience and author. */
export const MessageId = z.uuid().brand<'MessageId'>()
export const CampaignId = z.uuid().brand<'CampaignId'>()
export const CouponId = z.uuid().brand<'CouponId'>()
/** Chosen by the client (UUIDv7). */
export const MediaId = z.uuid().brand<'MediaId'>()

export type PersonId = z.infer<typeof PersonId>
export type DeviceId = z.infer<typeof DeviceId>
export type OrganizationId = z.infer<typeof OrganizationId>
export type ConversationId = z.infer<typeof ConversationId>
export type AudienceId = z.infer<typeof AudienceId>
export type MessageId = z.infer<typeof MessageId>
export type CampaignId = z.infer<typeof CampaignId>
export type CouponId = z.infer<typeof CouponId>
export type MediaId = z.infer<typeof MediaId>

/** RFC 3339, UTC, microseconds. */
export const Instant = z.iso.datetime({ precision: 6 })
/** A time that a client names: RFC 3339, with any fraction and offset. Read as UTC. */
export const Moment = z.iso
  .datetime({ offset: true, error: 'Must be a time like 2027-01-31T09:00:00Z or 2027-01-31T10:00:00+01:00.' })
  .transform((text) => (text.endsWith('Z') ? text : new Date(text).toISOString()))
  .refine((text) => /^(?!0000)\d{4}-/.test(text), { error: 'Must lie in the years 1 to 9999.' })
/** A position in a log: dense, begins at 1; 0 means "nothing yet". */
export const LogNumber = z.int().min(0).max(Number.MAX_SAFE_INTEGER)
