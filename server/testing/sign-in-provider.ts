import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { Provider } from 'oidc-provider'

export type Account = { subject: string; email?: string; isVerified?: boolean; name?: string }
export type TestProvider = {
  issuer: string
  clientId: string
  secret: string
  /** Who signs in there next. */
  account: Account
  /** Follows the address as a browser does that is signed in there, to where it is sent back: what it holds. */
  visit(url: string): Promise<URL>
  [Symbol.asyncDispose](): Promise<void>
}

const clientId = 'shoptalk'
const secret = 'a-secret-that-the-provider-knows'

/** A real provider of sign-ins on this machine. It asks nobody for a password: whoever comes is `account`. */
export async function openProvider(redirectUris: readonly string[]): Promise<TestProvider> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://127.0.0.1:${portOf(server)}`
  const opened: TestProvider = {
    issuer,
    clientId,
    secret,
    account: { subject: 'nobody' },
    visit: (url) => visit(url, issuer),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  const provider = quietly(() => new Provider(issuer, configurationOf(opened, redirectUris)))
  const answer = provider.callback()
  server.on('request', (request, response) => {
    const isAsked = request.url?.startsWith('/interaction/')
    const login = { login: { accountId: opened.account.subject } }
    void (isAsked ? provider.interactionFinished(request, response, login) : answer(request, response))
  })
  return opened
}

const configurationOf = (opened: TestProvider, redirectUris: readonly string[]) => ({
  clients: [{ client_id: clientId, client_secret: secret, redirect_uris: redirectUris }],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  conformIdTokenClaims: false,
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
  cookies: { keys: ['only for tests'] },
  ttl: { Interaction: 600, Grant: 600, Session: 600, AccessToken: 600, IdToken: 600 },
  pkce: { required: () => true },
  findAccount: (_context: unknown, accountId: string) => ({
    accountId,
    claims: () => {
      const { email, isVerified, name } = opened.account
      return {
        sub: accountId,
        ...(email === undefined ? {} : { email }),
        ...(isVerified === undefined ? {} : { email_verified: isVerified }),
        ...(name === undefined ? {} : { name }),
      }
    },
  }),
  // Nobody is asked whether they agree: an organization's own provider does not ask either.
  async loadExistingGrant(context: GrantContext) {
    const { client, session, provider } = context.oidc
    const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId })
    grant.addOIDCScope('openid email profile')
    await grant.save()
    return grant
  },
})
type GrantContext = {
  oidc: { client: { clientId: string }; session: { accountId: string }; provider: Provider }
}

const REDIRECTS_MAX = 10

async function visit(begin: string, issuer: string): Promise<URL> {
  const cookies = new Map<string, string>()
  let url = new URL(begin)
  for (let redirects = 0; redirects < REDIRECTS_MAX; redirects++) {
    if (url.origin !== issuer) return url
    const cookie = Array.from(cookies, ([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, { headers: { cookie }, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      cookies.set(name, value)
    }
    const next = response.headers.get('location')
    if (next === null) throw new Error(`The provider answered ${response.status}: ${await response.text()}`)
    url = new URL(next, url)
  }
  throw new Error('The provider sends in circles.')
}

/** It warns of what is only good for tests, such as keys that it has made up. */
function quietly<T>(make: () => T): T {
  const { warn, info } = console
  Object.assign(console, { warn: () => undefined, info: () => undefined })
  try {
    return make()
  } finally {
    Object.assign(console, { warn, info })
  }
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The provider does not listen.')
  return address.port
}
