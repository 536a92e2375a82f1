import type { CampaignId, CouponId, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Coupon } from '../../../protocol/coupons.ts'
import type { ErrorCode } from '../../../protocol/errors.ts'
import type { Tx } from '../../platform/sql.ts'
import { admit, keyOf, type Answer, type Asked, type Fresh, type HeldCampaign, type Known } from './admission.ts'
import { holdStocks } from './campaign-store.ts'
import { makeCodes, shownCode } from './coupon-code.ts'
import { couponIdOf } from './coupon-id.ts'
import { isOpen } from './coupon-rules.ts'
import * as store from './coupon-store.ts'
import { tellHolders } from './tell-holders.ts'
import { tendBy } from './tend-job.ts'
import { localDay } from './time-rules.ts'

export type Issue = {
  organizationId: OrganizationId
  campaignId: CampaignId
  personId: PersonId
  /** For what it is issued, at most 200 characters: the same key of a campaign always gives the same coupon. */
  sourceKey: string
}
/** `isFresh`: issued just now, not for an earlier call. The code is for the holder's eyes alone. */
export type IssueResult =
  | { couponId: CouponId; code: string; isFresh: boolean; state: 'issued' | 'saved' | 'locked' }
  | { couponId: CouponId; isFresh: false; state: 'redeemed' | 'expired' | 'void' }
  | { refusal: ErrorCode }

/**
 * Issues coupons to people, any number at once, and enters them into their booklets. Safe to repeat. Stock, budget,
 * each
 * person's share, the campaign's time and its customers are kept; what is refused has a code. Holds the campaigns'
 * stock
 * until the transaction ends.
 */
export async function issueCoupons(tx: Tx, now: Date, issues: readonly Issue[]): Promise<IssueResult[]> {
  if (issues.length === 0) return []
  const ids = Array.from(new Set(issues.map(({ campaignId }) => campaignId)))
  const campaigns = await holdStocks(tx, ids)
  const asked = issues.map((issue): Asked => ({ ...issue, isClaim: false }))
  const { answers } = await issueHeld(tx, asked, { ...(await lookUp(tx, asked)), campaigns, now })
  const found = new Map((await store.findCoupons(tx, answers.flatMap(idsIn))).map((row) => [row.id, row]))
  return answers.map((answer) => {
    if ('refusal' in answer) return answer
    const row = found.get(answer.couponId)
    if (!row) throw new Error('A coupon vanished under its lock.')
    return resultOf(row, answer.isFresh)
  })
}

const idsIn = (answer: Answer): CouponId[] => ('refusal' in answer ? [] : [answer.couponId])

function resultOf({ id: couponId, code, state }: store.CouponRow, isFresh: boolean): IssueResult {
  if (state === 'redeemed' || state === 'expired' || state === 'void') return { couponId, isFresh: false, state }
  return { couponId, code: shownCode(code), isFresh, state }
}

export type LookedUp = {
  people: Awaited<ReturnType<typeof store.findPeople>>
  issued: Awaited<ReturnType<typeof store.findIssued>>
}

/** What is true under the lock of the campaigns' stock, in one trip. */
export async function lookUp(tx: Tx, asked: readonly Asked[]): Promise<LookedUp> {
  const people = new Map(asked.map((one) => [keyOf(one.campaignId, one.personId), one]))
  const [found, issued] = await Promise.all([
    store.findPeople(tx, Array.from(people.values())),
    store.findIssued(
      tx,
      Array.from(new Set(asked.map(({ campaignId, sourceKey }) => couponIdOf(campaignId, sourceKey)))),
    ),
  ])
  return { people: found, issued }
}

type Held = LookedUp & { campaigns: readonly HeldCampaign[]; now: Date }

/** Decides and stores. The stock of the campaigns is held. */
export async function issueHeld(tx: Tx, asked: readonly Asked[], held: Held) {
  const admission = admit(asked, knownOf(held, asked.length))
  await storeFresh(tx, admission.fresh, held)
  return admission
}

/** What an admission of so many is decided by. */
export function knownOf({ people, issued, campaigns, now }: Held, count: number): Known {
  let codes: string[] = []
  return {
    campaigns: new Map(campaigns.map((campaign) => [campaign.id, campaign])),
    people: new Map(people.map((person) => [keyOf(person.campaignId, person.personId), person])),
    issued: new Map(issued.map((one) => [one.id, one])),
    now,
    makeCode() {
      if (codes.length === 0) codes = makeCodes(count)
      return codes.pop() ?? ''
    },
  }
}

