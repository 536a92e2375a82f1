import { Package, ScanLine, SlidersHorizontal, Store, Ticket, TicketPercent, Workflow } from 'lucide-react'
import { useHere } from '../organization/organization-context.tsx'
import { PageLinks } from '../platform/page-links.tsx'
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
        <CouponPages />
      </div>
    </>
  )
}

/** The same pages as tabs, on phones. Whoever has one page needs none. */
export function CouponsTabs() {
  const { isOutside } = useHere()
  return isOutside ? null : <CouponPages asTabs />
}

function CouponPages({ asTabs = false }: { asTabs?: boolean }) {
  const text = useText()
  const { isOutside, isAdministrator } = useHere()
  const pages = [
    !isOutside && { href: '/coupons', label: text('campaigns.title'), icon: TicketPercent },
    !isOutside && { href: '/till', label: text('till.title'), icon: ScanLine },
    isAdministrator && { href: '/orders', label: text('orders.title'), icon: Package },
    isAdministrator && { href: '/order-rules', label: text('rules.title'), icon: Workflow },
    isAdministrator && { href: '/shops', label: text('shops.title'), icon: Store },
    isAdministrator && { href: '/order-settings', label: text('orderSettings.title'), icon: SlidersHorizontal },
    { href: '/booklet', label: text('booklet.title'), icon: Ticket },
  ]
  return <PageLinks label={text('area.coupons')} pages={pages} asTabs={asTabs} />
}
