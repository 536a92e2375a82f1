import { z } from 'zod'
import { CouponPart } from './coupon-part.ts'
import { limits } from './limits.ts'
import { MediaPart } from './media-part.ts'
import { TextPart } from './text-part.ts'

/** The part types of all features. A new one is declared in its feature's file and joined here. */
export const Part = z.discriminatedUnion('type', [TextPart.schema, CouponPart.schema, MediaPart.schema])
export type Part = z.infer<typeof Part>

/** What somebody puts into one message. */
export const Parts = z
  .array(Part)
  .min(1)
  .max(limits.messageParts)
  .refine((parts) => parts.filter(({ type }) => type === 'media').length <= limits.mediaPerMessage, {
    error: `One message takes ${limits.mediaPerMessage} pictures, videos and files at most.`,
  })

/** What stands in for the parts where only plain text is shown: lists, notifications, mail, SMS. */
export function fallbackOf(parts: readonly Part[]): string {
  return parts.map(fallbackOfOne).join('\n')
}

function fallbackOfOne(part: Part): string {
  switch (part.type) {
    case 'text':
      return TextPart.fallback(part)
    case 'coupon':
      return CouponPart.fallback(part)
    case 'media':
      return MediaPart.fallback(part)
  }
}
