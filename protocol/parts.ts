import { z } from 'zod'
import { TextPart } from './text-part.ts'

/** The part types of all features. A new one is declared in its feature's file and joined here. */
const partTypes = [TextPart] as const

export const Part = z.discriminatedUnion('type', [TextPart.schema])
export type Part = z.infer<typeof Part>

/** What stands in for the parts where only plain text is shown: lists, notifications, mail, SMS. */
export function fallbackOf(parts: readonly Part[]): string {
  return parts.map((part) => partTypes.find(({ type }) => type === part.type)?.fallback(part) ?? '').join('\n')
}
