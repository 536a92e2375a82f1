import type { FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from './refusal.ts'

/** Everything that is thrown on the way ends here: a refusal is told, a fault of ours is logged and told as such. */
export async function answerFault(error: unknown, request: FastifyRequest, reply: FastifyReply) {
  const refusal = toRefusal(error)
  if (refusal.code === 'server.fault')
    request.log.error({ err: error, route: request.routeOptions.url }, 'request failed')
  else if (refusal.status >= 500)
    request.log.warn({ err: error, route: request.routeOptions.url }, 'request not served')
  if (refusal.retryAfterMs !== undefined) void reply.header('retry-after', Math.ceil(refusal.retryAfterMs / 1_000))
  return reply
    .code(refusal.status)
    .header('x-request-id', request.id)
    .header('cache-control', 'no-store')
    .type('application/json')
    .send(JSON.stringify(refusal.toBody(request.id)))
}

/** Also serves the WebSocket: what cannot be told to a client becomes `server.fault`. */
export function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  const { code, statusCode } = frameworkError(error)
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE' || statusCode === 413)
    return new Refusal('input.too-large', { cause: error })
  if (code?.startsWith('FST_ERR_CTP_')) return new Refusal('input.not-json', { cause: error })
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return new Refusal('input.invalid', { message: 'The request cannot be understood.', cause: error })
  return new Refusal('server.fault', { cause: error })
}

function frameworkError(error: unknown): { code?: string; statusCode?: number } {
  if (!(error instanceof Error)) return {}
  return {
    ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
    ...('statusCode' in error && typeof error.statusCode === 'number' ? { statusCode: error.statusCode } : {}),
  }
}

export async function answerUnknown(request: FastifyRequest, reply: FastifyReply) {
  const path = request.url.split('?', 1)[0]?.slice(0, 200) ?? ''
  return answerFault(new Refusal('command.unknown', { path }), request, reply)
}
