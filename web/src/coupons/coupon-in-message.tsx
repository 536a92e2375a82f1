import { Ticket } from 'lucide-react'
import { v7 as newId } from 'uuid'
import { useState } from 'react'
import { Link } from 'wouter'
import type { Coupon, SeenOffer } from '../../../protocol/coupons.ts'
import type { MessageView } from '../conversations/view.ts'
import type { CouponPart } from '../conversations/part-text.ts'
import { useHere } from '../organization/organization-context.tsx'
import { Button } from '../platform/button.tsx'
import { useAct, useAnswer, useClient, useErrorText, useKnown } from '../platform/client.tsx'
import { Notice } from '../platform/notice.tsx'
import { Skeleton } from '../platform/skeleton.tsx'
import { useTexts } from '../platform/texts.tsx'
import { CouponCard, isEnd } from './coupon-card.tsx'

type CouponInMessageProps = { part: CouponPart; at: MessageView['at'] }

/** A coupon in a message: what it gives, and one press to keep it; then what has become of one's own. */
export function CouponInMessage({ part, at }: CouponInMessageProps) {
  const { organization } = useHere()
  if (!at) return <Waiting />
  const { audienceId, number } = at
  return <Seen part={part} of={{ organizationId: organization.id, audienceId, number }} />
}

type Of = { organizationId: string; audienceId: string; number: number }

function Seen({ part, of }: { part: CouponPart; of: Of }) {
  const explain = useErrorText()
  const version = useKnown((state) => state.personNumber)
  const { campaignId, couponId } = part
  const { data, error, refetch } = useAnswer('coupon.offer', { ...of, campaignId }, { version })
  if (error && !data) return <Notice>{explain(error)}</Notice>
  if (!data) return <Waiting />
  const own = couponId === undefined ? bestOf(data.coupons) : data.coupons.find(({ id }) => id === couponId)
  const claim = { ...of, campaignId }
  return (
    <CouponCard offer={data.offer} coupon={own}>
      <CouponState seen={data} own={own} of={claim} isOffer={couponId === undefined} onChange={() => void refetch()} />
    </CouponCard>
  )
}

/** The one that can be used, before those that are over. */
const bestOf = (coupons: readonly Coupon[]) => coupons.find((coupon) => !isEnd(coupon)) ?? coupons[0]

type StateProps = {
  seen: SeenOffer
  own: Coupon | undefined
  of: Of & { campaignId: string }
  /** For everybody who sees it; else it tells of the one coupon. */
  isOffer: boolean
  onChange: () => void
}

function CouponState({ seen, own, of, isOffer, onChange }: StateProps) {
  const { text, has } = useTexts()
  const client = useClient()
  const { act, working } = useAct()
  const [claimId, setClaimId] = useState(() => newId())
  const isKept = own?.state === 'saved' || own?.state === 'locked'
  const mayClaim = isOffer && seen.refusal === null
  const save = (couponId: string) => act(() => client.do('coupon.save', { couponId }))
  const claim = () => act(() => client.do('coupon.claim', { ...of, claimId }))
  const keep = async () => {
    const kept = await (own?.state === 'issued' ? save(own.id) : claim())
    // The next press is another claim; one that failed is tried again as the same.
    if (kept) setClaimId(newId())
    onChange()
  }
  const why = `error.${seen.refusal ?? 'unknown'}`
  return (
    <>
      {isKept && (
        <Link className="btn small" href={`/booklet/${own.id}`}>
          <Ticket className="i xs" />
          {text('coupon.inBooklet')}
        </Link>
      )}
      {(mayClaim || own?.state === 'issued') && (
        <Button
          look={isKept ? 'quiet' : 'primary'}
          size="small"
          icon={isKept ? undefined : Ticket}
          working={working}
          onClick={() => void keep()}
        >
          {text(isKept ? 'coupon.keepAnother' : 'coupon.keep')}
        </Button>
      )}
      {!own && !mayClaim && <span className="t13 dim">{text(has(why) ? why : 'error.unknown')}</span>}
    </>
  )
}

/** As large as what comes, so that nothing jumps. */
const Waiting = () => (
  <div className="coupon-waiting" aria-hidden="true">
    <Skeleton width="100%" height={92} />
  </div>
)
