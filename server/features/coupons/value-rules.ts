import type { CouponValue } from '../../../protocol/coupons.ts'
import type { Money } from '../../../protocol/currency.ts'
import type { ErrorCode } from '../../../protocol/errors.ts'

export type Spending = {
  value: CouponValue
  minimumOrder: Money | null
  /** What is paid for. */
  order: Money | null
  /** Of a gift: what is left, and how much of it is spent. */
  balance: number | null
  amount: number | null
}
export type Given = { gives: number } | { refusal: ErrorCode }

/** What a coupon gives, in minor units. Never more than the order, percentages rounded down. */
export function valueGiven(spending: Spending): Given {
  const { value, minimumOrder, order, balance, amount } = spending
  const currency = currencyOf(value) ?? minimumOrder?.currency
  if (order !== null && currency !== undefined && order.currency !== currency)
    return { refusal: 'coupon.currency-differs' }
  if (minimumOrder !== null && order === null) return { refusal: 'coupon.order-needed' }
  if (minimumOrder !== null && order !== null && order.amount < minimumOrder.amount)
    return { refusal: 'coupon.order-too-small' }
  if (value.kind === 'item') return { gives: 0 }
  if (value.kind === 'amount') return { gives: Math.min(value.amount, order?.amount ?? value.amount) }
  if (value.kind === 'gift') return giftSpent({ left: balance ?? value.amount, amount, order })
  if (order === null) return { refusal: 'coupon.order-needed' }
  const share = Math.floor((order.amount * value.percent) / 100)
  return { gives: Math.min(share, value.cap?.amount ?? share) }
}

function giftSpent({ left, amount, order }: { left: number; amount: number | null; order: Money | null }): Given {
  const spent = amount ?? (order === null ? null : Math.min(order.amount, left))
  if (spent === null) return { refusal: 'coupon.amount-needed' }
  if (spent > left) return { refusal: 'coupon.gift-exceeded' }
  if (order !== null && spent > order.amount) return { refusal: 'coupon.order-too-small' }
  return { gives: spent }
}

export function currencyOf(value: CouponValue): string | undefined {
  if (value.kind === 'item') return undefined
  return value.kind === 'percentage' ? value.cap?.currency : value.currency
}

/** What a budget counts a coupon with: the most it can give; undefined where that has no end. */
export function worthOf(value: CouponValue): number | undefined {
  if (value.kind === 'item') return undefined
  return value.kind === 'percentage' ? value.cap?.amount : value.amount
}
