import type { MediaPart } from '../conversations/part-text.ts'

const addressOf = ({ mediaId }: MediaPart) => `/v1/media/${mediaId}`
export const originalOf = (part: MediaPart): string => `${addressOf(part)}/original`
/** Of pictures alone. */
export const previewOf = (part: MediaPart): string => `${addressOf(part)}/preview`
