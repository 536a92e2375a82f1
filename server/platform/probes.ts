import type { FastifyInstance, FastifyReply } from 'fastify'
import { isSameSecret } from './caller.ts'
import type { Metrics } from './metrics.ts'
import { Refusal } from './refusal.ts'
import type { Database } from './sql.ts'

export type ProbesOptions = { database: Database; metrics: Metrics; operatorToken: string; isDraining(): boolean }

/** For whatever watches over the server: does the process live, may it be sent requests, how is it doing. */
export function addProbes(
  server: FastifyInstance,
  { database, metrics, operatorToken, isDraining }: ProbesOptions,
): void {
  server.get('/healthz', (_request, reply) => answer(reply, 200, 'ok'))

  server.get('/readyz', async (_request, reply) => {
    if (isDraining()) return answer(reply, 503, 'draining')
    const answers = await doesAnswer(database)
    return answers ? answer(reply, 200, 'ok') : answer(reply, 503, 'the database does not answer')
  })

  server.get('/metrics', async (request, reply) => {
    const isForwarded = request.headers['x-forwarded-for'] !== undefined || request.headers.forwarded !== undefined
    const isLocal = isLoopback(request.socket.remoteAddress) && !isForwarded
    const token = request.headers.authorization?.replace(/^Bearer +/i, '') ?? ''
    if (!isLocal && !isSameSecret(token, operatorToken)) throw new Refusal('access.refused')
    return reply.header('content-type', metrics.contentType).send(await metrics.text())
  })
}

const READY_TIMEOUT_MS = 2_000

async function doesAnswer(database: Database): Promise<boolean> {
  const asked = database
    .snapshot((tx) => tx`select 1 as answer`)
    .then(
      () => true,
      () => false,
    )
  return Promise.race([asked, later(READY_TIMEOUT_MS)])
}

const later = (milliseconds: number) =>
  new Promise<false>((resolve) => void setTimeout(resolve, milliseconds, false).unref())

const isLoopback = (address = '') => address === '::1' || /^(::ffff:)?127\./.test(address)

function answer(reply: FastifyReply, status: number, text: string) {
  return reply.code(status).header('cache-control', 'no-store').type('text/plain').send(`${text}\n`)
}
