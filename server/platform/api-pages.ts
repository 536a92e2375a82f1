import swagger from '@fastify/swagger'
import pages from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import { type ApiDescription, describeApi } from './openapi.ts'
import type { Definition } from './command.ts'

/**
 * `/openapi.json` for programs and `/docs/api` for people; both served from here, nothing is fetched from elsewhere.
 */
export async function addApiPages(
  server: FastifyInstance,
  definitions: readonly Definition[],
  version: string,
): Promise<void> {
  let described: ApiDescription | undefined
  const describe = () => (described ??= describeApi(definitions, version))
  server.get('/openapi.json', (_request, reply) => reply.header('cache-control', 'no-cache').send(describe()))
  const document = { openapi: '3.1.0', info: { title: 'Shoptalk', version }, paths: {} }
  await server.register(swagger, { mode: 'static', specification: { document } })
  await server.register(pages, {
    routePrefix: '/docs/api',
    uiConfig: { layout: 'BaseLayout', deepLinking: true, docExpansion: 'none', defaultModelsExpandDepth: -1 },
    theme: { title: 'Shoptalk API' },
    transformSpecification: () => describe(), // made when somebody first looks: the server starts without it
    transformSpecificationClone: false,
  })
}
