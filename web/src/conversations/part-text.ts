import type { Part } from '../../../protocol/parts.ts'

/**
 * The words of a message, for lists, quotes and copying. `fallbackOf` of the contract says the same, but would bring
 * the schemas of the contract into the first load.
 */
export const textOf = (parts: readonly Part[]): string => parts.map(wordsOf).join('\n')

function wordsOf(part: Part): string {
  switch (part.type) {
    case 'text':
      return part.text
    case 'coupon':
      return '🎟'
    default:
      return part satisfies never
  }
}
