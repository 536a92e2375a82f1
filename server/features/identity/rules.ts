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
 * How often something was tried: at this address from this source, at this address from anywhere, from this source at
 * anything, and in total. Browsers in which the address has signed in before are counted apart, in `ofKnown`; nothing
 * that strangers do is counted against them.
 */
export type Usage = { ofBoth: number; ofAddress: number; ofSource: number; inTotal: number; ofKnown: number }

/**
 * Requests in an hour. A source may be the one address of a large office on a Monday morning; the total is the brake
 * for an attack from many sources.
 */
const requestsMax: Usage = { ofBoth: 10, ofAddress: 30, ofSource: 1_000, inTotal: 30_000, ofKnown: 10 }
/**
 * Wrong guesses: at an address in a day, of a source and in total in an hour. With 8 digits the total allows an
 * attacker who has all addresses and all sources one hit in more than a year.
 */
const failuresMax: Usage = { ofBoth: 10, ofAddress: Infinity, ofSource: 200, inTotal: 10_000, ofKnown: 10 }
/**
 * From so many wrong guesses at an address in a day on, from however many sources, each code takes a single guess: its
 * owner, who has the code, still gets in, and whoever has not is held by the number of codes.
 */
const SLOW_FROM_FAILURES = 100

export function guessesPerCode(failures: Usage, isKnown: boolean): number {
  return !isKnown && failures.ofAddress >= SLOW_FROM_FAILURES ? 1 : GUESSES_PER_CODE
}

type Asked = { usage: Usage; isKnown: boolean }

export function refuseRequest({ usage, isKnown }: Asked, sendAt: Date, now: Date): Refusal | undefined {
  const waitMs = sendAt.getTime() - now.getTime()
  if (waitMs > SEND_WAIT_MAX_MS) return new Refusal('code.limit', { retryAfterMs: waitMs })
  return isOver({ usage, isKnown }, requestsMax) ? new Refusal('code.limit', { retryAfterMs: HOUR_MS }) : undefined
}

export function refuseGuess(guess: Asked): Refusal | undefined {
  return isOver(guess, failuresMax) ? new Refusal('code.limit', { retryAfterMs: HOUR_MS }) : undefined
}

function isOver({ usage, isKnown }: Asked, max: Usage): boolean {
  if (isKnown) return usage.ofKnown >= max.ofKnown
  const { ofBoth, ofAddress, ofSource, inTotal } = usage
  return ofBoth >= max.ofBoth || ofAddress >= max.ofAddress || ofSource >= max.ofSource || inTotal >= max.inTotal
}

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
