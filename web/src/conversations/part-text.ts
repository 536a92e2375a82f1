import type { Part } from '../../../protocol/parts.ts'
import type { Text } from '../platform/texts.tsx'

export type CouponPart = Extract<Part, { type: 'coupon' }>
export type MediaPart = Extract<Part, { type: 'media' }>

/**
 * The words of a message, for lists and quotes. `fallbackOf` of the contract says something like it, but not in the
 * user's language, and would bring the schemas of the contract into the first load.
 */
export function textOf(parts: readonly Part[], text: Text): string {
  const words = parts.flatMap((part) => {
    if (part.type === 'coupon') return [`🎟 ${text('part.coupon')}`]
    return part.type === 'text' ? [part.text] : []
  })
  return [...words, ...mediaWords(mediaIn(parts), text)].join('\n')
}

/** "3 pictures", "Video", the names of files. */
export function mediaWords(media: readonly MediaPart[], text: Text): string[] {
  const count = (kind: MediaPart['kind']) => media.filter((part) => part.kind === kind).length
  const [pictures, videos] = [count('picture'), count('video')]
  return [
    ...(pictures > 0 ? [`📷 ${text('media.pictures', { count: pictures })}`] : []),
    ...(videos > 0 ? [`🎬 ${text('media.videos', { count: videos })}`] : []),
    ...media.flatMap(({ kind, name }) => (kind === 'file' ? [`📎 ${name}`] : [])),
  ]
}

/** What somebody wrote, beside what else is in the message. */
export const wordsIn = (parts: readonly Part[]): string =>
  parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')

export const couponsIn = (parts: readonly Part[]): CouponPart[] => parts.filter((part) => part.type === 'coupon')
export const mediaIn = (parts: readonly Part[]): MediaPart[] => parts.filter((part) => part.type === 'media')

/** Words and what goes along with them, as a message holds them. */
export const partsOf = (words: string, along: readonly Part[]): Part[] => [
  ...(words === '' ? [] : [{ type: 'text' as const, text: words }]),
  ...along,
]
