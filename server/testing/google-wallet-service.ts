import { createPublicKey, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { jwtVerify } from 'jose'

type Stored = { id: string; state: string; [name: string]: unknown }
/** As Google's answers: keeps what was saved, and refuses what the real one refuses. */
export type WalletService = {
  url: string
  issuerId: string
  /** The file of the service account, as Google gives it. */
  accountFile: string
  objects: Map<string, Stored>
  /** A customer follows the link and agrees. */
  save(link: string): Promise<Stored>
  isDown: boolean
  [Symbol.asyncDispose](): Promise<void>
}

const address = 'passes@northwind.iam.gserviceaccount.com'
const scope = 'https://www.googleapis.com/auth/wallet_object.issuer'
const states = new Set(['ACTIVE', 'COMPLETED', 'EXPIRED', 'INACTIVE'])

export async function openWalletService(pair: { publicKey: string; privateKey: string }): Promise<WalletService> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const listening = server.address()
  if (listening === null || typeof listening === 'string') throw new Error('The wallet service does not listen.')
  const url = `http://127.0.0.1:${listening.port}`
  const file = {
    type: 'service_account',
    client_email: address,
    private_key: pair.privateKey,
    token_uri: `${url}/token`,
  }
  const service: WalletService = {
    url,
    issuerId: '3388000000012345678',
    accountFile: JSON.stringify(file),
    objects: new Map(),
    save: (link) => save(service, pair.publicKey, link),
    isDown: false,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  const tokens = new Set<string>()
  server.on('request', (request, response) => {
    const reply = async () => {
      const { status, body } = await answer({ service, publicKey: pair.publicKey, tokens }, request)
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    void reply()
  })
  return service
}

type Office = { service: WalletService; publicKey: string; tokens: Set<string> }
type Answered = { status: number; body: unknown }
const fault = (status: number, message: string): Answered => ({ status, body: { error: { code: status, message } } })

async function answer(office: Office, request: IncomingMessage): Promise<Answered> {
  const { service, tokens } = office
  let body = ''
  for await (const text of request.setEncoding('utf8')) body += String(text)
  if (service.isDown) return fault(503, 'The service is currently unavailable.')
  if (request.method === 'POST' && request.url === '/token') return giveToken(office, new URLSearchParams(body))
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
  if (!tokens.has(token)) return fault(401, 'Request had invalid authentication credentials.')
  const [, found] = /^\/walletobjects\/v1\/offerObject\/([^/]+)$/.exec(request.url ?? '') ?? []
  if (found === undefined || request.method !== 'PATCH') return fault(404, 'Not found.')
  const id = decodeURIComponent(found)
  if (!id.startsWith(`${service.issuerId}.`)) return fault(403, 'Permission denied.')
  const known = service.objects.get(id)
  if (!known) return fault(404, `Resource not found: ${id}`)
  const changed = { ...known, ...JSON.parse(body) }
  if (!states.has(changed.state)) return fault(400, `Invalid value at 'state': ${String(changed.state)}`)
  service.objects.set(id, changed)
  return { status: 200, body: changed }
}

async function giveToken({ service, publicKey, tokens }: Office, form: URLSearchParams): Promise<Answered> {
  const audience = `${service.url}/token`
  const assertion = form.get('assertion') ?? ''
  if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer')
    return { status: 400, body: { error: 'unsupported_grant_type' } }
  try {
    // The tests' clock stands still somewhere: how old the assertion is, is not looked at.
    const { payload } = await jwtVerify(assertion, createPublicKey(publicKey), {
      audience,
      issuer: address,
      algorithms: ['RS256'],
      currentDate: new Date(0),
    })
    const lifetime = (payload.exp ?? 0) - (payload.iat ?? 0)
    if (payload['scope'] !== scope || lifetime <= 0 || lifetime > 3_600) throw new Error('The claims do not fit.')
  } catch {
    return { status: 400, body: { error: 'invalid_grant' } }
  }
  const token = randomBytes(16).toString('hex')
  tokens.add(token)
  return { status: 200, body: { access_token: token, expires_in: 3_599, token_type: 'Bearer' } }
}

/** Classes and objects come with the link; ids that are not the issuer's are refused, and what lacks something. */
async function save(service: WalletService, publicKey: string, link: string): Promise<Stored> {
  const { payload } = await jwtVerify(link.slice(link.lastIndexOf('/') + 1), createPublicKey(publicKey), {
    issuer: address,
    audience: 'google',
    algorithms: ['RS256'],
    currentDate: new Date(0),
  })
  const { offerClasses, offerObjects } = Object(payload['payload'])
  const [offerClass, offer] = [offerClasses[0], offerObjects[0]]
  for (const name of ['id', 'issuerName', 'provider', 'title', 'redemptionChannel', 'reviewStatus'])
    if (typeof offerClass[name] !== 'string') throw new Error(`The class lacks ${name}.`)
  const isOurs = [offerClass.id, offer.id].every((id) => String(id).startsWith(`${service.issuerId}.`))
  const isWellFormed = /^\d+\.[\w.-]+$/.test(offer.id) && offer.classId === offerClass.id && states.has(offer.state)
  if (payload['typ'] !== 'savetowallet' || !isOurs || !isWellFormed) throw new Error('The link is not accepted.')
  const saved: Stored = service.objects.get(offer.id) ?? offer
  service.objects.set(saved.id, saved)
  return saved
}
