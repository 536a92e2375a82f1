import { once } from 'node:events'
import {
  createSecureServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import { getCACertificates, setDefaultCACertificates, TLSSocket } from 'node:tls'
import { issueServerCertificate, makePair, type Authority } from './pass-certificates.ts'

export type Told = { pushToken: string; body: string; topic: string }
/** As Apple's answers: over HTTP/2, to whom a pass certificate of its own is shown, for phones that are there. */
export type PushService = {
  url: string
  told: Told[]
  /** The phones there are; all others are gone. */
  phones: Set<string>
  /** It answers nothing but 503. */
  isDown: boolean
  [Symbol.asyncDispose](): Promise<void>
}

export async function openPushService(authority: Authority): Promise<PushService> {
  const pair = makePair()
  const server = createSecureServer({
    cert: issueServerCertificate(authority, pair),
    key: pair.privateKey,
    ca: authority.pem,
    requestCert: true,
    rejectUnauthorized: false, // it says why in its answer
  })
  const sessions = new Set<ServerHttp2Session>()
  server.on('session', (session) => {
    sessions.add(session)
    session.on('close', () => sessions.delete(session))
  })
  const before = getCACertificates('default')
  setDefaultCACertificates([...before, authority.pem])
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The push service does not listen.')
  const service: PushService = {
    url: `https://localhost:${address.port}`,
    told: [],
    phones: new Set(),
    isDown: false,
    async [Symbol.asyncDispose]() {
      setDefaultCACertificates(before)
      for (const session of sessions) session.destroy()
      server.close()
      await once(server, 'close')
    },
  }
  server.on('stream', (stream, headers) => void answer(service, stream, headers))
  return service
}

async function answer(service: PushService, stream: ServerHttp2Stream, headers: IncomingHttpHeaders) {
  let body = ''
  for await (const text of stream.setEncoding('utf8')) body += String(text)
  const { status, reason } = judge(service, stream, headers, body)
  stream.respond({ ':status': status, 'content-type': 'application/json' })
  stream.end(reason === undefined ? '' : JSON.stringify({ reason }))
}

type Verdict = { status: number; reason?: string }

function judge(service: PushService, stream: ServerHttp2Stream, headers: IncomingHttpHeaders, body: string): Verdict {
  if (service.isDown) return { status: 503, reason: 'ServiceUnavailable' }
  const socket = stream.session?.socket
  const isProven = socket instanceof TLSSocket && socket.authorized
  const topic = String(headers['apns-topic'])
  const shown = isProven ? Object(socket.getPeerCertificate().subject).UID : undefined
  if (shown === undefined) return { status: 403, reason: 'MissingProviderToken' }
  if (shown !== topic) return { status: 400, reason: 'TopicDisallowed' }
  if (headers[':method'] !== 'POST') return { status: 405, reason: 'MethodNotAllowed' }
  const pushToken = /^\/3\/device\/([0-9a-f]{64})$/.exec(String(headers[':path']))?.[1]
  if (pushToken === undefined) return { status: 400, reason: 'BadDeviceToken' }
  if (typeof JSON.parse(body) !== 'object') return { status: 400, reason: 'PayloadEmpty' }
  if (!service.phones.has(pushToken)) return { status: 410, reason: 'Unregistered' }
  service.told.push({ pushToken, body, topic })
  return { status: 200 }
}
