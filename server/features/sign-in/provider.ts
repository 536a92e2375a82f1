import type { ClientAuth, Configuration } from 'openid-client'
import type { OrganizationId } from '../../../protocol/ids.ts'
import type { Claims } from './rules.ts'
import type { Source } from './store.ts'

/** Loaded when an organization has set a provider. */
const load = () => import('openid-client')

const TIMEOUT_S = 10
const SCOPE = 'openid email profile'

/** One for each organization: what a provider of another one sends somebody back with does not fit here. */
export const redirectUri = (home: string, organizationId: OrganizationId) =>
  `${home}/sign-in/callback/${organizationId}`

export type Begun = { verifier: string; nonce: string; state: string; url: string }
type Provider = Pick<Source, 'issuer' | 'clientId'> & { secret: string | undefined }

/** The address at which somebody signs in. Computes only: what the provider says of itself has been stored. */
export async function begin(source: Source, home: string): Promise<Begun> {
  const client = await load()
  const config = new client.Configuration({ ...source.metadata, issuer: source.issuer }, source.clientId)
  if (isPlain(source.issuer)) client.allowInsecureRequests(config)
  const [verifier, nonce, state] = [client.randomPKCECodeVerifier(), client.randomNonce(), client.randomState()]
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri(home, source.organizationId),
    scope: SCOPE,
    state,
    nonce,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  })
  return { verifier, nonce, state, url: url.href }
}

const isPlain = (address: string) => address.startsWith('http:')

/** Asks the provider about itself. */
export async function discover({ issuer, clientId, secret }: Provider): Promise<Configuration> {
  const client = await load()
  const config = await client.discovery(new URL(issuer), clientId, undefined, await proofOf(secret), {
    timeout: TIMEOUT_S,
    // Only where the settings have let it through.
    execute: isPlain(issuer) ? [client.allowInsecureRequests] : [],
  })
  const { authorization_endpoint: door, token_endpoint: token } = config.serverMetadata()
  for (const place of [door, token])
    if (place === undefined || (isPlain(place) && !isPlain(issuer)))
      throw new Error('The provider names no safe place to sign in.')
  return config
}

/** In the header, as the standard has it, unless the provider takes the secret in the body alone. */
async function proofOf(secret: string | undefined): Promise<ClientAuth> {
  const { None, ClientSecretBasic, ClientSecretPost } = await load()
  if (secret === undefined) return None()
  return (provider, ...rest) => {
    const methods = provider.token_endpoint_auth_methods_supported
    const inHeader = methods === undefined || methods.includes('client_secret_basic')
    const prove = inHeader ? ClientSecretBasic(secret) : ClientSecretPost(secret)
    prove(provider, ...rest)
  }
}

/** Whether the provider takes the client id and the secret: asks for what stands behind a code that nobody gave out. */
export async function knowsClient(config: Configuration, callback: string): Promise<boolean> {
  const client = await load()
  const invented = {
    code: client.randomState(),
    redirect_uri: callback,
    code_verifier: client.randomPKCECodeVerifier(),
  }
  try {
    await client.genericGrantRequest(config, 'authorization_code', invented)
    return true
  } catch (error) {
    if (error instanceof client.WWWAuthenticateChallengeError) return error.status !== 401
    if (error instanceof client.ResponseBodyError) return error.error !== 'invalid_client'
    throw error
  }
}

export type Returned = { code?: string | undefined; error?: string | undefined; iss?: string | undefined }
type Exchange = { provider: Provider; callback: string; answer: Returned; begun: Omit<Begun, 'url'> }

/**
 * Gives the code for what it stands for. The library checks that the provider is the one that was asked (`iss`), that
 * the answer is to this very question (state, nonce and the verifier of PKCE), for whom and for how long, and, with the
 * provider's keys, that nobody else has signed it.
 */
export async function exchange({ provider, callback, answer, begun }: Exchange): Promise<Claims> {
  const client = await load()
  const config = await discover(provider)
  client.enableNonRepudiationChecks(config)
  const url = new URL(callback)
  for (const [name, value] of Object.entries({ ...answer, state: begun.state }))
    if (value !== undefined) url.searchParams.set(name, value)
  const tokens = await client.authorizationCodeGrant(config, url, {
    pkceCodeVerifier: begun.verifier,
    expectedState: begun.state,
    expectedNonce: begun.nonce,
    idTokenExpected: true,
  })
  const claims = tokens.claims()
  if (!claims) throw new Error('The provider has sent no identity.')
  const more =
    claims['email'] === undefined && config.serverMetadata().userinfo_endpoint !== undefined
      ? await client.fetchUserInfo(config, tokens.access_token, claims.sub)
      : {}
  return readClaims({ ...more, ...claims })
}

/** `email_verified` must be true itself; what only looks like it is not. */
function readClaims({ sub, email, email_verified: isVerified, name }: Record<string, unknown>): Claims {
  if (typeof sub !== 'string') throw new Error('The provider has named nobody.')
  return {
    subject: sub,
    address: typeof email === 'string' ? email.trim().toLowerCase() : undefined,
    isVerified: isVerified === true,
    name: typeof name === 'string' ? name : undefined,
  }
}
