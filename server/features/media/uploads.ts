import { stat } from 'node:fs/promises'
import { PassThrough, Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { MediaId, type PersonId } from '../../../protocol/ids.ts'
import { limits } from '../../../protocol/limits.ts'
import { MEDIA_PATH } from '../../../protocol/media.ts'
import { personOf } from '../../platform/command.ts'
import type { DoorTools } from '../../platform/feature.ts'
import { Refusal } from '../../platform/refusal.ts'
import { isPresent } from './access.ts'
import { beginUpload, readNewUpload } from './begin-upload.ts'
import { startCheck } from './check-media.ts'
import { countUpload } from './counts.ts'
import { gone, type MediaFiles, sync } from './files.ts'
import { endMedia, findMedia, type MediaRow } from './store.ts'
import { openUploadServer, type UploadServer } from './upload-store.ts'

type Asked = FastifyRequest<{ Params: { mediaId: string } }>
type Door = DoorTools & { files: MediaFiles; uploads(): Promise<UploadServer> }

const TUS = '1.0.0'
/** The library takes what is in the body as it comes, and no more of it than was announced. */
const CONTENT = 'application/offset+octet-stream'

/** Uploads by the tus protocol 1.0: they go on where they were cut off. */
export async function addUploads(server: FastifyInstance, tools: DoorTools & { files: MediaFiles }): Promise<void> {
  let opened: Promise<UploadServer> | undefined
  const finish = (id: MediaId) => finishUpload(tools, id)
  // With the first upload: the library comes with it.
  const uploads = () => (opened ??= openUploadServer({ ...tools, finish }))
  const door = { ...tools, uploads }
  await server.register(async (scope) => {
    scope.addContentTypeParser(CONTENT, (_request, _body, done) => done(null))
    scope.addHook('onRequest', async (_request, reply) => void reply.header('tus-resumable', TUS))
    const one = `${MEDIA_PATH}/:mediaId`
    const bodyLimit = limits.mediaVideoBytes
    scope.post(MEDIA_PATH, { bodyLimit }, (request, reply) => begin(door, request, reply))
    scope.patch(one, { bodyLimit }, (request: Asked, reply) => goOn(door, request, reply))
    scope.head(one, (request: Asked, reply) => tellOffset(door, request, reply))
    scope.delete(one, (request: Asked, reply) => end(door, request, reply))
    scope.options(MEDIA_PATH, (_request, reply) => tellWhatIsKnown(reply))
  })
}

const tellWhatIsKnown = (reply: FastifyReply) =>
  reply
    .code(204)
    .header('tus-version', TUS)
    .header('tus-extension', 'creation,creation-with-upload,termination')
    .header('tus-max-size', limits.mediaVideoBytes)
    .send()

async function begin(door: Door, request: FastifyRequest, reply: FastifyReply) {
  const personId = await personAsking(door, request)
  const upload = readNewUpload(headerOf(request, 'upload-length'), headerOf(request, 'upload-metadata'))
  await beginUpload(door, personId, upload)
  const offset = await offsetOf(door, await own(door, personId, upload.id))
  if (offset === undefined) return pass(door, request, { reply, id: upload.id })
  return reply.code(201).header('location', `${MEDIA_PATH}/${upload.id}`).header('upload-offset', offset).send()
}

async function goOn(door: Door, request: Asked, reply: FastifyReply) {
  const row = await ownNamed(door, request)
  if (row.state === 'arriving') return pass(door, request, { reply, id: row.id })
  const offset = await offsetOf(door, row)
  if (headerOf(request, 'upload-offset') !== String(offset)) throw new Refusal('media.offset')
  return reply.code(204).header('upload-offset', offset).send()
}

async function tellOffset(door: Door, request: Asked, reply: FastifyReply) {
  const row = await ownNamed(door, request)
  if (row.state === 'arriving') {
    // The answer to the last byte, or the server itself, may have been lost.
    if ((await offsetOf(door, row)) === row.size) await finishUpload(door, row.id)
    else return pass(door, request, { reply, id: row.id })
  }
  return reply
    .header('cache-control', 'no-store')
    .header('upload-offset', row.state === 'arriving' ? row.size : await offsetOf(door, row))
    .header('upload-length', row.size)
    .send()
}

async function end(door: Door, request: Asked, reply: FastifyReply) {
  const { id, state } = await ownNamed(door, request)
  const isEnded = await door.database.transaction((tx) => endMedia(tx, id, 'media.ended', door.clock()))
  if (!isEnded && state !== 'refused')
    throw new Refusal('media.invalid', { message: 'A message holds this. Delete the message.' })
  if (isEnded) countUpload(door.database, 'media.ended')
  await door.files.remove(id)
  return reply.code(204).send()
}

/** How much of it has arrived; undefined where there is not even a file. */
async function offsetOf({ files }: Door, { id, state, refusal, size }: MediaRow): Promise<number | undefined> {
  if (refusal === 'media.ended' || refusal === 'media.storage-full') throw new Refusal(refusal)
  return state === 'arriving' ? (await stat(files.uploadOf(id)).catch(gone))?.size : size
}

/** Lets the library answer. A disk that is full ends the upload, so that what has come of it makes room. */
async function pass(door: Door, request: FastifyRequest, { reply, id }: { reply: FastifyReply; id: MediaId }) {
  using body = bodyOf(request)
  try {
    const response = await (await door.uploads()).answer(toWeb(request, body.stream))
    for (const name of ['location', 'upload-offset', 'upload-length', 'upload-metadata', 'cache-control']) {
      const value = response.headers.get(name)
      if (value !== null) void reply.header(name, value)
    }
    return await reply.code(response.status).send()
  } catch (error) {
    if (error instanceof Refusal && error.code === 'media.storage-full') {
      await door.database.transaction((tx) => endMedia(tx, id, error.code, door.clock()))
      await door.files.remove(id)
      countUpload(door.database, error.code)
    }
    throw error
  }
}

/**
 * What is sent along, apart from the connection. What is left of it when all is said is read and forgotten: otherwise
 * the next request on the connection would wait behind it for ever.
 */
function bodyOf({ method, headers, raw }: FastifyRequest): Disposable & { stream: PassThrough | undefined } {
  const hasBody = method === 'PATCH' || (method === 'POST' && headers['content-type'] === CONTENT)
  const stream = hasBody ? new PassThrough() : undefined
  if (stream) {
    raw.once('error', () => stream.destroy(new Error('The connection was cut.')))
    stream.on('error', () => undefined) // whoever reads it is told
    raw.pipe(stream)
  }
  return {
    stream,
    [Symbol.dispose]() {
      if (!stream) return
      raw.unpipe(stream).resume()
      stream.destroy()
    },
  }
}

function toWeb({ method, url, headers }: FastifyRequest, body: PassThrough | undefined): Request {
  const named = Object.entries(headers).flatMap(([name, value]) =>
    typeof value === 'string' && passedOn.test(name) ? [[name, value] as [string, string]] : [],
  )
  const init: RequestInit & { duplex: 'half' } = { method, headers: named, duplex: 'half' }
  return new Request(
    new URL(url, 'http://server'),
    body ? { ...init, body: Readable.toWeb(body) as ReadableStream } : init,
  )
}
const passedOn = /^(tus-|upload-|content-(length|type)$)/

async function finishUpload({ database, files }: Pick<Door, 'database' | 'files'>, id: MediaId): Promise<void> {
  await sync(files.uploadOf(id)).catch(gone) // it may have been ended meanwhile
  await database.transaction((tx) => startCheck(tx, id))
}

async function ownNamed(door: Door, request: Asked): Promise<MediaRow> {
  const personId = await personAsking(door, request)
  const id = MediaId.safeParse(request.params.mediaId.toLowerCase())
  if (!id.success) throw new Refusal('media.not-found')
  return own(door, personId, id.data)
}

async function own({ database }: Door, personId: PersonId, id: MediaId): Promise<MediaRow> {
  const row = await database.snapshot(async (tx) => {
    const found = await findMedia(tx, id)
    const isOwn = found?.ownerId === personId && (await isPresent(tx, found.organizationId, personId))
    return isOwn ? found : undefined
  })
  if (!row) throw new Refusal('media.not-found')
  return row
}

export const personAsking = async ({ identify }: Pick<Door, 'identify'>, request: FastifyRequest) =>
  personOf(await identify(request.raw))

function headerOf({ headers }: FastifyRequest, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value : undefined
}
