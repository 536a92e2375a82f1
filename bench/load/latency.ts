import type { Latency } from './messages.ts'

/** In milliseconds, of all samples. */
export function latencyOf(samples: number[]): Latency {
  const sorted = Float64Array.from(samples).toSorted()
  const at = (share: number) => round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0)
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), p999: at(0.999), max: at(1), samples: sorted.length }
}

const round = (value: number) => Math.round(value * 100) / 100
