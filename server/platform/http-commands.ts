import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { BROWSER_COOKIE, SESSION_COOKIE } from './caller.ts'
import type { Definition } from './command.ts'
import { answerFault, toRefusal } from './http-errors.ts'
import type { HttpOptions } from './http-options.ts'
import { createReadQuery } from './query-input.ts'
import { Refusal } from './refusal.ts'

/** Every command is `POST /v1/noun.verb` with a JSON body, every query `GET /v1/noun.verb?field=value`. */
export function addCommands(server: FastifyInstance, options: HttpOptions): void {
  for (const definition of options.executor.definitions) addCommand(server, definition, options)
  server.all('/v1/:name', async (request: FastifyRequest<{ Params: { name: string } }>, reply) => {
    const definition = options.executor.find(request.params.name)
    if (!definition) throw new Refusal('command.unknown', { path: request.params.name })
    void reply.header('allow', methodOf(definition))
    throw new Refusal('command.wrong-method')
  })
}

export const methodOf = ({ kind }: Definition) => (kind === 'query' ? 'GET' : 'POST')

function addCommand(server: FastifyInstance, definition: Definition, options: HttpOptions) {
  const { executor, identify, metrics, publicUrl } = options
  const { name, bodyBytes } = definition
  const readQuery = createReadQuery(definition.input)
  const isSecure = publicUrl.startsWith('https:')
  server.route({
    method: methodOf(definition),
    url: `/v1/${name}`,
    ...(bodyBytes === undefined ? {} : { bodyLimit: bodyBytes }),
    async handler(request, reply) {
      const caller = await identify(request.raw)
      let cookie: string | null | undefined
      let browser: string | undefined
      const setCookie = (token: string | null) => void (cookie = token)
      const setBrowser = (token: string) => void (browser = token)
      const input = definition.kind === 'query' ? readQuery(searchOf(request.url)) : (request.body ?? {})
      const output = await executor.execute(name, input, {
        ...caller,
        transport: 'http',
        requestId: request.id,
        setCookie,
        setBrowser,
      })
      if (cookie !== undefined) writeCookie(reply, cookie, isSecure)
      if (browser !== undefined) writeBrowser(reply, browser, isSecure)
      metrics.requestEnded({ transport: 'http', command: name, outcome: 'ok', seconds: reply.elapsedTime / 1_000 })
      return reply
        .header('cache-control', 'no-store')
        .type('application/json')
        .send(JSON.stringify(output ?? {}))
    },
    errorHandler(error, request, reply) {
      const outcome = toRefusal(error).code === 'server.fault' ? 'fault' : 'refused'
      metrics.requestEnded({ transport: 'http', command: name, outcome, seconds: reply.elapsedTime / 1_000 })
      void answerFault(error, request, reply)
    },
  })
}

const searchOf = (url: string) => (url.includes('?') ? url.slice(url.indexOf('?') + 1) : '')

const placeOf = (secure: boolean) => ({ path: '/', httpOnly: true, sameSite: 'lax', secure }) as const

function writeBrowser(reply: FastifyReply, token: string, isSecure: boolean) {
  void reply.setCookie(BROWSER_COOKIE, token, { ...placeOf(isSecure), maxAge: COOKIE_MAX_AGE_S })
}

/** Browsers forget a cookie after 400 days at the latest; the server decides how long a session lasts. */
const COOKIE_MAX_AGE_S = 400 * 24 * 60 * 60

function writeCookie(reply: FastifyReply, token: string | null, isSecure: boolean) {
  const place = placeOf(isSecure)
  if (token === null) void reply.clearCookie(SESSION_COOKIE, place)
  else void reply.setCookie(SESSION_COOKIE, token, { ...place, maxAge: COOKIE_MAX_AGE_S })
}
