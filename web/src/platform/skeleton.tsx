import type { CSSProperties } from 'react'
import { useText } from './texts.tsx'

export const Skeleton = ({ width, height, round }: { width: number | string; height?: number; round?: boolean }) => {
  const style: CSSProperties = { width, ...(height && { height }), ...(round && { borderRadius: '50%' }) }
  return <span className="sk" style={style} />
}

const widths = [118, 92, 140, 76, 126, 104, 112, 88, 134, 80, 122, 98]

/** Stands where a list will be; appears after 100 ms, so that quick answers don't flicker. */
export function SkeletonList({ rows = 6, avatar = true }: { rows?: number; avatar?: boolean }) {
  const text = useText()
  return (
    <output className="appear-late" aria-label={text('state.loading')}>
      {widths.slice(0, rows).map((width) => (
        <div className="navrow" key={width} aria-hidden="true">
          <Skeleton width={20} height={20} round={avatar} />
          <Skeleton width={width} />
        </div>
      ))}
    </output>
  )
}
