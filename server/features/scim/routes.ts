import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Tools } from '../../platform/feature.ts'
import { parseJson } from '../../platform/json-input.ts'
import { Refusal } from '../../platform/refusal.ts'
import { isLockTimeout, isTaken, isUnavailable } from '../../platform/sql.ts'
import { discovery } from './discovery.ts'
import { answerGroups, answerUsers } from './endpoints.ts'
import { bodyOf, ScimFault } from './scim-fault.ts'
import { PREFIX } from './prefix.ts'
import { createDoor, type AddRoute, type Answer } from './door.ts'

const TYPE = 'application/scim+json'

/** The SCIM 2.0 server (RFC 7643 and 7644), for identity providers. */
export async function addRoutes(server: FastifyInstance, tools: Tools): Promise<void> {
  await server.register(
    async (scim) => {
      scim.addContentTypeParser(TYPE, { parseAs: 'buffer' }, (_request, body, done) => {
        try {
          done(null, body.length === 0 ? {} : parseJson(Buffer.from(body)))
        } catch (error) {
          done(error instanceof Error ? error : new Error('The body cannot be read.', { cause: error }))
        }
      })
      scim.setErrorHandler((error, request, reply) => refuse(error, request, reply))
      const door = createDoor(tools)
      const add: AddRoute = (method, url, handle) =>
        scim.route({ method, url, handler: async (request, reply) => send(reply, await handle(request)) })
      discovery(add, door)
      answerUsers(add, door)
      answerGroups(add, door)
      const unsupported = async () => {
        throw new ScimFault(501, 'Bulk requests are not supported; see ServiceProviderConfig.')
      }
      add('POST', '/Bulk', unsupported)
      scim.setNotFoundHandler((request, reply) =>
        refuse(new ScimFault(404, 'There is no such endpoint.'), request, reply),
      )
    },
    { prefix: PREFIX },
  )
}

function send(reply: FastifyReply, { status, body, location, version }: Answer) {
  void reply.code(status).header('cache-control', 'no-store')
  if (location !== undefined) void reply.header('location', location)
  if (version !== undefined) void reply.header('etag', version)
  if (body === undefined) return reply.send()
  return reply.type(TYPE).send(JSON.stringify(body))
}

function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply) {
  const fault = faultOf(error)
  if (fault.status === 500) request.log.error({ err: error, route: request.routeOptions.url }, 'request failed')
  if (fault.status === 401) void reply.header('www-authenticate', 'Bearer realm="SCIM"')
  if (fault.retryAfterS !== undefined) void reply.header('retry-after', fault.retryAfterS)
  return send(reply, { status: fault.status, body: bodyOf(fault) })
}

const AGAIN_S = 2

function faultOf(error: unknown): ScimFault {
  if (error instanceof ScimFault) return error
  if (isTaken(error))
    return new ScimFault(409, 'Somebody else has this already.', { scimType: 'uniqueness', cause: error })
  if (isUnavailable(error) || isLockTimeout(error))
    return new ScimFault(503, 'The database is busy. Try again in a moment.', { retryAfterS: AGAIN_S, cause: error })
  if (error instanceof Refusal) {
    const isSyntax = error.code === 'input.not-json' || error.code === 'input.invalid'
    return new ScimFault(error.status, error.message, { cause: error, ...(isSyntax && { scimType: 'invalidSyntax' }) })
  }
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500
  if (status === 413) return new ScimFault(413, 'The request is too large.', { cause: error })
  if (status >= 400 && status < 500)
    return new ScimFault(status, 'The request cannot be understood.', { scimType: 'invalidSyntax', cause: error })
  return new ScimFault(500, 'Something broke on our side. It has been logged.', { cause: error })
}
