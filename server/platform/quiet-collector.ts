import { performance } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const LOOK_EVERY_MS = 5_000
/** Of the time since the last look; above it there is work, and nobody wants a pause. */
const BUSY_MIN = 0.3
const CROWD_MIN = 1_000

/**
 * Ten thousand who arrive at once leave a heap full of what that took, which V8 keeps until it needs the room. When so
 * many have come or gone and it is quiet again, it is given back. That takes some tenths of a second, so it is not done
 * for less.
 */
export function startQuietCollector(countConnections: () => number): () => void {
  const collect = exposedCollector()
  let before = performance.eventLoopUtilization()
  let countAfter = countConnections()
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, before)
    before = now
    const count = countConnections()
    if (utilization > BUSY_MIN || Math.abs(count - countAfter) < CROWD_MIN) return
    countAfter = count
    collect()
  }, LOOK_EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}

/** The engine's own function, which it shows only to those who ask. */
function exposedCollector(): () => void {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  // Of the last resort: the regular kind keeps the emptied pages.
  return typeof collect === 'function' ? () => void collect({ type: 'major', flavor: 'last-resort' }) : () => {}
}
