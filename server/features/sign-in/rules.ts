import { isIP } from 'node:net'
import { Refusal } from '../../platform/refusal.ts'

const MINUTE_MS = 60_000
export const HOUR_MS = 60 * MINUTE_MS
/** As long as somebody may take to touch a sensor. */
export const CHALLENGE_LIFETIME_MS = 5 * MINUTE_MS
/** As long as somebody may take at the provider, with a second factor there. */
export const ATTEMPT_LIFETIME_MS = 10 * MINUTE_MS
/** Of one person. */
export const PASSKEYS_MAX = 20
/** Begun from one source in an hour, of either kind: it may be the one address of a large office. */
export const BEGUN_MAX = 1_000
/** Providers that the screen for signing in shows. */
export const SOURCES_SHOWN = 20

/** The name that passkeys are bound to; undefined under a bare IP address, where browsers have none. */
export function passkeyDomain(publicUrl: string): string | undefined {
  const { hostname } = new URL(publicUrl)
  return isIP(hostname.replace(/^\[|\]$/g, '')) === 0 ? hostname : undefined
}

/** Secrets go there, and names come back: by HTTPS only, unless this whole server is reached without it. */
export function isSafeIssuer(issuer: string, publicUrl: string): boolean {
  const { protocol, username, password, search, hash } = new URL(issuer)
  if (username !== '' || password !== '' || search !== '' || hash !== '') return false
  return protocol === 'https:' || publicUrl.startsWith('http:')
}

export type Claims = { subject: string; address?: string | undefined; isVerified: boolean; name?: string | undefined }
/** What there is about whom the provider names. */
export type Found = {
  /** Whom this subject has been before. */
  linked: { isMember: boolean } | undefined
  /** Whose the address is. */
  byAddress: { isMember: boolean; wasMember: boolean } | undefined
  /** They are, or were, in another organization too. */
  isElsewhere: boolean
}
export type Admission = 'linked' | 'by-address' | 'joins'

/**
 * Who comes in. The provider is the organization’s own: for people who have to do with another one it proves nothing,
 * since it could name them at will. Who has been taken out does not come back by themselves.
 */
export function admit(
  claims: Claims,
  { linked, byAddress, isElsewhere }: Found,
  source: { joins: boolean; domains: readonly string[] },
): Admission | Refusal {
  if (isElsewhere) return new Refusal('sign-in.code-needed')
  if (linked) return linked.isMember ? 'linked' : new Refusal('sign-in.unknown-person')
  if (claims.address === undefined || !claims.isVerified) return new Refusal('sign-in.unverified')
  if (byAddress?.isMember) return 'by-address'
  const domain = claims.address.slice(claims.address.lastIndexOf('@') + 1)
  const mayJoin = source.joins && source.domains.includes(domain) && !byAddress?.wasMember
  return mayJoin ? 'joins' : new Refusal('sign-in.unknown-person')
}