export async function storeFresh(
  tx: Tx,
  fresh: readonly Fresh[],
  { campaigns, now }: Pick<Held, 'campaigns' | 'now'>,
): Promise<void> {
  if (fresh.length === 0) return
  await store.insertCoupons(tx, fresh, now)
  const told = fresh.map((one) => ({
    personId: one.issuedTo,
    couponId: one.id,
    name: 'coupon.changed' as const,
    coupon: couponOf(one, now),
  }))
  tellHolders(tx, told, now)
  for (const campaign of campaigns) await tendBy(tx, campaign, firstDue(campaign, fresh))
}

/** As its holder sees what has just been issued. */
export function couponOf(
  { id, campaignId, organizationId, state, code, balance, expiresAt }: Fresh,
  now: Date,
): Coupon {
  const issuedAt = toInstant(now.toISOString())
  const nothingYet = { lockedUntil: null, redeemedAt: null, redeemedPlace: null, remindedAt: null }
  const shown = { code: shownCode(code), expiresAt: expiresAt === null ? null : toInstant(expiresAt) }
  return { id, campaignId, organizationId, state, ...shown, balance, issuedAt, ...nothingYet }
}

/** As the database writes times. */
const toInstant = (time: string) => `${time.slice(0, -1)}000Z`

function firstDue({ id }: HeldCampaign, fresh: readonly Fresh[]): string | null {
  const ofIt = fresh.find(({ campaignId }) => campaignId === id)
  return ofIt?.remindAt ?? ofIt?.expiresAt ?? null
}

export type Voiding = { campaignId: CampaignId; sourceKey: string }
/** `redeemed` and `expired`: nothing to take back any more. `unknown`: nothing was issued for this source. */
export type VoidResult = {
  couponId: CouponId | null
  outcome: 'void' | 'already-void' | 'redeemed' | 'expired' | 'unknown'
}

/**
 * Takes back what was issued for these sources, as far as it has not been used: of a gift, what is left. It can be
 * given
 * out again. Says of each what became of it, in the order of asking. Safe to repeat.
 */
export async function voidCoupons(
  tx: Tx,
  now: Date,
  { voidings, reason }: { voidings: readonly Voiding[]; reason: string },
): Promise<VoidResult[]> {
  if (voidings.length === 0) return []
  const campaigns = await holdStocks(tx, Array.from(new Set(voidings.map(({ campaignId }) => campaignId))))
  const ids = voidings.map(({ campaignId, sourceKey }) => couponIdOf(campaignId, sourceKey))
  const rows = await store.holdCoupons(tx, ids)
  await voidHeld(tx, rows, { campaigns, reason, now })
  const used = rows.flatMap(({ id, state }) => (state === 'redeemed' ? [id] : []))
  if (used.length > 0) await store.noteTakenBack(tx, used, reason)
  const states = new Map(rows.map((row) => [row.id, row.state]))
  return ids.map((couponId) => {
    const state = states.get(couponId)
    if (state === undefined) return { couponId: null, outcome: 'unknown' as const }
    if (state === 'void') return { couponId, outcome: 'already-void' as const }
    return { couponId, outcome: state === 'redeemed' || state === 'expired' ? state : ('void' as const) }
  })
}

type Voided = { campaigns: readonly HeldCampaign[]; reason: string; now: Date }

/** Stock and coupons are held. What is over stays what it is. */
export async function voidHeld(
  tx: Tx,
  rows: readonly store.CouponRow[],
  { campaigns, reason, now }: Voided,
): Promise<void> {
  const open = rows.filter(({ state }) => isOpen(state))
  if (open.length === 0) return
  await store.voidCoupons(
    tx,
    open.map(({ id }) => id),
    reason,
  )
  for (const { id, content } of campaigns) {
    const ofIt = open.filter(({ campaignId }) => campaignId === id)
    if (ofIt.length === 0) continue
    const committed = ofIt.reduce((sum, row) => sum + backOf(row), 0)
    await store.giveBack(tx, id, { count: ofIt.length, committed })
    await store.countDay(tx, { campaignId: id, day: localDay(content.timeZone, now), place: '' }, { void: ofIt.length })
  }
  const told = open.map(({ id, holderId }) => ({ personId: holderId, couponId: id, name: 'coupon.changed' as const }))
  tellHolders(tx, told, now)
}

/** Of a gift only what is left; else all that it was counted with. */
const backOf = ({ balance, committed }: store.CouponRow) => balance ?? committed
