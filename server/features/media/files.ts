import { randomBytes } from 'node:crypto'
import { copyFile, constants, mkdir, open, opendir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { MediaId } from '../../../protocol/ids.ts'
import type { MediaVariant } from '../../../protocol/media.ts'

/**
 * Three folders: `uploads` holds what has arrived so far, `work` what is being written, `kept` what may be loaded.
 * Nothing comes into `kept` but whole, on the disk, and by a new name.
 */
export type MediaFiles = ReturnType<typeof filesIn>

export function filesIn(folder: string) {
  const uploads = join(folder, 'uploads')
  const work = join(folder, 'work')
  const kept = join(folder, 'kept')
  /** The end of an id is from chance, its beginning is the time: so all folders get as many. */
  const keptAs = (id: MediaId, variant: MediaVariant) => join(kept, id.slice(-2), `${id}.${variant}`)

  async function keep(from: string, to: string): Promise<void> {
    await sync(from)
    await mkdir(dirname(to), PRIVATE)
    await rename(from, to)
    await sync(dirname(to))
  }

  return {
    uploads,
    keptAs,
    uploadOf: (id: MediaId) => join(uploads, id),
    /** A new name in the folder of what is being written. */
    async workFile(id: MediaId): Promise<string> {
      await mkdir(work, PRIVATE)
      return join(work, `${id}.${randomBytes(6).toString('hex')}`)
    },
    /** A copy, so that who still writes into the upload changes nothing that was looked at. */
    async takeCopy(id: MediaId): Promise<string> {
      const copy = await this.workFile(id)
      await copyFile(join(uploads, id), copy, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
      return copy
    },
    keep,
    async remove(id: MediaId): Promise<void> {
      for (const path of [join(uploads, id), keptAs(id, 'original'), keptAs(id, 'preview')])
        await rm(path, { force: true })
    },
    /** All that lies in the three folders and is older. What is not called as it would be by us is left alone. */
    async *list(before: Date): AsyncGenerator<MediaFile> {
      for (const place of places) {
        for await (const path of filesBelow(join(folder, place))) {
          const id = MediaId.safeParse(basename(path).split('.')[0])
          const found = id.success ? await stat(path).catch(gone) : undefined
          if (id.success && found && found.mtime < before) yield { path, id: id.data, place }
        }
      }
    },
  }
}

const places = ['uploads', 'work', 'kept'] as const
export type MediaFile = { path: string; id: MediaId; place: (typeof places)[number] }

/** Whoever else has an account on the machine is not meant. */
export const PRIVATE = { recursive: true, mode: 0o700 } as const

async function* filesBelow(folder: string): AsyncGenerator<string> {
  const entries = await opendir(folder).catch(gone)
  if (!entries) return
  for await (const entry of entries) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* filesBelow(path)
    else yield path
  }
}

/** Onto the disk: of a file its bytes, of a folder its names. */
export async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** For a file that is not there any more. */
export function gone(error: unknown): undefined {
  if (hasCode(error, 'ENOENT')) return undefined
  throw error
}

export const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code
