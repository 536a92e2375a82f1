import type { Part } from '../../../protocol/parts.ts'

export type CouponPart = Extract<Part, { type: 'coupon' }>

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
    case 'media':
      return `${mediaIcons[part.kind]} ${part.name}`
    default:
      return part satisfies never
  }
}

const mediaIcons = { picture: '📷', video: '🎬', file: '📎' } as const

/** What somebody wrote, beside what else is in the message. */
export const wordsIn = (parts: readonly Part[]): string =>
  parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')

const none: CouponPart[] = []
export const couponsIn = (parts: readonly Part[]): CouponPart[] =>
  parts.some(({ type }) => type === 'coupon') ? parts.filter((part) => part.type === 'coupon') : none

/** Words and what goes along with them, as a message holds them. */
export const partsOf = (words: string, coupons: readonly CouponPart[]): Part[] => [
  ...(words === '' ? [] : [{ type: 'text' as const, text: words }]),
  ...coupons,
]
