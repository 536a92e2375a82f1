import { open } from 'node:fs/promises'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { MediaId, type PersonId } from '../../../protocol/ids.ts'
import { MEDIA_PATH, MediaVariant } from '../../../protocol/media.ts'
import type { DoorTools } from '../../platform/feature.ts'
import { Refusal } from '../../platform/refusal.ts'
import { mayLoad } from './access.ts'
import { gone, type MediaFiles } from './files.ts'
import { rangeOf } from './rules.ts'
import { findMedia } from './store.ts'
import { personAsking } from './uploads.ts'

type Asked = FastifyRequest<{ Params: { mediaId: string; variant: string } }>
type Door = DoorTools & { files: MediaFiles }
type Loaded = { id: MediaId; type: string; bytes: number; disposition: string }

/** Who has lost the right to see something does not find it in a browser's memory for long either. */
const CACHE_S = 600

export function addLoading(server: FastifyInstance, door: Door): void {
  server.route({
    method: ['GET', 'HEAD'],
    url: `${MEDIA_PATH}/:mediaId/:variant`,
    handler: (request: Asked, reply) => load(door, request, reply),
  })
}

/** The database is asked, and let go, before the first byte is sent: who loads slowly holds a file, nothing else. */
async function load(door: Door, request: Asked, reply: FastifyReply) {
  const personId = await personAsking(door, request)
  const id = MediaId.safeParse(request.params.mediaId.toLowerCase())
  const variant = MediaVariant.safeParse(request.params.variant)
  if (!id.success || !variant.success) throw new Refusal('media.not-found')
  const loaded = await find(door, personId, { id: id.data, variant: variant.data })
  if (!loaded) throw new Refusal('media.not-found')
  const { type, bytes, disposition } = loaded
  const tag = `"${loaded.id}-${variant.data}"`
  void reply.header('etag', tag).header('cache-control', `private, max-age=${CACHE_S}, immutable`)
  if (isKnown(request.headers['if-none-match'], tag)) return reply.code(304).send()
  const range = rangeAsked(request, reply, { tag, bytes })
  const { start, end } = range ?? { start: 0, end: bytes - 1 }
  if (range) void reply.code(206).header('content-range', `bytes ${start}-${end}/${bytes}`)
  void reply
    .header('content-type', type)
    .header('content-length', end - start + 1)
    .header('accept-ranges', 'bytes')
    .header('content-disposition', disposition)
    // Whatever it is, it runs nothing here, and has no part in the app.
    .header('content-security-policy', 'sandbox')
  if (request.method === 'HEAD') return reply.send()
  const file = await open(door.files.keptAs(loaded.id, variant.data)).catch(gone)
  if (!file) throw new Error(`The file of media ${loaded.id} is missing.`)
  return reply.send(file.createReadStream({ start, end }))
}

function find(
  { database }: Door,
  personId: PersonId,
  { id, variant }: { id: MediaId; variant: MediaVariant },
): Promise<Loaded | undefined> {
  return database.snapshot(async (tx) => {
    const row = await findMedia(tx, id)
    if (row?.state !== 'ready' || !(await mayLoad(tx, row, personId))) return undefined
    const bytes = variant === 'preview' ? row.previewBytes : row.bytes
    const type = variant === 'preview' ? 'image/webp' : row.mimeType
    if (bytes === null || type === null) return undefined
    const disposition = `${row.kind === 'file' ? 'attachment' : 'inline'}; ${fileName(row.name)}`
    return { id: row.id, type, bytes, disposition }
  })
}

/** Twice: for programs that know ASCII alone, and for all others. */
function fileName(name: string): string {
  const plain = name.replaceAll(/[^ !#-[\]-~]/g, '_')
  const encoded = encodeURIComponent(name).replaceAll(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)
  return `filename="${plain}"; filename*=UTF-8''${encoded}`
}

const isKnown = (header: string | undefined, tag: string) =>
  header !== undefined && header.split(',').some((one) => ['*', tag, `W/${tag}`].includes(one.trim()))

function rangeAsked({ headers }: Asked, reply: FastifyReply, { tag, bytes }: { tag: string; bytes: number }) {
  const isSame = headers['if-range'] === undefined || headers['if-range'] === tag
  try {
    return isSame ? rangeOf(headers.range, bytes) : undefined
  } catch (error) {
    void reply.header('content-range', `bytes */${bytes}`)
    throw error
  }
}
