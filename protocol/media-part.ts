import { z } from 'zod'
import { MediaId } from './ids.ts'
import { limits } from './limits.ts'
import { partType } from './part-type.ts'
import { text } from './text.ts'

/** `picture` and `video` are shown, a `file` is only ever downloaded. What it is, the server tells by its bytes. */
export const MediaKind = z.enum(['picture', 'video', 'file'])
export type MediaKind = z.infer<typeof MediaKind>

/**
 * A picture, video or file that its author has uploaded before. All of it comes from `media.get` and is sent back as it
 * is; only the description is the author's to add: words for those who do not see it. Its content is at
 * `/v1/media/:mediaId/original` and, of a picture, at `/v1/media/:mediaId/preview`.
 */
export const MediaPart = partType({
  type: 'media',
  schema: z.strictObject({
    type: z.literal('media'),
    mediaId: MediaId,
    kind: MediaKind,
    name: text({ min: 1, max: limits.mediaName }),
    mimeType: z.string().max(100),
    bytes: z.int().min(1),
    /** In pixels, upright. Of pictures. */
    width: z.int().min(1).optional(),
    height: z.int().min(1).optional(),
    description: text({ min: 1, max: limits.mediaDescription }).optional(),
  }),
  fallback: ({ kind, name }) => `${icons[kind]} ${name}`,
})
export type MediaPart = z.infer<typeof MediaPart.schema>

const icons: Record<MediaKind, string> = { picture: '📷', video: '🎬', file: '📎' }
