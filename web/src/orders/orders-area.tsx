import { useLocation } from 'wouter'
import { CouponsSide } from '../coupons/coupons-side.tsx'
import { AppShell } from '../organization/app-shell.tsx'
import { useShortcuts } from '../platform/shortcuts.ts'
import { useText } from '../platform/texts.tsx'
import { OrderPane } from './order-pane.tsx'
import { OrderSettingsPage } from './order-settings.tsx'
import { Orders } from './orders-list.tsx'
import { Rules } from './rules-screen.tsx'
import { Shops } from './shops-screen.tsx'
import './orders.css'

const titles = {
  orders: 'orders.title',
  'order-rules': 'rules.title',
  shops: 'shops.title',
  'order-settings': 'orderSettings.title',
} as const

type AreaProps = { page: keyof typeof titles; id: string | undefined }

/** Orders, the rules by which they bring coupons, their shops, and what holds for all. For administrators. */
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
      main={<Page page={page} id={id} />}
      mainLabel={text(titles[page])}
      {...(orderId && {
        pane: <OrderPane key={orderId} orderId={orderId} onClose={close} />,
        paneLabel: text('region.details'),
      })}
      phone={{ shows: orderId ? 'pane' : 'main', isRoot: id === undefined }}
    />
  )
}

function Page({ page, id }: AreaProps) {
  switch (page) {
    case 'orders':
      return <Orders selected={id} />
    case 'order-rules':
      return <Rules ruleId={id} />
    case 'shops':
      return <Shops />
    case 'order-settings':
      return <OrderSettingsPage />
  }
}
