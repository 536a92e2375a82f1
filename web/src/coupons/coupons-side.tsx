import { Package, ScanLine, Store, Ticket, TicketPercent, Workflow } from 'lucide-react'
import type { LucideIcon } from 'lucide-react'
import { Link, useLocation } from 'wouter'
import { useHere } from '../organization/organization-context.tsx'
import { useText } from '../platform/texts.tsx'

/** The pages about coupons: what one gives, takes in and has. */
export function CouponsSide() {
  const text = useText()
  return (
    <>
      <div className="bar">
        <h1 className="org">{text('area.coupons')}</h1>
      </div>
      <div className="scroll">
        <CouponPages className="people-pages" look="navrow" />
      </div>
    </>
  )
}

/** The same pages as tabs, on phones. Whoever has one page needs none. */
export function CouponsTabs() {
  const { isOutside } = useHere()
  return isOutside ? null : <CouponPages className="tabs phone-only" look="tab-link" />
}

function CouponPages({ className, look }: { className: string; look: string }) {
  const text = useText()
  const [place] = useLocation()
  const { isOutside, isAdministrator } = useHere()
  const page = (href: string, label: string, Icon: LucideIcon) => (
    <Link key={href} className={look} href={href} aria-current={place.startsWith(href) ? 'page' : undefined}>
      <Icon className="i s" />
      {label}
    </Link>
  )
  return (
    <nav className={className} aria-label={text('area.coupons')}>
      {!isOutside && page('/coupons', text('campaigns.title'), TicketPercent)}
      {!isOutside && page('/till', text('till.title'), ScanLine)}
      {isAdministrator && page('/orders', text('orders.title'), Package)}
      {isAdministrator && page('/order-rules', text('rules.title'), Workflow)}
      {isAdministrator && page('/shops', text('shops.title'), Store)}
      {page('/booklet', text('booklet.title'), Ticket)}
    </nav>
  )
}
