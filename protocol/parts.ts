import { z } from 'zod'
import { CouponPart } from './coupon-part.ts'
import { TextPart } from './text-part.ts'

/** The part types of all features. A new one is declared in its feature's file and joined here. */
export const Part = z.discriminatedUnion('type', [TextPart.schema, CouponPart.schema])
export type Part = z.infer<typeof Part>

/** What stands in for the parts where only plain text is shown: lists, notifications, mail, SMS. */
export function fallbackOf(parts: readonly Part[]): string {
  return parts.map(fallbackOfOne).join('\n')
}

function fallbackOfOne(part: Part): string {
  return part.type === 'text' ? TextPart.fallback(part) : CouponPart.fallback(part)
}
