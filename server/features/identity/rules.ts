import { isIPv6 } from 'node:net'
import { Refusal } from '../../platform/refusal.ts'

export const MINUTE_MS = 60_000
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

/** As the database writes it. */
export const toInstant = (time: Date) => `${time.toISOString().slice(0, -1)}000Z`

/** OWASP ASVS 5.0, 6.5.5: a code that is sent lives ten minutes at most. */
export const CODE_LIFETIME_MS = 10 * MINUTE_MS
/** Guesses at one code, the right one included. */
export const GUESSES_PER_CODE = 5
/** Between two codes for one address. */
export const SEND_PAUSE_MS = MINUTE_MS
/** How long a code may wait for its turn; past it the caller is told to wait. */
const SEND_WAIT_MAX_MS = 2 * MINUTE_MS

/**
 * Requests in an hour. A source may be the one address of a large office on a Monday morning; the total is the brake
 * for an attack from many sources.
 */
const requestsMax = { ofAddress: 10, ofSource: 1_000, inTotal: 30_000 }
/**
 * Wrong guesses: of an address in a day, of a source and in total in an hour. With 8 digits the total allows an
 * attacker who has all addresses and all sources one hit in more than a year.
 */
const failuresMax = { ofAddress: 10, ofSource: 200, inTotal: 10_000 }

export type Usage = { ofAddress: number; ofSource: number; inTotal: number }

export function refuseRequest(usage: Usage, sendAt: Date, now: Date): Refusal | undefined {
  const waitMs = sendAt.getTime() - now.getTime()
  if (waitMs > SEND_WAIT_MAX_MS) return new Refusal('code.limit', { retryAfterMs: waitMs })
  return isOver(usage, requestsMax) ? new Refusal('code.limit', { retryAfterMs: HOUR_MS }) : undefined
}

export function refuseGuess(failures: Usage): Refusal | undefined {
  return isOver(failures, failuresMax) ? new Refusal('code.limit', { retryAfterMs: HOUR_MS }) : undefined
}

const isOver = (usage: Usage, max: Usage) =>
  usage.ofAddress >= max.ofAddress || usage.ofSource >= max.ofSource || usage.inTotal >= max.inTotal

/**
 * Whoever asks again within a minute gets the same answer, and their code a minute after the one before. The earlier
 * request stays valid: if the later one replaced it, a stranger who asks for an address could keep its owner out.
 */
export function sendTime(lastSendAt: string | null, now: Date): Date {
  const next = lastSendAt === null ? 0 : Date.parse(lastSendAt) + SEND_PAUSE_MS
  return new Date(Math.max(next, now.getTime()))
}

/** Whose limits apply: one household or office has one IPv4 address, or a /64 network of IPv6. */
export function sourceGroup(source: string): string {
  const address = source.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
  if (!isIPv6(address)) return address
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const [before, after] = [groupsOf(head), groupsOf(tail ?? '')]
  const zeros = Array.from({ length: IPV6_GROUPS - before.length - after.length }, () => '0')
  return `${[...before, ...zeros, ...after].slice(0, IPV6_GROUPS / 2).join(':')}::/64`
}

const IPV6_GROUPS = 8
const groupsOf = (part: string) => part.split(':').filter(Boolean)
