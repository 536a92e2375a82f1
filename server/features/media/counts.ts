import type { Database } from '../../platform/sql.ts'
import type { DoorTools } from '../../platform/feature.ts'
import { bytesKept } from './store.ts'

type Counts = Map<string, number>
const all = new WeakMap<Database, Counts>()

/** `ready`, or the code of the refusal. */
export function countUpload(database: Database, outcome: string): void {
  const counts = countsOf(database)
  counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
}

function countsOf(database: Database): Counts {
  const counts = all.get(database) ?? new Map<string, number>()
  all.set(database, counts)
  return counts
}

/** All rows are read for it, so a minute's answer is good enough. */
const FRESH_MS = 60_000

export function addFigures({ metrics, database }: Pick<DoorTools, 'metrics' | 'database'>): void {
  let known = { at: Number.NEGATIVE_INFINITY, bytes: new Map<string, number>() }
  metrics.watchEach('shoptalk_media_uploads', 'Uploads that have ended on this node since it was started.', {
    label: 'outcome',
    read: async () => countsOf(database),
  })
  metrics.watchEach('shoptalk_media_bytes', 'Bytes of the pictures, videos and files that are kept.', {
    label: 'kind',
    async read() {
      if (performance.now() - known.at > FRESH_MS)
        known = { at: performance.now(), bytes: await database.read(bytesKept).catch(() => known.bytes) }
      return known.bytes
    },
  })
}
