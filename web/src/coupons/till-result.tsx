import { useState } from 'react'
import { v7 as newId } from 'uuid'
import type { CheckedCoupon, RedeemedCoupon, TillCoupon } from '../../../protocol/redemptions.ts'
import { useHere } from '../organization/organization-context.tsx'
import { Button } from '../platform/button.tsx'
import { Notice } from '../platform/notice.tsx'
import { TextField } from '../platform/text-field.tsx'
import { useTexts } from '../platform/texts.tsx'
import { useDates } from '../platform/use-dates.ts'
import { CouponCard } from './coupon-card.tsx'
import { formatMoney, readAmount } from './money.ts'
import type { Paid } from './use-till.ts'

type TillCheckProps = {
  checked: CheckedCoupon
  onCheck: (paid: Paid) => Promise<void>
  onRedeem: (paid: Paid, redemptionId: string) => Promise<void>
  onAgain: () => void
}

/** What a coupon gives and asks for, and the button that uses it. */
export function TillCheck({ checked, onCheck, onRedeem, onAgain }: TillCheckProps) {
  const { text, locale } = useTexts()
  const [redemptionId, setRedemptionId] = useState(() => newId())
  const [working, setWorking] = useState(false)
  const { coupon, refusal, gives } = checked
  const asks = useAsked(coupon)
  const isAsking = refusal !== null && asked.has(refusal.code)
  const run = (work: () => Promise<void>) => {
    setWorking(true)
    void work().finally(() => setWorking(false))
  }
  const isComplete = asks.paid !== undefined
  // What was refused stays refused; with another amount it is another try.
  const redeem = (paid: Paid) => onRedeem(paid, redemptionId).then(() => setRedemptionId(newId()))
  const use = () => asks.paid && run(() => redeem(asks.paid ?? nothingPaid))
  const look = () => asks.paid && run(() => onCheck(asks.paid ?? nothingPaid))
  return (
    <div className="till-result">
      <TillCard coupon={coupon} />
      {refusal && <WhyNot refusal={refusal} />}
      {asks.fields}
      {gives !== null && !refusal && (
        <p className="strong">
          {text('till.gives', { amount: formatMoney(locale, { amount: gives, ...asks.money }) })}
        </p>
      )}
      {coupon.terms && (
        <p className="t13 muted coupon-text" dir="auto">
          {coupon.terms}
        </p>
      )}
      {(!refusal || isAsking) && (
        <Button look="primary" working={working} disabled={!isComplete} onClick={refusal ? look : use}>
          {text(refusal ? 'till.check' : 'till.redeem')}
        </Button>
      )}
      <Button look={refusal && !isAsking ? 'primary' : 'quiet'} onClick={onAgain}>
        {text(refusal && !isAsking ? 'till.next' : 'action.cancel')}
      </Button>
    </div>
  )
}

const nothingPaid: Paid = { order: null, amount: null }
/** What the till can answer itself. */
export const canAnswer = (code: string): boolean => asked.has(code)
const asked = new Set(['coupon.order-needed', 'coupon.order-too-small', 'coupon.amount-needed', 'coupon.gift-exceeded'])

/** The fields that this coupon needs, and what stands in them; `paid` is absent until they are filled in. */
function useAsked({ value, minimumOrder, balance }: TillCoupon) {
  const { text } = useTexts()
  const [order, setOrder] = useState('')
  const [spent, setSpent] = useState('')
  const { locale } = useHere().organization
  const currency =
    minimumOrder?.currency ?? ('currency' in value ? value.currency : (currencyOf(value) ?? usual(locale)))
  const needsOrder = value.kind === 'percentage' || minimumOrder !== null
  const isGift = value.kind === 'gift'
  const [orderAmount, giftAmount] = [readAmount(order, currency), readAmount(spent, currency)]
  const paid: Paid = {
    order: orderAmount === undefined ? null : { amount: orderAmount, currency },
    amount: giftAmount ?? null,
  }
  const isComplete = (!needsOrder || orderAmount !== undefined) && (!isGift || giftAmount !== undefined)
  const fields = (
    <>
      {needsOrder && (
        <TextField
          label={text('till.order', { currency })}
          inputMode="decimal"
          value={order}
          onChange={(event) => setOrder(event.target.value)}
        />
      )}
      {isGift && (
        <TextField
          label={text('till.spent', { currency })}
          help={text('till.left', { amount: formatMoney('en', { amount: balance ?? 0, currency }) })}
          inputMode="decimal"
          value={spent}
          onChange={(event) => setSpent(event.target.value)}
        />
      )}
    </>
  )
  return { fields, paid: isComplete ? paid : undefined, money: { currency } }
}

const currencyOf = (value: TillCoupon['value']) => (value.kind === 'percentage' ? value.cap?.currency : undefined)
const usual = (locale: string) => (locale === 'zh-CN' ? 'CNY' : 'USD')

function TillCard({ coupon }: { coupon: TillCoupon }) {
  const { title, text, value, minimumOrder, expiresAt } = coupon
  const offer = { title, text, value, minimumOrder, picture: null, windows: [], places: [], startsAt: null }
  return <CouponCard offer={{ ...offer, endsAt: expiresAt, validDays: null }} />
}

/** Why it is not taken; of a used one, when and where. */
export function WhyNot({ refusal }: { refusal: NonNullable<CheckedCoupon['refusal']> }) {
  const { text, has } = useTexts()
  const dates = useDates()
  const { code, usedAt, usedPlace } = refusal
  if (code === 'coupon.redeemed' && usedAt) {
    const values = { at: dates.full(new Date(usedAt)), place: usedPlace ?? '' }
    return <Notice meaning="bad">{text(usedPlace ? 'till.usedAt' : 'till.used', values)}</Notice>
  }
  const key = `error.${code}`
  return <Notice meaning={asked.has(code) ? 'warn' : 'bad'}>{text(has(key) ? key : 'error.unknown')}</Notice>
}

export function TillRedeemed({ answer, onAgain }: { answer: RedeemedCoupon; onAgain: () => void }) {
  const { text } = useTexts()
  const dates = useDates()
  const { coupon, redemption } = answer
  return (
    <div className="till-result">
      <Notice meaning="ok">{text('till.done', { at: dates.time(new Date(redemption.at)) })}</Notice>
      <TillCard coupon={coupon} />
      <Button look="primary" onClick={onAgain}>
        {text('till.next')}
      </Button>
    </div>
  )
}
