import { z } from 'zod'
import { MediaId, OrganizationId } from './ids.ts'
import { MediaPart } from './media-part.ts'

/** Where uploads begin, by the tus protocol 1.0. What was begun is at `/v1/media/:mediaId`. */
export const MEDIA_PATH = '/v1/media'
/** What is kept of each: as it was sent, or smaller. The latter of pictures alone. */
export const MediaVariant = z.enum(['original', 'preview'])
export type MediaVariant = z.infer<typeof MediaVariant>

export const GetMedia = z.strictObject({ organizationId: OrganizationId, mediaId: MediaId })
/**
 * One's own upload. `arriving`: bytes are missing; `checking`: all are there and the server looks what they are, which
 * takes seconds at most; `ready`: `part` is what a message takes; `refused`: `refusal` is the code of the reason.
 */
export const Media = z.object({
  state: z.enum(['arriving', 'checking', 'ready', 'refused']),
  part: MediaPart.schema.optional(),
  refusal: z.string().optional(),
})
export type Media = z.infer<typeof Media>
