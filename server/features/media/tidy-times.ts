import { addJob } from '../../platform/jobs.ts'
import type { Tx } from '../../platform/sql.ts'

const HOUR_MS = 3_600_000
/** What nobody uses, and what never arrived whole, is kept so long. */
export const KEEP_UNUSED_MS = 24 * HOUR_MS
export const TIDY = 'media.tidy'

/** What is unused from now on is looked at when its time is over: one look for all of the same hour. */
export async function scheduleTidying(tx: Tx, now: Date): Promise<void> {
  const hour = Math.floor(now.getTime() / HOUR_MS) + 1
  const runAt = new Date(hour * HOUR_MS + KEEP_UNUSED_MS)
  await addJob(tx, TIDY, {}, { key: `${TIDY}:${hour}`, runAt })
}
