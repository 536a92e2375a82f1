import { createWriteStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { limits } from '../../../protocol/limits.ts'
import { MediaId } from '../../../protocol/ids.ts'
import { MEDIA_PATH } from '../../../protocol/media.ts'
import type { Tools } from '../../platform/feature.ts'
import { Refusal } from '../../platform/refusal.ts'
import { hasCode, PRIVATE, type MediaFiles } from './files.ts'
import { codeOfStatus } from './rules.ts'
import { findMedia } from './store.ts'

/** Answers requests of the tus protocol about one upload; whose it is was asked before. Refusals are thrown. */
export type UploadServer = { answer(request: Request): Promise<Response> }
type Options = Pick<Tools, 'database'> & { files: MediaFiles; finish(id: MediaId): Promise<void> }

export async function openUploadServer({ database, files, finish }: Options): Promise<UploadServer> {
  const [{ Server, Upload }, { FileStore }] = await Promise.all([import('@tus/server'), import('@tus/file-store')])
  await mkdir(files.uploads, PRIVATE)
  /** How long an upload is, and what it is called, stands in the database, not in a file beside it. */
  const configstore = {
    async get(id: string) {
      const row = await database.read((tx) => findMedia(tx, MediaId.parse(id)))
      if (!row) return undefined
      const { organizationId, name, claimedType, size } = row
      const metadata = { organizationId, mediaId: id, name, type: claimedType }
      return new Upload({ id, size, offset: 0, metadata, creation_date: row.createdAt })
    },
    set: async () => undefined,
    delete: async () => undefined,
  }
  const store = new FileStore({ directory: files.uploads, configstore })
  const datastore = Object.assign(store, {
    extensions: ['creation', 'creation-with-upload', 'termination'],
    async create(upload: InstanceType<typeof Upload>) {
      // Without emptying it: two requests may begin the same upload.
      await writeFile(files.uploadOf(MediaId.parse(upload.id)), '', { flag: 'a' }).catch(refuseFull)
      return upload
    },
    async write(content: Readable, id: string, offset: number) {
      const file = createWriteStream(files.uploadOf(MediaId.parse(id)), { flags: 'r+', start: offset })
      await pipeline(content, file).catch(refuseFull)
      return offset + file.bytesWritten
    },
  })
  const faults = new WeakMap<object, unknown>()
  const server = new Server({
    path: MEDIA_PATH,
    relativeLocation: true,
    datastore,
    maxSize: limits.mediaVideoBytes,
    namingFunction: (_request, metadata) => MediaId.parse(metadata?.['mediaId']?.toLowerCase()),
    onUploadFinish: async (_request, { id }) => {
      await finish(MediaId.parse(id))
      return {}
    },
    onResponseError: (request, error) => void faults.set(request, error),
  })
  return {
    async answer(request) {
      const response = await server.handleWeb(request)
      if (response.status >= 400) throw await refusalOf(response, faults.get(request))
      return response
    },
  }
}

function refuseFull(error: unknown): never {
  throw hasCode(error, 'ENOSPC') || hasCode(error, 'EDQUOT')
    ? new Refusal('media.storage-full', { cause: error })
    : error
}

const BUSY_MS = 1_000

async function refusalOf(response: Response, fault: unknown): Promise<Error> {
  if (fault instanceof Error) return fault
  const words = (await response.text()).trim()
  // Another request about the same upload is under way, or has taken over.
  if (/lock/.test(words)) return new Refusal('server.busy', { retryAfterMs: BUSY_MS })
  const code = codeOfStatus(response.status)
  return code === 'media.invalid' ? new Refusal(code, { message: words }) : new Refusal(code)
}
