import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { v7 as uuidv7 } from 'uuid'
import { until } from '../../e2e/support/until.ts'
import type { MediaPart } from '../../protocol/media-part.ts'
import { MEDIA_PATH, type Media } from '../../protocol/media.ts'
import { features } from '../all-features.ts'
import { authenticate, hashToken } from '../features/identity/index.ts'
import { feature as media } from '../features/media/index.ts'
import { createIdentify } from '../platform/caller.ts'
import { createHttp } from '../platform/http.ts'
import { createMetrics } from '../platform/metrics.ts'
import { publicUrl, trustProxy } from '../platform/server-settings.ts'
import { makeCast, type Cast } from './cast.ts'
import { openSite, type From, type Site } from './site.ts'

export type MediaStage = Awaited<ReturnType<typeof openMediaStage>>
export type Sending = { name?: string; type?: string; mediaId?: string; organizationId?: string; size?: number }

/** A site with the cast, each signed in on a phone, whose files lie in a folder of their own. */
export async function openMediaStage() {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'shoptalk-media-'))
  stack.defer(() => rm(folder, { recursive: true }))
  const site = stack.use(await openSite(features, { environment: { MEDIA_FOLDER: folder } }))
  // What is planned for later waits for the clock of the machine: no job of a later time runs by itself.
  site.clock.set(new Date())
  const cast = await makeCast(site.database)
  let url = site.url
  const closing = stack.move()

  /** One request about a file or an upload; `path` begins behind `/v1/media`. */
  function call(method: string, path: string, { token, body, ...more }: Call): Promise<Response> {
    const headers = new Headers({ authorization: `Bearer ${token}`, ...more.headers })
    if (method !== 'GET') headers.set('tus-resumable', '1.0.0')
    return fetch(`${url}${MEDIA_PATH}${path}`, { method, headers, ...(body ? { body } : {}) })
  }

  const begin = (from: Token, size: number, sending: Sending = {}) =>
    call('POST', '', { ...from, headers: newUpload(cast, size, sending) })

  const send = (from: Token, mediaId: string, { offset = 0, body }: { offset?: number; body: Uint8Array }) =>
    call('PATCH', `/${mediaId}`, {
      ...from,
      headers: { 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' },
      body: Buffer.from(body),
    })

  /** Until the server knows what it is. */
  const settled = (from: Token, mediaId: string): Promise<Media> =>
    until(async () => {
      const media = await site.act<Media>('media.get', { organizationId: cast.organizationId, mediaId }, from)
      return (media.state === 'ready' || media.state === 'refused') && media
    }, 'an upload was looked at')

  /** All of it at once; answers with what became of it. */
  async function upload(from: Token, content: Uint8Array, sending: Sending = {}): Promise<Media & { mediaId: string }> {
    const mediaId = sending.mediaId ?? uuidv7()
    const begun = await begin(from, content.length, { ...sending, mediaId })
    if (begun.status !== 201) throw new Error(await begun.text())
    const sent = await send(from, mediaId, { body: content })
    if (sent.status !== 204) throw new Error(await sent.text())
    return { ...(await settled(from, mediaId)), mediaId }
  }

  return {
    site,
    cast,
    folder,
    call,
    begin,
    send,
    settled,
    upload,
    /** The part of something that must be fit for a message. */
    async part(from: Token, content: Uint8Array, sending: Sending = {}): Promise<MediaPart> {
      const media = await upload(from, content, sending)
      if (!media.part) throw new Error(`It was refused: ${media.refusal}`)
      return media.part
    },
    /** From here on all is asked of a server that has just been started, on the same database and files. */
    async restart(): Promise<void> {
      const door = await openDoor(site)
      closing.defer(() => door.close())
      url = await door.listen({ port: 0, host: '127.0.0.1' })
    },
    signIn: (personId: string) => signIn(site, personId),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}

export type Token = { token: string }
type Call = Token & { headers?: Record<string, string>; body?: Uint8Array<ArrayBuffer> }

function newUpload(
  cast: Cast,
  size: number,
  { mediaId = uuidv7(), name = 'file', type = '', organizationId }: Sending,
) {
  const metadata = { organizationId: organizationId ?? cast.organizationId, mediaId, name, type }
  const pairs = Object.entries(metadata).map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
  return { 'upload-length': String(size), 'upload-metadata': pairs.join(',') }
}

function openDoor(site: Site): Promise<FastifyInstance> {
  const { database, clock, executor, log, settings } = site
  const metrics = createMetrics()
  const home = settings.get(publicUrl)
  const identify = createIdentify({
    authenticate: (token, source) => authenticate(database, token, { source, now: clock() }),
    operatorToken: site.operatorToken,
    publicUrl: home,
    trustedProxies: settings.get(trustProxy),
  })
  return createHttp({
    executor,
    identify,
    log,
    metrics,
    publicUrl: home,
    webFolder: import.meta.dirname,
    isDraining: () => false,
    addRoutes: async (server) => media.addRoutes?.(server, { ...site, identify, metrics }),
  })
}

async function signIn(site: Site, personId: string): Promise<From & Token & { deviceId: string }> {
  const [token, deviceId] = [`session-of-${uuidv7()}`, uuidv7()]
  await site.database.transaction(
    (tx) => tx`
      insert into device (id, person_id, name, class, token_hash, created_at, seen_at)
      values (${deviceId}, ${personId}, 'Test', 'mobile', ${hashToken(token)}, ${site.clock()}, ${site.clock()})`,
  )
  return { token, deviceId }
}
