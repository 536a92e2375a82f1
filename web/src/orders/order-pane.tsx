import { Check, CircleHelp, X } from 'lucide-react'
import type { OrderDetails, RuleDecision } from '../../../protocol/order-rules.ts'
import { formatMoney } from '../coupons/money.ts'
import { useHere } from '../organization/organization-context.tsx'
import { Badge } from '../platform/badge.tsx'
import { useAnswer, useErrorText } from '../platform/client.tsx'
import { ErrorState } from '../platform/empty-state.tsx'
import { IconButton } from '../platform/icon-button.tsx'
import { numbered } from '../platform/numbered.ts'
import { SkeletonList } from '../platform/skeleton.tsx'
import { useTexts } from '../platform/texts.tsx'
import { useDates } from '../platform/use-dates.ts'
import { StatusBadge } from './orders-list.tsx'
import { conditionWords, countryName } from './rule-words.ts'

/** One order: what it holds, what it has been, and why each rule gave something for it, or not. */
export function OrderPane({ orderId, onClose }: { orderId: string; onClose: () => void }) {
  const { text } = useTexts()
  const explain = useErrorText()
  const { organization } = useHere()
  const { data, error } = useAnswer('order.get', { organizationId: organization.id, orderId })
  return (
    <>
      <div className="bar">
        <h1 className="pane-title grow cut num" title={data?.externalId}>
          {data?.externalId ?? text('orders.title')}
        </h1>
        <IconButton icon={X} label={text('action.close')} shortcut="escape" onClick={onClose} />
      </div>
      {error && <ErrorState title={text('error.title')} body={explain(error)} />}
      {!data && !error && <SkeletonList rows={6} />}
      {data && (
        <div className="scroll">
          <Facts order={data} />
          <History order={data} />
          <Why order={data} />
        </div>
      )}
    </>
  )
}

function Facts({ order }: { order: OrderDetails }) {
  const { text, locale } = useTexts()
  const dates = useDates()
  const { placedAt, total, currency, customerName, source, place, country, items, attributes } = order
  const fact = (label: string, value: string) =>
    value !== '' && (
      <div className="fact" key={label}>
        <dt>{label}</dt>
        <dd dir="auto">{value}</dd>
      </div>
    )
  return (
    <dl className="block facts">
      {fact(text('order.total'), formatMoney(locale, { amount: total, currency }))}
      {fact(text('order.customer'), customerName || text('order.nobody'))}
      {fact(text('order.placed'), dates.stamp(new Date(placedAt)))}
      {fact(text('order.source'), source)}
      {fact(text('order.place'), place)}
      {fact(text('order.country'), countryName(locale, country))}
      {fact(text('order.items'), items.map(({ quantity, name, sku }) => `${quantity} × ${name || sku}`).join(', '))}
      {Object.entries(attributes).map(([name, value]) => fact(name, String(value)))}
    </dl>
  )
}

function History({ order }: { order: OrderDetails }) {
  const { text } = useTexts()
  const dates = useDates()
  return (
    <section className="block">
      <h2>{text('order.history')}</h2>
      <ol className="order-history">
        {numbered(order.history).map(({ status, isChange, isPast, at, place }) => (
          <li key={place} className="row g2 t13">
            <StatusBadge status={status} />
            {!isChange && <span className="dim">{text('order.noChange')}</span>}
            {isPast && <span className="dim">{text('order.past')}</span>}
            <span className="grow" />
            <time className="dim num" dateTime={at}>
              {dates.stamp(new Date(at))}
            </time>
          </li>
        ))}
      </ol>
    </section>
  )
}

function Why({ order }: { order: OrderDetails }) {
  const { text } = useTexts()
  return (
    <section className="block">
      <h2>{text('order.why')}</h2>
      {order.decisions.length === 0 && <p className="muted t13">{text('order.noRules')}</p>}
      <ul className="decisions">
        {order.decisions.map((decision) => (
          <Decision key={`${decision.ruleId} ${decision.status}`} decision={decision} />
        ))}
      </ul>
    </section>
  )
}

function Decision({ decision }: { decision: RuleDecision }) {
  const words = useTexts()
  const { text } = words
  const { ruleName, outcome, status, checks, takenBackAt } = decision
  return (
    <li className="decision">
      <span className="row g1">
        <span className="strong grow cut" dir="auto">
          {ruleName}
        </span>
        <Badge {...(outcome === 'given' && takenBackAt === null && { meaning: 'ok' as const })}>
          {text(takenBackAt === null ? `rule.outcome.${outcome}` : 'rule.outcome.taken-back')}
        </Badge>
      </span>
      <span className="dim t12">{text('rule.whenBecame', { status: text(`order.status.${status}`) })}</span>
      <ul className="checks t13">
        {numbered(checks).map(({ condition, result, seen, place }) => (
          <li key={place} className="row g1 top" data-result={result}>
            {result === 'met' ? (
              <Check className="i xs" aria-label={text('rule.check.met')} />
            ) : result === 'missing' ? (
              <CircleHelp className="i xs" aria-label={text('rule.check.missing')} />
            ) : (
              <X className="i xs" aria-label={text('rule.check.not-met')} />
            )}
            <span dir="auto">
              {condition ? conditionWords(words, condition) : text('rule.expression')}
              {result !== 'met' && <span className="dim"> {text(seenKey(result, seen), { seen })}</span>}
            </span>
          </li>
        ))}
      </ul>
    </li>
  )
}

/** What is not there is another thing than what is empty, such as the level of somebody who has none. */
function seenKey(result: 'not-met' | 'missing', seen: string) {
  if (seen !== '') return 'rule.seen'
  return result === 'missing' ? 'rule.seenNothing' : 'rule.seenEmpty'
}
