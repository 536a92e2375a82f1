import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import cookies from '@fastify/cookie'
import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import { limits } from '../../protocol/limits.ts'
import { addCommands } from './http-commands.ts'
import { answerFault } from './http-errors.ts'
import { addSecurityHeaders } from './http-headers.ts'
import type { HttpOptions } from './http-options.ts'
import { parseJson } from './json-input.ts'
import { Refusal } from './refusal.ts'
import { addWebApp } from './web-app.ts'

const REQUEST_TIMEOUT_MS = 120_000
/** Longer than what proxies keep, so that it is they who close. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000
const PATH_MAX = 200

/** The HTTP server with all commands and the web app; probes and the API's description are added by who composes it. */
export async function createHttp(options: HttpOptions): Promise<FastifyInstance> {
  const loggerInstance: FastifyBaseLogger = options.log
  const server = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }), // the hook below logs less
    genReqId: () => randomBytes(9).toString('base64url'),
    requestIdHeader: false,
    bodyLimit: limits.bodyBytes,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: PATH_MAX },
    clientErrorHandler: refuseMalformed,
    frameworkErrors: (error, request, reply) => void answerFault(error, request, reply),
  })
  acceptOnlyJson(server)
  server.setErrorHandler(answerFault)
  await server.register(cookies)
  addSecurityHeaders(server, options.publicUrl)
  server.addHook('onRequest', async (request, reply) => {
    void reply.header('x-request-id', request.id)
    if (!options.isDraining() || isProbe(request.url)) return
    void reply.header('connection', 'close')
    throw new Refusal('server.draining', { retryAfterMs: DRAIN_RETRY_MS })
  })
  server.addHook('onResponse', async ({ id, method, routeOptions }, { statusCode, elapsedTime }) => {
    options.log.debug(
      { id, method, route: routeOptions.url, status: statusCode, ms: Math.round(elapsedTime) },
      'answered',
    )
  })
  addCommands(server, options)
  await options.addRoutes?.(server)
  await addWebApp(server, options.webFolder)
  return server
}

const DRAIN_RETRY_MS = 2_000
const isProbe = (url: string) => /^\/(healthz|readyz|metrics)$/.test(url)

/** An empty body is an empty input; every other type of content is refused before it is read. */
function acceptOnlyJson(server: FastifyInstance) {
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, body.length === 0 ? {} : parseJson(Buffer.from(body)))
    } catch (error) {
      done(error instanceof Error ? error : new Error('The body cannot be read.', { cause: error }))
    }
  })
}

/** What is not even HTTP. There is no request to answer, only a connection. */
function refuseMalformed(error: Error & { code?: string }, socket: Socket) {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return
  const status = malformed.get(error.code ?? '') ?? '400 Bad Request'
  const body = JSON.stringify(new Refusal('input.invalid', { message: `This is not proper HTTP: ${status}.` }).toBody())
  const head = `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close`
  socket.end(`HTTP/1.1 ${status}\r\n${head}\r\n\r\n${body}`)
}
const malformed = new Map([
  ['HPE_HEADER_OVERFLOW', '431 Request Header Fields Too Large'],
  ['ERR_HTTP_REQUEST_TIMEOUT', '408 Request Timeout'],
])
