import { addJob } from '../../platform/jobs.ts'
import type { Tx } from '../../platform/sql.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** What nobody uses, and what never arrived whole, is kept so long. */
export const KEEP_UNUSED_MS = DAY_MS
export const TIDY = 'media.tidy'
export const SWEEP = 'media.sweep'

/** What is unused from now on is looked at when its time is over: one look for all of the same hour. */
export async function scheduleTidying(tx: Tx, now: Date): Promise<void> {
  const hour = Math.floor(now.getTime() / HOUR_MS) + 1
  const runAt = new Date(hour * HOUR_MS + KEEP_UNUSED_MS)
  await addJob(tx, TIDY, {}, { key: `${TIDY}:${hour}`, runAt })
}

/** Once for each day on which something is uploaded: all files are gone through. */
export async function scheduleSweeping(tx: Tx, now: Date): Promise<void> {
  const day = Math.floor(now.getTime() / DAY_MS) + 1
  const runAt = new Date(day * DAY_MS + KEEP_UNUSED_MS)
  await addJob(tx, SWEEP, {}, { key: `${SWEEP}:${day}`, runAt })
}
