import { existsSync } from 'node:fs'
import { join } from 'node:path'
import files from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { answerUnknown } from './http-errors.ts'

/**
 * Serves the built web app. What the build named by its content is kept for ever; the page itself is asked for each
 * time, so that a new version arrives with the next visit. Every address of the app leads to the one page, which knows
 * the way on.
 */
export async function addWebApp(server: FastifyInstance, folder: string): Promise<void> {
  const isBuilt = existsSync(join(folder, 'index.html'))
  if (isBuilt) {
    await server.register(files, {
      root: folder,
      preCompressed: true,
      cacheControl: false,
      setHeaders: (response, path) => void response.header('cache-control', cacheOf(path.slice(folder.length))),
    })
  }
  server.setNotFoundHandler((request, reply) => {
    if (!isPage(request.method, request.url)) return answerUnknown(request, reply)
    if (isBuilt) return reply.header('cache-control', 'no-cache').sendFile('index.html')
    return reply.code(404).type('text/plain').send('The web app has not been built: node bin/setup.mjs start\n')
  })
}

const YEAR_S = 31_536_000
const cacheOf = (path: string) => (path.startsWith('/assets/') ? `public, max-age=${YEAR_S}, immutable` : 'no-cache')

/** What programs ask: they are told that there is nothing, and get no page. */
const forPrograms = ['/v1/', '/scim/', '/qr/']

/** An address without a file's ending, for people. */
function isPage(method: string, url: string): boolean {
  const path = url.split('?', 1)[0] ?? ''
  const last = path.slice(path.lastIndexOf('/') + 1)
  const isForPrograms = forPrograms.some((prefix) => path.startsWith(prefix))
  return (method === 'GET' || method === 'HEAD') && !isForPrograms && !last.includes('.')
}
