import type { MediaPart } from './part-text.ts'

/** Pictures of one message stand in rows of so many. */
const rows: readonly (readonly number[])[] = [
  [],
  [1],
  [2],
  [3],
  [2, 2],
  [2, 3],
  [3, 3],
  [3, 4],
  [2, 3, 3],
  [3, 3, 3],
  [3, 3, 4],
]
/** The height of a row of so many, for a width of 1: two stand 4:3, more are square. */
const heights = [0, 1, 3 / 8, 1 / 3, 1 / 4]
const WIDTH_MAX = 420
const HEIGHT_MAX = 420
/** Small ones still are something to press on. */
const SIDE_MIN = 96
const FILE_HEIGHT = 60
const VIDEO_HEIGHT = 236

/** Each picture's share of a row that is 12 wide, and what the whole grid measures. */
export function gridOf(count: number): { spans: number[]; rows: string; ratio: number } {
  const shape = rows[count] ?? Array.from({ length: Math.ceil(count / 4) }, () => 4)
  const each = shape.map((row) => heights[row] ?? 1)
  return {
    spans: shape.flatMap((row) => Array.from({ length: row }, () => 12 / row)),
    // Fractions that do not add up to one would leave the rest of the grid empty.
    rows: each.map((height) => `${24 * height}fr`).join(' '),
    ratio: 1 / each.reduce((sum, height) => sum + height, 0),
  }
}

/** One picture is shown whole, unless it is very long or very high. */
export function frameOf({ width = 4 * WIDTH_MAX, height = 3 * WIDTH_MAX }: MediaPart): {
  ratio: number
  width: number
} {
  const ratio = Math.min(Math.max(width / height, 1 / 2), 3)
  const widest = Math.min(WIDTH_MAX, HEIGHT_MAX * ratio)
  return { ratio, width: Math.round(Math.min(widest, Math.max(width, SIDE_MIN, SIDE_MIN * ratio))) }
}

/** Of all that a message shows beside its words, on a wide screen: so that the scroll bar hardly moves. */
export function mediaHeight(media: readonly MediaPart[]): number {
  const [first, ...more] = media.filter(({ kind }) => kind === 'picture')
  const videos = media.filter(({ kind }) => kind === 'video').length
  const files = media.length - videos - (first ? 1 + more.length : 0)
  const pictures = !first ? 0 : more.length > 0 ? WIDTH_MAX / gridOf(1 + more.length).ratio : heightOf(frameOf(first))
  return pictures + videos * VIDEO_HEIGHT + files * FILE_HEIGHT
}

const heightOf = ({ ratio, width }: { ratio: number; width: number }) => width / ratio
