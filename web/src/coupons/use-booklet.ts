import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { HeldCoupon } from '../../../protocol/coupons.ts'
import { useHere } from '../organization/organization-context.tsx'
import { useAnswer, useKnown } from '../platform/client.tsx'
import { keepBooklet, keptBooklet } from './kept.ts'
import { endOf } from './wording.ts'

const COUPONS_MAX = 200

export type OwnBooklet = {
  coupons: HeldCoupon[] | undefined
  /** Since when nothing new was heard; absent: it is as the server has it. */
  keptAt?: Date | undefined
  error: unknown
  refetch: () => void
}

/** One's coupons of all establishments: what the server says, or what this device has heard last. */
export function useBooklet(): OwnBooklet {
  const { me } = useHere()
  // What happens to one's coupons is told in one's own log.
  const version = useKnown((state) => state.personNumber)
  const { data, error, refetch, isPaused } = useAnswer('booklet.read', { show: 'all', limit: COUPONS_MAX }, { version })
  const isAway = useKnown((state) => state.personId === null)
  const { data: kept } = useQuery({
    queryKey: ['kept-booklet', me],
    queryFn: () => keptBooklet(me),
    networkMode: 'always',
  })
  useEffect(() => {
    // Where the browser keeps nothing, there is nothing without network.
    if (data) keepBooklet(me, data.coupons).catch(() => undefined)
  }, [me, data])
  const again = () => void refetch()
  if (data) return { coupons: data.coupons, keptAt: undefined, error: null, refetch: again }
  // Where nobody has answered since the app was opened, nobody is waited for.
  if ((error || isPaused || isAway) && kept) return { ...kept, error: null, refetch: again }
  return { coupons: undefined, error, refetch: again }
}

export type Shelf = 'open' | 'used' | 'over'

export const shelfOf = ({ coupon }: HeldCoupon, now: Date): Shelf => {
  if (coupon.state === 'redeemed') return 'used'
  const isOver = coupon.state === 'void' || coupon.state === 'expired'
  const hasEnded = coupon.expiresAt !== null && Date.parse(coupon.expiresAt) <= now.getTime()
  return isOver || hasEnded ? 'over' : 'open'
}

export type Shop = { id: string; name: string; accent: string; coupons: HeldCoupon[] }

/** By establishment; what ends soonest comes first, of establishments and of their coupons. */
export function byShop(coupons: readonly HeldCoupon[]): Shop[] {
  const shops = new Map<string, Shop>()
  for (const held of coupons.toSorted((one, other) => endTime(one) - endTime(other))) {
    const { id, name, accent } = held.offer.organization
    const shop = shops.get(id) ?? { id, name, accent, coupons: [] }
    shop.coupons.push(held)
    shops.set(id, shop)
  }
  return Array.from(shops.values())
}

const endTime = ({ coupon, offer }: HeldCoupon) => endOf(coupon, offer)?.getTime() ?? Infinity
