import { performance } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const LOOK_EVERY_MS = 5_000
/** Of the time since the last look; above it there is work, and nobody wants a pause. */
const BUSY_MIN = 0.1
const GROWN_MIN_BYTES = 32 * 1024 * 1024

/**
 * After ten thousand have connected, the heap is full of what that took, and V8 keeps it until it needs the room. At
 * the next quiet moment it is given back.
 */
export function startQuietCollector(): () => void {
  const collect = exposedCollector()
  let before = performance.eventLoopUtilization()
  let heapAfter = process.memoryUsage().heapUsed
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, before)
    before = now
    if (utilization > BUSY_MIN || process.memoryUsage().heapUsed - heapAfter < GROWN_MIN_BYTES) return
    collect()
    heapAfter = process.memoryUsage().heapUsed
  }, LOOK_EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}

/** The engine's own function, which it shows only to those who ask. */
function exposedCollector(): () => void {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  return typeof collect === 'function' ? () => void collect() : () => {}
}
