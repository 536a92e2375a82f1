import type { z } from 'zod'
import type { PersonEvent } from '../../../protocol/delivery.ts'
import { CouponId, type PersonId } from '../../../protocol/ids.ts'
import type { Tx } from '../../platform/sql.ts'
import type { OwnThings } from '../conversations/index.ts'
import { findCoupons, openOf } from './coupon-store.ts'
import { toCoupon } from './coupon-view.ts'

/** Coupons in the snapshot of their holder, and in the holder's own log. */
export const ownCoupons: OwnThings = {
  events: ['coupon.changed', 'coupon.reminded', 'coupon.removed'],
  read: async (tx, personId) => ({ coupons: (await openOf(tx, personId)).map(toCoupon) }),

  async tell(tx: Tx, personId: PersonId, rows) {
    const named = rows.map(({ number, id, name, body }) => {
      const couponId: z.output<typeof CouponId> = CouponId.parse(Object(body).couponId)
      return { place: { personId, number, id }, name, couponId }
    })
    const ids = Array.from(new Set(named.map(({ couponId }) => couponId)))
    const coupons = new Map((await findCoupons(tx, ids)).map((row) => [row.id, row]))
    return named.map(({ place, name, couponId }): PersonEvent => {
      const row = coupons.get(couponId)
      if (row?.holderId !== personId) return { name: 'coupon.removed', ...place, couponId }
      const kind = name === 'coupon.reminded' ? name : 'coupon.changed'
      return { name: kind, ...place, coupon: toCoupon(row) }
    })
  },
}
