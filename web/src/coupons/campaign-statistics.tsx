import { useMemo, useState } from 'react'
import type { Campaign } from '../../../protocol/coupons.ts'
import type { OutputOf } from '../../../sdk/index.ts'
import { useAnswer, useErrorText } from '../platform/client.tsx'
import { ErrorState } from '../platform/empty-state.tsx'
import { useNow } from '../platform/now.ts'
import { Segments } from '../platform/segments.tsx'
import { SkeletonList } from '../platform/skeleton.tsx'
import { useTexts } from '../platform/texts.tsx'
import { barsOf } from './day-bars.ts'
import { formatMoney } from './money.ts'
import '../reports/reports.css'

const spans = ['7', '30', '90'] as const

/** How many were given out and used, and by when and where. */
export function CampaignStatistics({ campaign }: { campaign: Campaign }) {
  const { text } = useTexts()
  const explain = useErrorText()
  const [days, setDays] = useState<(typeof spans)[number]>('30')
  const { organizationId, id: campaignId } = campaign
  const { data, error, refetch } = useAnswer('campaign.statistics', { organizationId, campaignId, days: Number(days) })
  return (
    <section className="campaign-sections" aria-label={text('campaign.view.statistics')}>
      <Figures campaign={campaign} />
      <span>
        <Segments
          label={text('report.period')}
          value={days}
          options={spans.map((value) => ({ value, label: text('report.days', { count: Number(value) }) }))}
          onChange={setDays}
        />
      </span>
      {error && <ErrorState title={text('error.title')} body={explain(error)} onRetry={() => void refetch()} />}
      {!data && !error && <SkeletonList rows={4} />}
      {data && <DayChart days={data.days} count={Number(days)} timeZone={campaign.timeZone} />}
      {data && <DayTable days={data.days} />}
    </section>
  )
}

const figures = ['issued', 'claimed', 'redeemed', 'expired', 'void'] as const

function Figures({ campaign }: { campaign: Campaign }) {
  const { text, locale } = useTexts()
  const { counts, left, value } = campaign
  const number = new Intl.NumberFormat(locale)
  const currency = 'currency' in value ? value.currency : value.kind === 'percentage' ? value.cap?.currency : undefined
  return (
    <dl className="campaign-figures">
      {figures.map((name) => (
        <div key={name}>
          <dt>{text(`campaign.figure.${name}`)}</dt>
          <dd className="num">{number.format(counts[name])}</dd>
        </div>
      ))}
      {left !== null && (
        <div>
          <dt>{text('campaign.figure.left')}</dt>
          <dd className="num">{number.format(left)}</dd>
        </div>
      )}
      {currency && (
        <div>
          <dt>{text('campaign.figure.given')}</dt>
          <dd className="num">{formatMoney(locale, { amount: counts.valueGiven, currency })}</dd>
        </div>
      )}
    </dl>
  )
}

type Days = OutputOf<'campaign.statistics'>['days']
const HEIGHT = 120

/** Given out in grey, used in colour. The table below says the same. */
function DayChart({ days, count, timeZone }: { days: Days; count: number; timeZone: string }) {
  const { text } = useTexts()
  const date = useDay()
  const now = useNow()
  const bars = useMemo(() => barsOf(days, { count, now, timeZone }), [days, count, now, timeZone])
  if (days.length === 0) return <p className="muted">{text('campaign.nothingYet')}</p>
  const most = Math.max(...bars.flatMap(({ issued, redeemed }) => [issued, redeemed]), 1)
  const issued = bars.reduce((sum, bar) => sum + bar.issued, 0)
  const redeemed = bars.reduce((sum, bar) => sum + bar.redeemed, 0)
  return (
    <figure className="report-chart">
      <svg
        viewBox={`0 0 ${bars.length * 20} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={text('campaign.chart', { issued, redeemed })}
      >
        {bars.map((bar, index) => (
          <g key={bar.day}>
            <title>{`${date(bar.day)}: ${text('campaign.chart', bar)}`}</title>
            <Bar x={index * 20 + 1} share={bar.issued / most} />
            <Bar x={index * 20 + 10} share={bar.redeemed / most} isUsed />
          </g>
        ))}
      </svg>
      <figcaption className="row chart-foot dim t12">
        <span>{date(bars[0]?.day ?? '')}</span>
        <span>{text('campaign.chart', { issued, redeemed })}</span>
        <span>{date(bars.at(-1)?.day ?? '')}</span>
      </figcaption>
    </figure>
  )
}

const Bar = ({ x, share, isUsed }: { x: number; share: number; isUsed?: boolean }) => (
  <rect className={isUsed ? 'most' : undefined} x={x} width={8} y={HEIGHT * (1 - share)} height={HEIGHT * share} />
)

function DayTable({ days }: { days: Days }) {
  const { text } = useTexts()
  const date = useDay()
  if (days.length === 0) return null
  const sorted = days.toSorted((one, other) => other.day.localeCompare(one.day))
  return (
    <div className="report-table">
      <table>
        <caption className="sr">{text('campaign.view.statistics')}</caption>
        <thead>
          <tr>
            <th scope="col">{text('campaign.day')}</th>
            <th scope="col">{text('campaign.place')}</th>
            {figures.map((name) => (
              <th key={name} scope="col" className="num">
                {text(`campaign.figure.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map((row) => (
            <tr key={`${row.day} ${row.place}`}>
              <th scope="row">{date(row.day)}</th>
              <td dir="auto">{row.place || '–'}</td>
              {figures.map((name) => (
                <td key={name} className="num">
                  {row[name]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** A day of the calendar, wherever one is. */
function useDay(): (day: string) => string {
  const { locale } = useTexts()
  const format = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' })
  return (day) => (day === '' ? '' : format.format(new Date(`${day}T00:00:00Z`)))
}
