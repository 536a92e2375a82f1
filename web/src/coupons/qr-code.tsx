import { useMemo } from 'react'
import { encode } from 'uqr'

/** Modules of white around it, as ISO/IEC 18004 asks for. */
const QUIET_ZONE = 4

/** A code for the till, drawn here, so that it needs no network; black on white, whatever the theme. */
export function QrCode({ words, label }: { words: string; label: string }) {
  const { size, path } = useMemo(() => draw(words), [words])
  const side = size + 2 * QUIET_ZONE
  return (
    <svg
      className="till-code"
      viewBox={`0 0 ${side} ${side}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <rect width={side} height={side} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  )
}

/** One stroke for each run of dark modules in a row. */
function draw(words: string): { size: number; path: string } {
  const { data, size } = encode(words, { ecc: 'M', border: 0 })
  const runs = data.flatMap((row, y) =>
    row.flatMap((isDark, x) => {
      if (!isDark || row[x - 1]) return []
      const end = row.indexOf(false, x)
      const length = (end === -1 ? row.length : end) - x
      return [`M${x + QUIET_ZONE} ${y + QUIET_ZONE}h${length}v1h-${length}z`]
    }),
  )
  return { size, path: runs.join('') }
}
