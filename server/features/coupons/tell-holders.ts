import type { CouponId, PersonId } from '../../../protocol/ids.ts'
import type { Coupon } from '../../../protocol/coupons.ts'
import { announce } from '../../platform/events.ts'
import type { Tx } from '../../platform/sql.ts'
import { appendToPersonLogs, type PersonLogEntry } from '../identity/index.ts'
import type { OrganizationId } from '../../../protocol/ids.ts'
import { findCoupons } from './coupon-store.ts'
import { toCoupon } from './coupon-view.ts'

export type Told = {
  personId: PersonId
  couponId: CouponId
  name: 'coupon.changed' | 'coupon.reminded' | 'coupon.removed'
  /** As it is now, where that is known; else it is read. */
  coupon?: Coupon
}

/**
 * Enters into the holders' own logs what has become of their coupons. It is written just before the commit: persons are
 * locked after everything else.
 */
export function tellHolders(tx: Tx, told: readonly Told[], now: Date): void {
  const waiting = waitingOf.get(tx)
  if (waiting) return void waiting.push(...told)
  const all = [...told]
  waitingOf.set(tx, all)
  tx.beforeCommit.push((last) => write(last, all, now))
}

const waitingOf = new WeakMap<Tx, Told[]>()

async function write(tx: Tx, told: readonly Told[], now: Date): Promise<void> {
  const isOnce = new Set(told.map(({ couponId }) => couponId)).size === told.length
  const unknown = isOnce ? told.filter(({ coupon }) => !coupon) : told
  const ids = Array.from(new Set(unknown.map(({ couponId }) => couponId)))
  const coupons = new Map((ids.length === 0 ? [] : await findCoupons(tx, ids)).map((row) => [row.id, toCoupon(row)]))
  const entries = told.map(({ personId, couponId, name, coupon: known }): PersonLogEntry => {
    const coupon = coupons.get(couponId) ?? known
    const isShown = coupon !== undefined && name !== 'coupon.removed'
    return { personId, name, body: { couponId }, isWhole: true, ...(isShown ? { shown: { coupon } } : {}) }
  })
  for (const follow of followers) await follow(tx, ids, now)
  await appendToPersonLogs(tx, entries, now)
}

/** Hears, in the same transaction, which coupons have changed. */
export type Follower = (tx: Tx, couponIds: readonly CouponId[], now: Date) => Promise<void>
const followers: Follower[] = []

/** Called once, when the feature that follows is loaded. */
export function followChanges(follower: Follower): void {
  followers.push(follower)
}

/** Those who look at an organization's campaigns ask for them again. */
export function tellManagers(tx: Tx, organizationId: OrganizationId): void {
  announce(tx, [{ topic: `organization:${organizationId}`, body: { state: 'campaigns', organizationId } }])
}
