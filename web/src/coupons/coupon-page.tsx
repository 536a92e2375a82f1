import { ArrowLeft } from 'lucide-react'
import { useState } from 'react'
import { useLocation } from 'wouter'
import type { HeldCoupon } from '../../../protocol/coupons.ts'
import { Button } from '../platform/button.tsx'
import { useAct, useAnswer, useClient } from '../platform/client.tsx'
import { IconButton } from '../platform/icon-button.tsx'
import { useNow } from '../platform/now.ts'
import { useTexts } from '../platform/texts.tsx'
import { useDates } from '../platform/use-dates.ts'
import { Ended } from './coupon-card.tsx'
import { formatMoney } from './money.ts'
import { PassOn } from './pass-on.tsx'
import { QrCode } from './qr-code.tsx'
import { spelled } from './spelled.ts'
import { shelfOf } from './use-booklet.ts'
import { conditionsOf, endOf, remainingOf, worthLine } from './wording.ts'

/** One coupon, large: what is shown at the till. */
export function CouponPage({ held, onChange }: { held: HeldCoupon; onChange: () => void }) {
  const words = useTexts()
  const { text } = words
  const [, go] = useLocation()
  const now = useNow()
  const { coupon, offer } = held
  const isOpen = shelfOf(held, now) === 'open'
  return (
    <>
      <header className="bar">
        <IconButton icon={ArrowLeft} label={text('action.back')} onClick={() => go('/booklet')} />
        <h1 className="grow cut" title={offer.title} dir="auto">
          {offer.title}
        </h1>
      </header>
      <div className="scroll page">
        <div className="coupon-page">
          <p className="strong" dir="auto">
            {offer.organization.name}
          </p>
          <p className="large" dir="auto">
            {worthLine(words, offer.value)}
          </p>
          {offer.text && (
            <p className="muted" dir="auto">
              {offer.text}
            </p>
          )}
          {isOpen && coupon.code && <CodePanel code={coupon.code} />}
          {!isOpen && <Ended coupon={coupon.state === 'saved' ? { ...coupon, state: 'expired' } : coupon} />}
          <Facts held={held} />
          {isOpen && <Actions held={held} onChange={onChange} />}
        </div>
      </div>
    </>
  )
}

function CodePanel({ code }: { code: string }) {
  const { text } = useTexts()
  return (
    <>
      <div className="code-panel">
        <QrCode words={code} label={text('coupon.code')} />
        <span className="spelled num">{spelled(code)}</span>
      </div>
      <p className="muted t13">{text('coupon.show')}</p>
    </>
  )
}

function Facts({ held: { coupon, offer } }: { held: HeldCoupon }) {
  const words = useTexts()
  const { text, locale } = words
  const dates = useDates()
  const now = useNow()
  const { value } = offer
  const remaining = remainingOf(words, endOf(coupon, offer), now)
  const facts: [string, string][] = [
    ...(value.kind === 'gift' && coupon.balance !== null
      ? [[text('coupon.balance'), formatMoney(locale, { ...value, amount: coupon.balance })] as [string, string]]
      : []),
    ...(remaining ? [[text('coupon.validity'), remaining.line] as [string, string]] : []),
    ...conditionsOf(words, offer).map((line): [string, string] => [text('coupon.condition'), line]),
    [text('coupon.received'), dates.day(new Date(coupon.issuedAt), now)],
    [text('coupon.passing'), text(offer.isTransferable ? 'coupon.passingYes' : 'coupon.passingNo')],
  ]
  return (
    <>
      <dl className="coupon-facts">
        {facts.map(([name, said]) => (
          <div key={name + said} style={{ display: 'contents' }}>
            <dt>{name}</dt>
            <dd dir="auto">{said}</dd>
          </div>
        ))}
      </dl>
      {offer.terms && (
        <p className="t13 muted coupon-text" dir="auto">
          {offer.terms}
        </p>
      )}
    </>
  )
}

function Actions({ held, onChange }: { held: HeldCoupon; onChange: () => void }) {
  const { text } = useTexts()
  const client = useClient()
  const { act, working } = useAct()
  const [isPassing, setPassing] = useState(false)
  const { coupon, offer } = held
  const { data } = useAnswer('wallet.options', {})
  const add = (wallet: 'apple' | 'google') =>
    void act(async () => {
      const { organizationId, id: couponId } = coupon
      const { url } = await client.do('wallet.add', { organizationId, couponId, wallet })
      location.assign(url)
    })
  return (
    <div className="coupon-actions">
      {data?.wallets.map((wallet) => (
        <Button key={wallet} working={working} onClick={() => add(wallet)}>
          {text(`coupon.wallet.${wallet}`)}
        </Button>
      ))}
      {offer.isTransferable && (
        <Button look="quiet" onClick={() => setPassing(true)}>
          {text('coupon.passOn')}
        </Button>
      )}
      {isPassing && <PassOn held={held} onPassed={onChange} onClose={() => setPassing(false)} />}
    </div>
  )
}
