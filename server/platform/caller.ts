import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { isIP, type BlockList } from 'node:net'
import type { Actor } from './command.ts'
import { Refusal } from './refusal.ts'

export const SESSION_COOKIE = 'shoptalk_session'
/** Says which browser it is, also while nobody is signed in: what was begun in one is not ended in another. */
export const BROWSER_COOKIE = 'shoptalk_browser'

/** Finds whose token it is; undefined where it is nobody's, or not any more. `source`: where it was seen. */
export type Authenticate = (token: string, source: string) => Promise<Actor | undefined>

export type CallerOptions = {
  authenticate: Authenticate
  /** Whoever can read it from the data folder is the operator. */
  operatorToken: string
  publicUrl: string
  trustedProxies: BlockList
}

/** Whose request it is, and from where; the same for HTTP and for the request that opens a WebSocket. */
export type Identify = (request: Pick<IncomingMessage, 'headers' | 'method' | 'socket'>) => Promise<Identified>
export type Identified = {
  actor: Actor
  source: string
  userAgent: string
  token: string | undefined
  browser: string | undefined
}

/** Longer than any browser's; the rest tells nothing. */
const USER_AGENT_MAX = 300

/** A request that a browser sends along with its cookie must come from a page of this server. */
export function createIdentify(options: CallerOptions): Identify {
  return async ({ headers, method, socket }) => {
    const source = sourceOf(headers, socket.remoteAddress ?? '', options.trustedProxies)
    const userAgent = (headers['user-agent'] ?? '').slice(0, USER_AGENT_MAX)
    const from = { source, userAgent, browser: browserIn(headers.cookie ?? '') }
    const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1]
    if (bearer !== undefined) return { actor: await ofBearer(bearer, source, options), ...from, token: bearer }
    if (headers.authorization !== undefined) throw new Refusal('session.required')
    const token = sessionIn(headers.cookie ?? '')
    const isChange = method !== 'GET' || headers.upgrade !== undefined
    if (isChange && !isOwnPage(headers, options.publicUrl, token !== undefined))
      throw new Refusal('session.origin-refused')
    const actor = token ? await options.authenticate(token, source) : undefined
    return { actor: actor ?? { kind: 'nobody' }, ...from, token }
  }
}

/** Our tokens need no decoding. */
const sessionIn = (cookies: string) => new RegExp(`(?:^|;)\\s*${SESSION_COOKIE}=([^;\\s]+)`).exec(cookies)?.[1]
const browserIn = (cookies: string) => new RegExp(`(?:^|;)\\s*${BROWSER_COOKIE}=([\\w-]{43})(?:;|$)`).exec(cookies)?.[1]

async function ofBearer(token: string, source: string, options: CallerOptions): Promise<Actor> {
  const { authenticate, operatorToken } = options
  if (isSameSecret(token, operatorToken)) return { kind: 'operator' }
  const actor = await authenticate(token, source)
  if (actor?.kind === 'nobody' && actor.wasReplaced) throw new Refusal('session.replaced')
  if (!actor || actor.kind === 'nobody') throw new Refusal('session.required')
  return actor
}

/** In the same time, wherever they differ. */
export function isSameSecret(one: string, other: string): boolean {
  return timingSafeEqual(createHash('sha256').update(one).digest(), createHash('sha256').update(other).digest())
}

/**
 * Browsers name the page's origin with everything but plain reading. Other programs have neither the header nor a
 * cookie.
 */
function isOwnPage(headers: IncomingHttpHeaders, publicUrl: string, needsProof: boolean): boolean {
  const { origin, host } = headers
  if (headers['sec-fetch-site'] === 'same-origin') return true
  if (origin === undefined) return !needsProof
  if (origin === publicUrl) return true
  return host !== undefined && URL.canParse(origin) && new URL(origin).host === host.toLowerCase()
}

/** The client's address. A proxy that we trust says for whom it asks; what others claim is ignored. */
export function sourceOf(headers: IncomingHttpHeaders, socketAddress: string, trusted: BlockList): string {
  const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',')
  let address = plain(socketAddress)
  for (const claimed of forwarded.map((part) => plain(part.trim())).toReversed()) {
    if (!isTrusted(address, trusted) || isIP(claimed) === 0) break
    address = claimed
  }
  return address
}

const isTrusted = (address: string, trusted: BlockList) =>
  isIP(address) !== 0 && trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')

/** An IPv4 address that arrives on an IPv6 socket. */
const plain = (address: string) => address.replace(/^::ffff:(?=\d+\.)/i, '')
