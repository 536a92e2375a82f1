import { z } from 'zod'
import { CampaignId, Instant } from '../../../protocol/ids.ts'
import type { Job } from '../../platform/feature.ts'
import { addJob } from '../../platform/jobs.ts'
import type { Tx } from '../../platform/sql.ts'
import type { HeldCampaign } from './admission.ts'
import { holdStocks, setState, setTendAt } from './campaign-store.ts'
import { countEnds } from './count-expiry.ts'
import { recordReminders } from './send-reminders.ts'
import { tellHolders, tellManagers } from './tell-holders.ts'
import { expireDue, nextDue, remindDue, unlockDue } from './tend-store.ts'

const Payload = z.object({ campaignId: CampaignId, at: Instant })
/** Coupons of one transaction. */
const PORTION = 1_000
const CLOCK_SKEW_MAX_MS = 60_000

/** Something of the campaign becomes due at that time. One job of each campaign waits, for the first of these times. */
export async function tendBy(tx: Tx, { id, tendAt }: Pick<HeldCampaign, 'id' | 'tendAt'>, at: string | null) {
  if (at === null || (tendAt !== null && Date.parse(tendAt) <= Date.parse(at))) return
  await setTendAt(tx, id, at)
  await waitFor(tx, { campaignId: id, at, key: `coupons:${id}` })
}

/** A till holds a coupon until then. */
export async function unlockBy(
  tx: Tx,
  { campaignId, couponId, at }: { campaignId: CampaignId; couponId: string; at: Date },
) {
  await waitFor(tx, { campaignId, at: at.toISOString(), key: `coupon-lock:${couponId}` })
}

async function waitFor(tx: Tx, { campaignId, at, key }: { campaignId: CampaignId; at: string; key: string }) {
  const runAt = new Date(at)
  const payload = { campaignId, at: `${runAt.toISOString().slice(0, -1)}000Z` }
  await addJob(tx, 'coupons.tend', payload, { runAt, key })
}

/**
 * Writes down what time has done to a campaign and its coupons: those past their end are expired, locks that have
 * lapsed are gone, holders are reminded. What may be redeemed is decided by the clock itself and never waits for this.
 */
export const tendCampaign: Job = {
  name: 'coupons.tend',
  async run(payload, { database, clock }) {
    const { campaignId, at } = Payload.parse(payload)
    const now = clock()
    // The job begins when the database's clock says so; it is tried again later.
    if (Date.parse(at) > now.getTime() + CLOCK_SKEW_MAX_MS) throw new Error('It is not time for these coupons yet.')
    while ((await database.transaction((tx) => tend(tx, campaignId, now))) === PORTION);
  },
}

/** One portion; answers with the size of its largest step. */
async function tend(tx: Tx, campaignId: CampaignId, now: Date): Promise<number> {
  const [campaign] = await holdStocks(tx, [campaignId])
  if (!campaign) return 0
  const { organizationId, content, state } = campaign
  const due = { campaignId, now, limit: PORTION }
  const expired = await expireDue(tx, due)
  const unlocked = await unlockDue(tx, due)
  // The owner may have stopped them, also for what was given out before.
  const isReminding = content.remindDays !== null
  const reminded = isReminding ? await remindDue(tx, due) : []
  await countEnds(tx, campaign, { ends: expired.map(({ expiresAt }) => expiresAt), more: 1 })
  const changed = [...expired, ...unlocked].map(({ couponId, personId }) => ({
    couponId,
    personId,
    name: 'coupon.changed' as const,
  }))
  tellHolders(tx, [...changed, ...reminded.map((one) => ({ ...one, name: 'coupon.reminded' as const }))], now)
  await recordReminders(tx, { organizationId, campaignId, now }, reminded)
  const isOver = content.endsAt !== null && Date.parse(content.endsAt) <= now.getTime()
  const isGoing = state === 'active' || state === 'paused'
  if (isOver && isGoing) await setState(tx, campaignId, 'ended')
  if (expired.length > 0 || isOver) tellManagers(tx, organizationId)
  await setTendAt(tx, campaignId, null)
  const times = [await nextDue(tx, campaignId, { isReminding }), isGoing && !isOver ? content.endsAt : null]
  const [next] = times.flatMap((time) => time ?? []).toSorted()
  await tendBy(tx, { id: campaignId, tendAt: null }, next ?? null)
  return Math.max(expired.length, unlocked.length, reminded.length)
}
