import { extname } from 'node:path'
import type { ErrorCode } from '../../../protocol/errors.ts'
import { limits } from '../../../protocol/limits.ts'
import type { MediaKind } from '../../../protocol/media-part.ts'
import { Refusal } from '../../platform/refusal.ts'

/** What somebody has begun to upload, and not ended, and in the last 24 hours. */
export type Standing = { unfinished: number; bytesToday: number }

/** Pure: whether one more upload may begin. What the client says it is can only speak against it. */
export function admitUpload(standing: Standing, { size, claimedType }: { size: number; claimedType: string }): void {
  if (size === 0) throw new Refusal('media.empty')
  if (size > limits.mediaVideoBytes) throw new Refusal('media.too-large')
  if (size > limits.mediaFileBytes && !claimedType.startsWith('video/')) throw new Refusal('media.too-large')
  if (standing.unfinished >= limits.mediaUnfinished) throw new Refusal('media.unfinished-limit')
  if (standing.bytesToday + size > limits.mediaBytesPerDay) throw new Refusal('media.day-limit')
}

const bytesMax: Record<MediaKind, number> = {
  picture: limits.mediaPictureBytes,
  video: limits.mediaVideoBytes,
  file: limits.mediaFileBytes,
}

export type Claim = { name: string; claimedType: string; size: number }

/** Pure: what a file is, by the type that its bytes tell; undefined where they tell none. */
export function kindOf(type: string | undefined, { name, claimedType, size }: Claim): MediaKind {
  if (type !== undefined && unreadable.has(type)) throw new Refusal('media.unsupported')
  const kind = type !== undefined && pictures.has(type) ? 'picture' : videos.has(type ?? '') ? 'video' : 'file'
  const isCalledPicture = pictures.has(claimedType) || endings.has(extname(name).toLowerCase())
  if (kind !== 'picture' && isCalledPicture) throw new Refusal('media.not-a-picture')
  if (size > bytesMax[kind]) throw new Refusal('media.too-large')
  return kind
}

/** As browsers show them. */
const pictures = new Set(['image/jpeg', 'image/png', 'image/apng', 'image/webp', 'image/gif', 'image/avif'])
const endings = new Set(['.jpg', '.jpeg', '.png', '.apng', '.webp', '.gif', '.avif', '.heic', '.heif'])
/** Patents keep their decoder out of the library. Such a picture would go out with the place where it was taken. */
const unreadable = new Set(['image/heic', 'image/heif', 'image/heic-sequence', 'image/heif-sequence'])
const videos = new Set(['video/mp4', 'video/x-m4v', 'video/webm', 'video/quicktime'])

/** One line that is a file's name on every system. Nothing in it turns the order of letters, which hides an ending. */
export function cleanName(given: string): string {
  const last = given.split(/[/\\]/).at(-1) ?? ''
  const line = last
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}"*:<>?|]/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
  const ending = extname(line).slice(0, ENDING_MAX)
  const stem = ending === '' ? line : line.slice(0, -extname(line).length)
  const name = `${stem.slice(0, limits.mediaName - ending.length)}${ending}`.toWellFormed().trim()
  return /^\.*$/.test(name) ? 'file' : name
}
const ENDING_MAX = 20

/** Where the server keeps something of another kind than it was sent, the name says so. */
export function renamed(name: string, mimeType: string): string {
  const ending = endingOf.get(mimeType)
  const own = extname(name).toLowerCase()
  if (ending === undefined || own === ending || (own === '.jpeg' && ending === '.jpg')) return name
  const stem = own !== '' && endings.has(own) ? name.slice(0, -own.length) : name
  return `${stem.slice(0, limits.mediaName - ending.length)}${ending}`.toWellFormed()
}
const endingOf = new Map([
  ['image/jpeg', '.jpg'],
  ['image/png', '.png'],
  ['image/webp', '.webp'],
  ['image/gif', '.gif'],
])

export type Range = { start: number; end: number }

/** Pure: the one range that is asked for, its end included. Undefined: all of it, as for several at once. */
export function rangeOf(header: string | undefined, bytes: number): Range | undefined {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? []
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined
  const start = first === '' ? Math.max(0, bytes - Number(last)) : Number(first)
  const end = first === '' || last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1)
  if (first !== '' && last !== '' && Number(last) < start) return undefined // no range at all
  if (start > end) throw new Refusal('media.range')
  return { start, end }
}

/** Pure: what the tus library says by a status, in our words. */
export function codeOfStatus(status: number): ErrorCode {
  if (status === 404) return 'media.not-found'
  if (status === 409) return 'media.offset'
  if (status === 410) return 'media.ended'
  if (status === 413) return 'media.too-large'
  return status >= 500 && status !== 501 ? 'server.fault' : 'media.invalid'
}
