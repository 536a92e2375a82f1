import type { CSSProperties } from 'react'
import { frameOf, gridOf } from './media-shape.ts'
import type { MediaPart } from './part-text.ts'

/** As large as what comes, so that nothing jumps. */
export function MediaPlace({ media }: { media: readonly MediaPart[] }) {
  const pictures = media.filter(({ kind }) => kind === 'picture')
  return (
    <div className="media" aria-hidden="true">
      {pictures.length > 0 && <div className="media-grid" style={gridStyle(pictures)} />}
      {media.map(({ mediaId, kind }) => kind !== 'picture' && <div key={mediaId} className={`media-${kind}`} />)}
    </div>
  )
}

export function gridStyle(pictures: readonly MediaPart[]): CSSProperties {
  const [one, ...more] = pictures
  if (one && more.length === 0) {
    const { ratio, width } = frameOf(one)
    return { aspectRatio: ratio, width }
  }
  const { rows, ratio } = gridOf(pictures.length)
  return { aspectRatio: ratio, gridTemplateRows: rows }
}
