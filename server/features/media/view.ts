import type { Media } from '../../../protocol/media.ts'
import type { MediaPart } from '../../../protocol/media-part.ts'
import type { MediaRow } from './store.ts'

/** What a message takes; undefined where the server does not know yet what it is. */
export function partOf(row: MediaRow): MediaPart | undefined {
  const { id: mediaId, kind, name, mimeType, bytes, width, height } = row
  if (row.state !== 'ready' || kind === null || mimeType === null || bytes === null) return undefined
  const size = width === null || height === null ? {} : { width, height }
  return { type: 'media', mediaId, kind, name, mimeType, bytes, ...size }
}

export function toMedia(row: MediaRow): Media {
  const part = partOf(row)
  return {
    state: row.state,
    ...(part === undefined ? {} : { part }),
    ...(row.refusal === null ? {} : { refusal: row.refusal }),
  }
}
