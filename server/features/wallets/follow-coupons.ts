import { addJob } from '../../platform/jobs.ts'
import type { Tx } from '../../platform/sql.ts'
import { APPLE_JOB, GOOGLE_JOB } from './jobs.ts'
import { markChanged } from './store.ts'

/** Coupons have changed: the wallets in which they lie are told, once that is committed. */
export async function followCoupons(tx: Tx, couponIds: readonly string[], now: Date): Promise<void> {
  const passes = await markChanged(tx, couponIds, now)
  const apple = passes.filter(({ wallet }) => wallet === 'apple').map(({ id }) => id)
  if (apple.length > 0) await addJob(tx, APPLE_JOB, { passIds: apple })
  for (const { id, wallet } of passes)
    if (wallet === 'google') await addJob(tx, GOOGLE_JOB, { passId: id }, { key: `${GOOGLE_JOB}:${id}` })
}
