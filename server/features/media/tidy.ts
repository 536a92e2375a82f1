import { rm } from 'node:fs/promises'
import type { Job, Tools } from '../../platform/feature.ts'
import { filesIn, type MediaFile } from './files.ts'
import { mediaFolderOf } from './settings.ts'
import { deleteEnded, endUnused, hasUnused, statesOf, type MediaRow } from './store.ts'
import { KEEP_UNUSED_MS, scheduleTidying, SWEEP, TIDY } from './tidy-times.ts'

const PORTION = 100

/**
 * Removes what no message has held for a day, what never arrived whole, and what was refused. First nobody can use it
 * any more, then the files go, then the row: cut off anywhere, the next run goes on.
 */
export const tidyMedia: Job = {
  name: TIDY,
  async run(_payload, { database, clock, settings }) {
    const files = filesIn(mediaFolderOf(settings))
    const before = new Date(clock().getTime() - KEEP_UNUSED_MS)
    for (let count = PORTION; count === PORTION;) {
      const ids = await database.transaction((tx) => endUnused(tx, before, PORTION))
      for (const id of ids) await files.remove(id)
      await database.transaction((tx) => deleteEnded(tx, ids))
      count = ids.length
    }
    await database.transaction(async (tx) => {
      // Somebody was just posting it, or it waits in a message for its time.
      if (await hasUnused(tx, before)) await scheduleTidying(tx, clock())
    })
  },
}

/** Removes files of which the database knows nothing: what a crash or a restored backup has left. */
export const sweepFiles: Job = {
  name: SWEEP,
  async run(_payload, { database, clock, settings }) {
    const before = new Date(clock().getTime() - KEEP_UNUSED_MS)
    let portion: MediaFile[] = []
    for await (const file of filesIn(mediaFolderOf(settings)).list(before)) {
      portion.push(file)
      if (portion.length < PORTION) continue
      await sweep(database, portion)
      portion = []
    }
    await sweep(database, portion)
  },
}

async function sweep(database: Tools['database'], files: readonly MediaFile[]): Promise<void> {
  const ids = Array.from(new Set(files.map(({ id }) => id)))
  const states = await database.read((tx) => statesOf(tx, ids))
  for (const { path, id, place } of files) if (!isNeeded(place, states.get(id))) await rm(path, { force: true })
}

/** Pure. What is being written is written in minutes. */
function isNeeded(place: MediaFile['place'], state: MediaRow['state'] | undefined): boolean {
  if (place === 'work' || state === undefined) return false
  return place === 'kept' ? state === 'checking' || state === 'ready' : state === 'arriving' || state === 'checking'
}
