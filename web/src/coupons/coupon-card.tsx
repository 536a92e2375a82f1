import { Clock } from 'lucide-react'
import type { CSSProperties, ReactNode } from 'react'
import type { Coupon, Offer } from '../../../protocol/coupons.ts'
import { classes } from '../platform/classes.ts'
import { useNow } from '../platform/now.ts'
import { useTexts } from '../platform/texts.tsx'
import { useDates } from '../platform/use-dates.ts'
import { conditionsOf, endOf, remainingOf, worthOf } from './wording.ts'
import type { Said } from './wording.ts'
import './coupons.css'

/** What a coupon shows; enough for one that is only being written. */
export type Shown = Said & Pick<Offer, 'title' | 'text' | 'picture'>

type CouponCardProps = {
  offer: Shown
  coupon?: Coupon | undefined
  /** Of another establishment than the one on the screen. */
  accent?: string | undefined
  /** Below what it says: what can be done with it, or what has become of it. */
  children?: ReactNode
}

/** A coupon looks like a coupon, wherever it is shown. */
export function CouponCard({ offer, coupon, accent, children }: CouponCardProps) {
  const words = useTexts()
  const now = useNow()
  const { large, small } = worthOf(words, offer.value)
  const isOver = coupon !== undefined && isEnd(coupon)
  const remaining = isOver ? undefined : remainingOf(words, endOf(coupon, offer), now)
  return (
    <div className={classes('coupon', isOver && 'over', accent && 'brand')} style={accentStyle(accent)}>
      <div className="worth">
        <b className={classes(large.length > 7 && 'long')}>{large}</b>
        <span dir="auto">{small}</span>
      </div>
      <div className="coupon-body">
        {offer.picture && <img className="coupon-picture" src={offer.picture} alt="" />}
        <b className="coupon-title" dir="auto">
          {offer.title}
        </b>
        {offer.text && (
          <p className="coupon-text" dir="auto">
            {offer.text}
          </p>
        )}
        {conditionsOf(words, offer).map((line) => (
          <span key={line} className="t13 muted" dir="auto">
            {line}
          </span>
        ))}
        {remaining && (
          <span className={classes('t13 row g1', remaining.isSoon ? 'warn' : 'muted')}>
            {remaining.isSoon && <Clock className="i xs" />}
            {remaining.line}
          </span>
        )}
        {isOver && <Ended coupon={coupon} />}
        {children && <div className="coupon-foot">{children}</div>}
      </div>
    </div>
  )
}

export const isEnd = ({ state }: Pick<Coupon, 'state'>) =>
  state === 'redeemed' || state === 'expired' || state === 'void'

/** When and where it was used, or that it is over. */
export function Ended({ coupon }: { coupon: Coupon }) {
  const { text } = useTexts()
  const dates = useDates()
  if (coupon.state === 'redeemed' && coupon.redeemedAt) {
    const at = dates.full(new Date(coupon.redeemedAt))
    const place = coupon.redeemedPlace ?? ''
    return <span className="t13 muted">{text(place ? 'coupon.usedAt' : 'coupon.used', { at, place })}</span>
  }
  return <span className="t13 muted">{text(coupon.state === 'void' ? 'coupon.void' : 'coupon.over')}</span>
}

const accentStyle = (accent: string | undefined): CSSProperties | undefined =>
  accent === undefined ? undefined : ({ '--accent': accent } as CSSProperties)
