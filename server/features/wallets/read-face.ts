import type { Coupon, CouponValue, HeldCoupon } from '../../../protocol/coupons.ts'
import { decimalsOf } from '../../../protocol/decimals.ts'
import type { Locale } from '../../../protocol/identity.ts'
import { CouponId, type OrganizationId, type PersonId } from '../../../protocol/ids.ts'
import type { Tx } from '../../platform/sql.ts'
import { findCoupons, withOffers } from '../coupons/index.ts'
import { findOrganization } from '../organization/index.ts'
import type { Face, FaceState, FaceWords } from './face.ts'
import { walletTexts } from './wallet-texts.ts'

export type ReadFace = Face & { organizationId: OrganizationId; isTheirs: boolean }
type Reading = { tx: Tx; now: Date }
type Wanted = { couponId: string; personId: PersonId }

/** What the pass of this person for this coupon shows now; undefined where there is no such coupon. */
export async function readFace({ tx, now }: Reading, { couponId, personId }: Wanted): Promise<ReadFace | undefined> {
  const [row] = await findCoupons(tx, [CouponId.parse(couponId)])
  const [held] = row ? await withOffers(tx, [row]) : []
  if (!row || !held) return undefined
  const { organizationId } = row
  const organization = await findOrganization(tx, organizationId)
  const isTheirs = row.holderId === personId
  return { ...faceOf(held, { locale: organization?.locale ?? 'en', isTheirs, now }), organizationId, isTheirs }
}

type Seen = { locale: Locale; isTheirs: boolean; now: Date }

/** Whoever has passed it on sees that it is over, and nothing of the code that somebody else has now. */
export function faceOf({ coupon, offer }: HeldCoupon, { locale, isTheirs, now }: Seen): Face {
  const until = coupon.expiresAt ?? offer.endsAt
  const state = isTheirs ? stateOf(coupon, now) : ({ kind: 'over' } as const)
  return {
    issuer: offer.organization.name,
    accent: offer.organization.accent,
    locale,
    campaignId: offer.campaignId,
    code: isTheirs ? coupon.code : null,
    words: { en: wordsOf('en', { coupon, offer }), 'zh-CN': wordsOf('zh-CN', { coupon, offer }) },
    places: offer.places,
    from: offer.startsAt === null ? null : new Date(offer.startsAt),
    until: until === null ? null : new Date(until),
    state,
  }
}

function stateOf({ state, redeemedAt, redeemedPlace, expiresAt }: Coupon, now: Date): FaceState {
  if (state === 'redeemed') return { kind: 'used', at: new Date(redeemedAt ?? now), place: redeemedPlace ?? '' }
  const isOver =
    state === 'expired' || state === 'void' || (expiresAt !== null && Date.parse(expiresAt) <= now.getTime())
  return { kind: isOver ? 'over' : 'usable' }
}

function wordsOf(locale: Locale, { coupon, offer }: HeldCoupon): FaceWords {
  const { minimumOrder, value, text, terms } = offer
  const least = minimumOrder ? [walletTexts[locale].ordersFrom(format(locale, minimumOrder))] : []
  return {
    worth: worthOf(locale, value, coupon.balance),
    title: offer.title,
    conditions: [text, ...least, terms].filter(Boolean).join('\n'),
  }
}

/** Of a gift, what is left of it. */
function worthOf(locale: Locale, value: CouponValue, balance: number | null): string {
  const texts = walletTexts[locale]
  if (value.kind === 'item') return texts.free(value.item)
  if (value.kind === 'gift') return texts.gift(format(locale, { ...value, amount: balance ?? value.amount }))
  if (value.kind === 'amount') return texts.off(format(locale, value))
  return texts.off(new Intl.NumberFormat(locale, { style: 'percent' }).format(value.percent / 100))
}

function format(locale: Locale, { amount, currency }: { amount: number; currency: string }): string {
  const decimals = decimalsOf(currency)
  const shape = { minimumFractionDigits: decimals, maximumFractionDigits: decimals } as const
  const money = { style: 'currency', currency, trailingZeroDisplay: 'stripIfInteger' } as const
  return new Intl.NumberFormat(locale, { ...money, ...shape }).format(amount / 10 ** decimals)
}
