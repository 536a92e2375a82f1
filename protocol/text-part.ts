import { z } from 'zod'
import { limits } from './limits.ts'
import { partType } from './part-type.ts'
import { text } from './text.ts'

export const TextPart = partType({
  type: 'text',
  schema: z.strictObject({
    type: z.literal('text'),
    text: text({ min: 1, max: limits.messageText }).refine((value) => value.trim() !== '', { error: 'Says nothing.' }),
  }),
  fallback: (part) => part.text,
})
