import type { z } from 'zod'

/** A kind of message content. The fallback is required: every part can be read where only plain text is shown. */
export type PartType<S extends z.ZodType<{ type: string }>> = {
  type: z.infer<S>['type']
  schema: S
  fallback(part: z.infer<S>): string
}

export function partType<S extends z.ZodType<{ type: string }>>(definition: PartType<S>): PartType<S> {
  return definition
}
