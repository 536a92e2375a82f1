import { rm, stat } from 'node:fs/promises'
import { z } from 'zod'
import { MediaId } from '../../../protocol/ids.ts'
import type { Job, Tools } from '../../platform/feature.ts'
import { addJob } from '../../platform/jobs.ts'
import { Refusal } from '../../platform/refusal.ts'
import type { Tx } from '../../platform/sql.ts'
import { countUpload } from './counts.ts'
import { filesIn, gone, hasCode, type MediaFiles } from './files.ts'
import { rewritePicture } from './pictures.ts'
import { kindOf, renamed } from './rules.ts'
import { mediaFolderOf } from './settings.ts'
import { endMedia, findMedia, setReady, startChecking, type Found, type MediaRow } from './store.ts'
import { scheduleTidying } from './tidy-times.ts'

const CHECK = 'media.check'
/** What takes the server down with it is not tried for ever. */
const ATTEMPTS_MAX = 5
/** So many of the jobs that run at once are of this kind at most; the others go on. */
const QUEUES = 2

/** All bytes are there. */
export async function startCheck(tx: Tx, id: MediaId): Promise<void> {
  if (!(await startChecking(tx, id))) return
  const queue = `${CHECK}:${Number.parseInt(id.slice(-1), 16) % QUEUES}`
  await addJob(tx, CHECK, { mediaId: id }, { key: `${CHECK}:${id}`, attemptsMax: ATTEMPTS_MAX, queue })
}

const Payload = z.object({ mediaId: MediaId })

/**
 * Finds out what has arrived, writes it as it will be loaded, and says so. Wherever it is cut off, the next run does it
 * again: the upload stays until the row says what became of it, and what is written twice is the same.
 */
export const checkMedia: Job = {
  name: CHECK,
  async run(payload, { database, clock, settings, attempt, attemptsMax }) {
    const { mediaId } = Payload.parse(payload)
    const files = filesIn(mediaFolderOf(settings))
    const row = await database.read((tx) => findMedia(tx, mediaId))
    if (row?.state !== 'checking') return
    const isLast = attempt >= attemptsMax
    const outcome = isLast ? new Refusal('media.unreadable') : await outcomeOf(files, row)
    if (await settle(database, row.id, { outcome, now: clock() }))
      countUpload(database, outcome instanceof Refusal ? outcome.code : 'ready')
    if (outcome instanceof Refusal) await files.remove(row.id)
    else await rm(files.uploadOf(row.id), { force: true })
  },
}

async function outcomeOf(files: MediaFiles, row: MediaRow): Promise<Found | Refusal> {
  try {
    return await look(files, row)
  } catch (error) {
    if (error instanceof Refusal) return error
    if (hasCode(error, 'ENOSPC') || hasCode(error, 'EDQUOT')) return new Refusal('media.storage-full')
    if (!(await stat(files.uploadOf(row.id)).catch(gone))) return new Refusal('media.ended')
    throw error
  }
}

function settle(database: Tools['database'], id: MediaId, { outcome, now }: { outcome: Found | Refusal; now: Date }) {
  return database.transaction(async (tx) => {
    await scheduleTidying(tx, now)
    return outcome instanceof Refusal ? endMedia(tx, id, outcome.code, now) : setReady(tx, id, outcome, now)
  })
}

async function look(files: MediaFiles, row: MediaRow): Promise<Found> {
  const { id, name, size: bytes } = row
  const copy = await files.takeCopy(id)
  try {
    const { fileTypeFromFile } = await import('file-type')
    const type = (await fileTypeFromFile(copy))?.mime
    const kind = kindOf(type, row)
    if (kind === 'picture') return await keepPicture(files, row, copy)
    await files.keep(copy, files.keptAs(id, 'original'))
    const mimeType = type === 'video/x-m4v' ? 'video/mp4' : (type ?? 'application/octet-stream')
    return { kind, name, mimeType, bytes }
  } finally {
    await rm(copy, { force: true })
  }
}

async function keepPicture(files: MediaFiles, { id, name }: MediaRow, copy: string): Promise<Found> {
  const made = { original: await files.workFile(id), preview: await files.workFile(id) }
  try {
    const { mimeType, width, height } = await rewritePicture(copy, made)
    const [{ size: bytes }, { size: previewBytes }] = [await stat(made.original), await stat(made.preview)]
    await files.keep(made.preview, files.keptAs(id, 'preview'))
    await files.keep(made.original, files.keptAs(id, 'original'))
    return { kind: 'picture', name: renamed(name, mimeType), mimeType, bytes, width, height, previewBytes }
  } finally {
    await rm(made.original, { force: true })
    await rm(made.preview, { force: true })
  }
}
