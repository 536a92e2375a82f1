import { useLocation } from 'wouter'
import { CouponsSide } from '../coupons/coupons-side.tsx'
import { AppShell } from '../organization/app-shell.tsx'
import { useShortcuts } from '../platform/shortcuts.ts'
import { useText } from '../platform/texts.tsx'
import { OrderPane } from './order-pane.tsx'
import { Orders } from './orders-list.tsx'
import { Rules } from './rules-screen.tsx'
import { Shops } from './shops-screen.tsx'
import './orders.css'

type AreaProps = { page: 'orders' | 'order-rules' | 'shops'; id: string | undefined }

/** Orders, the rules by which they bring coupons, and the shops they come from. For administrators. */
export function OrdersArea({ page, id }: AreaProps) {
  const text = useText()
  const [, go] = useLocation()
  const orderId = page === 'orders' ? id : undefined
  const close = () => go('/orders')
  useShortcuts({ close: orderId ? close : undefined })
  return (
    <AppShell
      side={<CouponsSide />}
      sideLabel={text('area.coupons')}
      main={page === 'orders' ? <Orders selected={id} /> : page === 'shops' ? <Shops /> : <Rules ruleId={id} />}
      mainLabel={text(page === 'orders' ? 'orders.title' : page === 'shops' ? 'shops.title' : 'rules.title')}
      {...(orderId && {
        pane: <OrderPane key={orderId} orderId={orderId} onClose={close} />,
        paneLabel: text('region.details'),
      })}
      phone={{ shows: orderId ? 'pane' : 'main', isRoot: id === undefined }}
    />
  )
}
