import type { Report } from '../../../protocol/reports.ts'
import { useTexts } from '../platform/texts.tsx'
import { barsOf } from './periods.ts'

const height = 120
const labelled = 3

/** Messages over time. What it shows stands as text beside and below it. */
export function ReportChart({ report }: { report: Report }) {
  const { text, locale } = useTexts()
  const bars = barsOf(report.days, report)
  const most = Math.max(...bars.map(({ messages }) => messages), 1)
  const format = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' })
  const date = (day: string) => format.format(new Date(`${day}T00:00:00Z`))
  const busiest = bars.reduce((best, bar) => (bar.messages > best.messages ? bar : best), bars[0] ?? empty)
  const marked = bars.filter((_, index) => index % Math.max(Math.ceil(bars.length / labelled), 1) === 0)
  return (
    <figure className="report-chart">
      <svg
        viewBox={`0 0 ${bars.length * 10} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={text('report.chart', { day: date(busiest.from), count: busiest.messages })}
      >
        {bars.map(({ from, messages }, index) => (
          <rect
            key={from}
            className={messages === most ? 'most' : undefined}
            x={index * 10 + 1}
            width={8}
            y={height - (messages / most) * height}
            height={(messages / most) * height}
          >
            <title>{`${date(from)}: ${messages}`}</title>
          </rect>
        ))}
      </svg>
      <figcaption className="row dim t12">
        {marked.map(({ from }) => (
          <span key={from} className="grow">
            {date(from)}
          </span>
        ))}
        <span>{text('report.busiest', { day: date(busiest.from), count: busiest.messages })}</span>
      </figcaption>
    </figure>
  )
}

const empty = { from: '1970-01-01', messages: 0 }
