import { FileUp, Package } from 'lucide-react'
import { useDeferredValue, useMemo, useState } from 'react'
import { Link } from 'wouter'
import { orderStates, type Order, type OrderStatus } from '../../../protocol/orders.ts'
import { CouponsTabs } from '../coupons/coupons-side.tsx'
import { columnMoney } from '../coupons/money.ts'
import { useHere } from '../organization/organization-context.tsx'
import { Badge, type Meaning } from '../platform/badge.tsx'
import { Button } from '../platform/button.tsx'
import { useErrorText } from '../platform/client.tsx'
import { EmptyState, ErrorState } from '../platform/empty-state.tsx'
import { More, usePages } from '../platform/pages.tsx'
import { SearchField } from '../platform/search-field.tsx'
import { Select } from '../platform/select.tsx'
import { SkeletonList } from '../platform/skeleton.tsx'
import { useTexts } from '../platform/texts.tsx'
import { useDates } from '../platform/use-dates.ts'
import { ImportOrders } from './import-orders.tsx'
import { Lag } from './lag.tsx'

/** Shops tell of orders at any time. */
const LOOK_MS = 10_000

/** Orders, the newest first. */
export function Orders({ selected }: { selected: string | undefined }) {
  const { text } = useTexts()
  const explain = useErrorText()
  const { organization } = useHere()
  const [words, setWords] = useState('')
  const [status, setStatus] = useState<OrderStatus | ''>('')
  const [isImporting, setImporting] = useState(false)
  const search = useDeferredValue(words)
  const input = { organizationId: organization.id, search, ...(status && { status }) }
  const { pages, error, refetch, more, isLoadingMore } = usePages('order.list', input, { everyMs: LOOK_MS })
  const orders = useMemo(() => pages?.flatMap((page) => page.orders), [pages])
  const states = [
    { value: '' as const, label: text('orders.allStates') },
    ...orderStates.map((value) => ({ value, label: text(`order.status.${value}`) })),
  ]
  return (
    <>
      <header className="bar">
        <h1 className="grow">{text('orders.title')}</h1>
        <Button look="quiet" icon={FileUp} onClick={() => setImporting(true)}>
          {text('orders.import')}
        </Button>
      </header>
      <CouponsTabs />
      <div className="members-head">
        <SearchField label={text('orders.search')} words={words} onSearch={setWords} grow />
        <Select label={text('orders.state')} hideLabel value={status} options={states} onChange={setStatus} />
      </div>
      {error !== null && <ErrorState title={text('error.title')} body={explain(error)} onRetry={refetch} />}
      {!orders && error === null && <SkeletonList rows={9} />}
      {orders && (
        <div className="scroll members">
          {orders.length === 0 && (
            <EmptyState
              icon={Package}
              title={text('orders.none')}
              body={text(search === '' && status === '' ? 'orders.noneBody' : 'orders.noneFound')}
            />
          )}
          {orders.length > 0 && <Lag lagMs={pages?.[0]?.lagMs ?? 0} />}
          <ul>
            {orders.map((order) => (
              <OrderLine key={order.id} order={order} isCurrent={order.id === selected} />
            ))}
          </ul>
          <More label={text('people.more')} more={more} isLoading={isLoadingMore} />
        </div>
      )}
      {isImporting && <ImportOrders onDone={refetch} onClose={() => setImporting(false)} />}
    </>
  )
}

const meanings: Partial<Record<OrderStatus, Meaning>> = {
  shipped: 'ok',
  completed: 'ok',
  paid: 'accent',
  cancelled: 'bad',
  refunded: 'warn',
}

export function StatusBadge({ status }: { status: OrderStatus }) {
  const { text } = useTexts()
  const meaning = meanings[status]
  return <Badge {...(meaning && { meaning })}>{text(`order.status.${status}`)}</Badge>
}

function OrderLine({ order, isCurrent }: { order: Order; isCurrent: boolean }) {
  const { text, locale } = useTexts()
  const dates = useDates()
  const { id, externalId, customerName, source, status, total, currency, placedAt } = order
  return (
    <li>
      <Link className="member order-line" href={`/orders/${id}`} aria-current={isCurrent ? 'true' : undefined}>
        <span className="col grow">
          <span className="row g1">
            <span className="num strong cut">{externalId}</span>
            <StatusBadge status={status} />
            <span className="dim t12 cut">{source}</span>
          </span>
          <span className="muted t13 cut" title={customerName} dir="auto">
            {customerName || text('order.nobody')}
          </span>
        </span>
        <time className="dim t12 num wide-only" dateTime={placedAt} title={dates.full(new Date(placedAt))}>
          {dates.date(new Date(placedAt))}
        </time>
        <span className="num order-total">{columnMoney(locale, { amount: total, currency })}</span>
      </Link>
    </li>
  )
}
