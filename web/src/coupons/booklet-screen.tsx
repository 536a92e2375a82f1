import { Ticket } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'wouter'
import { AppShell } from '../organization/app-shell.tsx'
import { Avatar } from '../platform/avatar.tsx'
import { useErrorText } from '../platform/client.tsx'
import { EmptyState, ErrorState } from '../platform/empty-state.tsx'
import { Notice } from '../platform/notice.tsx'
import { useNow } from '../platform/now.ts'
import { Segments } from '../platform/segments.tsx'
import { SkeletonList } from '../platform/skeleton.tsx'
import { useText } from '../platform/texts.tsx'
import { useDates } from '../platform/use-dates.ts'
import { CouponCard } from './coupon-card.tsx'
import { CouponPage } from './coupon-page.tsx'
import { CouponsSide, CouponsTabs } from './coupons-side.tsx'
import { byShop, shelfOf, useBooklet } from './use-booklet.ts'
import type { OwnBooklet, Shelf, Shop } from './use-booklet.ts'

/** One's own coupons, of all establishments; and one of them, to be shown at the till. */
export function BookletScreen({ couponId }: { couponId?: string | undefined }) {
  const text = useText()
  const booklet = useBooklet()
  const held = booklet.coupons?.find(({ coupon }) => coupon.id === couponId)
  return (
    <AppShell
      side={<CouponsSide />}
      sideLabel={text('area.coupons')}
      main={held ? <CouponPage held={held} onChange={booklet.refetch} /> : <BookletPage booklet={booklet} />}
      mainLabel={text('booklet.title')}
      phone={{ shows: 'main', isRoot: !held }}
    />
  )
}

const shelves: readonly Shelf[] = ['open', 'used', 'over']

function BookletPage({ booklet }: { booklet: OwnBooklet }) {
  const text = useText()
  const explain = useErrorText()
  const dates = useDates()
  const now = useNow()
  const [shelf, setShelf] = useState<Shelf>('open')
  const { coupons, error, keptAt, refetch } = booklet
  const on = (wanted: Shelf) => (coupons ?? []).filter((held) => shelfOf(held, now) === wanted)
  const shops = byShop(on(shelf))
  return (
    <>
      <header className="bar">
        <h1 className="grow">{text('booklet.title')}</h1>
      </header>
      <CouponsTabs />
      <div className="scroll page">
        <div className="booklet">
          {keptAt && <Notice meaning="warn">{text('booklet.kept', { at: dates.full(keptAt) })}</Notice>}
          {error !== null && <ErrorState title={text('error.title')} body={explain(error)} onRetry={refetch} />}
          {!coupons && error === null && <SkeletonList rows={4} />}
          {coupons && coupons.length > 0 && (
            <Segments
              label={text('booklet.show')}
              value={shelf}
              options={shelves.map((value) => ({
                value,
                label: text(`booklet.shelf.${value}`, { count: on(value).length }),
              }))}
              onChange={setShelf}
            />
          )}
          {shops.map((shop) => (
            <ShopCoupons key={shop.id} shop={shop} />
          ))}
          {coupons && shops.length === 0 && (
            <EmptyState icon={Ticket} title={text('booklet.none')} body={text(`booklet.none.${shelf}`)} />
          )}
        </div>
      </div>
    </>
  )
}

function ShopCoupons({ shop }: { shop: Shop }) {
  const text = useText()
  const { id, name, accent, coupons } = shop
  return (
    <section className="booklet-shop" aria-label={name}>
      <h2>
        <Avatar id={id} name={name} shape="square" size="sm" />
        <span className="grow cut" title={name} dir="auto">
          {name}
        </span>
        <span className="muted t13">{text('booklet.count', { count: coupons.length })}</span>
      </h2>
      {coupons.map(({ coupon, offer }) => (
        <Link key={coupon.id} href={`/booklet/${coupon.id}`}>
          <CouponCard offer={offer} coupon={coupon} accent={accent} />
        </Link>
      ))}
    </section>
  )
}
