import { existsSync } from 'node:fs'
import { join } from 'node:path'
import files from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { isPagePath } from '../../protocol/pages.ts'
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
    const path = request.url.split('?', 1)[0] ?? ''
    if (request.method !== 'GET' && request.method !== 'HEAD') return answerUnknown(request, reply)
    if (path === WORKER_PATH)
      return reply.header('cache-control', 'no-cache').type('text/javascript; charset=utf-8').send(leavingWorker)
    if (!isPagePath(path)) return answerUnknown(request, reply)
    if (isBuilt) return reply.header('cache-control', 'no-cache').sendFile('index.html')
    return reply.code(404).type('text/plain').send('The web app has not been built: node bin/setup.mjs start\n')
  })
}

const YEAR_S = 31_536_000
const cacheOf = (path: string) => (path.startsWith('/assets/') ? `public, max-age=${YEAR_S}, immutable` : 'no-cache')

const WORKER_PATH = '/sw.js'
/**
 * Where the build has no worker, browsers that have one are told to forget it and all it kept: no page that was kept
 * can outlive the server's wish.
 */
const leavingWorker = `addEventListener('install', () => skipWaiting())
addEventListener('activate', (event) => event.waitUntil(leave()))
async function leave() {
  for (const name of await caches.keys()) await caches.delete(name)
  await registration.unregister()
}
`
