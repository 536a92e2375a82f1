import { ScimFault } from './scim-fault.ts'

/** Requests of one token at the same time. Identity providers send a handful. */
const AT_ONCE_MAX = 32
/** Requests of one token in a second, over a while: ten thousand people arrive in less than a minute. */
const PER_SECOND = 400
const BURST = 1_200
/** Tokens that are remembered; those that were not used for the longest are forgotten. */
const KEPT_MAX = 1_000

type Bucket = { left: number; at: number; underWay: number }
export type Throttle = { enter(token: string, nowMs: number): () => void }

const tooMuch = (detail: string) => new ScimFault(429, detail, { retryAfterS: 1 })

/** Keeps one organization's provider from taking the server from the others. Of this process alone. */
export function createThrottle(): Throttle {
  const buckets = new Map<string, Bucket>()
  return {
    enter(token, nowMs) {
      const bucket = buckets.get(token) ?? { left: BURST, at: nowMs, underWay: 0 }
      buckets.delete(token)
      buckets.set(token, bucket)
      for (const [oldest, { underWay }] of buckets) {
        if (buckets.size <= KEPT_MAX || underWay > 0) break
        buckets.delete(oldest)
      }
      bucket.left = Math.min(BURST, bucket.left + ((nowMs - bucket.at) / 1_000) * PER_SECOND)
      bucket.at = nowMs
      if (bucket.underWay >= AT_ONCE_MAX)
        throw tooMuch(`This key has ${AT_ONCE_MAX} requests under way. Send the next when one has been answered.`)
      if (bucket.left < 1)
        throw tooMuch(`This key may send ${PER_SECOND} requests a second, ${BURST} in a burst. Go on in a second.`)
      bucket.left--
      bucket.underWay++
      return () => void bucket.underWay--
    },
  }
}
