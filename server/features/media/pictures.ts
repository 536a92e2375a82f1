import type { Sharp } from 'sharp'
import { limits } from '../../../protocol/limits.ts'
import { Refusal } from '../../platform/refusal.ts'

export type Kept = { mimeType: string; width: number; height: number }

/**
 * Turns a picture upright and writes it anew, without whatever else the file held: places, cameras, colour profiles,
 * bytes after its end. Animations stay; what browsers show but libraries write slowly becomes WebP.
 */
export async function rewritePicture(from: string, to: { original: string; preview: string }): Promise<Kept> {
  return oneAtATime(async () => {
    try {
      return await rewrite(from, to)
    } catch (error) {
      throw refusalOf(error) ?? error
    }
  })
}

async function rewrite(from: string, to: { original: string; preview: string }): Promise<Kept> {
  const { default: sharp } = await import('sharp')
  sharp.cache(false)
  sharp.concurrency(1)
  const open = () =>
    sharp(from, { limitInputPixels: limits.mediaPicturePixels, animated: true, failOn: 'error' }).timeout({
      seconds: SECONDS_MAX,
    })
  const { format, pages = 1, width, height } = await open().metadata()
  if (width * height > limits.mediaPicturePixels) throw new Refusal('media.too-many-pixels')
  // Frames cannot be turned one by one; cameras that lie on their side take no animations.
  const upright = () => (pages > 1 ? open() : open().autoOrient())
  const { mimeType, image } = encode(upright(), format)
  const kept = await image.toFile(to.original)
  await upright()
    .resize({
      width: limits.mediaPreviewSide,
      height: limits.mediaPreviewSide,
      fit: 'inside',
      withoutEnlargement: true,
    })
    .webp({ quality: PREVIEW_QUALITY, effort: EFFORT })
    .toFile(to.preview)
  return { mimeType, width: kept.width, height: kept.pageHeight ?? kept.height }
}

const QUALITY = 90
const PREVIEW_QUALITY = 78
/** Of six: a picture that is written twice as fast is a few per cent larger. */
const EFFORT = 2
const SECONDS_MAX = 60

function encode(image: Sharp, format: string): { mimeType: string; image: Sharp } {
  if (format === 'jpeg') return { mimeType: 'image/jpeg', image: image.jpeg({ quality: QUALITY }) }
  if (format === 'png') return { mimeType: 'image/png', image: image.png() }
  if (format === 'gif') return { mimeType: 'image/gif', image: image.gif({ effort: EFFORT }) }
  return { mimeType: 'image/webp', image: image.webp({ quality: QUALITY, effort: EFFORT }) }
}

/** The library tells faults of a picture from those of a disk by words alone. */
function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof Refusal || !(error instanceof Error)) return undefined
  if (/pixel limit/i.test(error.message)) return new Refusal('media.too-many-pixels', { cause: error })
  if (/No space left|ENOSPC/i.test(error.message)) return new Refusal('media.storage-full', { cause: error })
  const isOfDisk = 'code' in error || /unable to (open|write|create)|system error/i.test(error.message)
  return isOfDisk ? undefined : new Refusal('media.unreadable', { cause: error })
}

/** One picture at a time on this node: each may take some hundred megabytes while it is open. */
let last: Promise<unknown> = Promise.resolve()
function oneAtATime<T>(work: () => Promise<T>): Promise<T> {
  const turn = last.then(work)
  last = turn.catch(() => undefined)
  return turn
}
