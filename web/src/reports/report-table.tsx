import type { Report } from '../../../protocol/reports.ts'
import { useText } from '../platform/texts.tsx'
import { useDates } from '../platform/use-dates.ts'
import { useNow } from '../platform/now.ts'

/** From whom, where to, how many, and when: one line for each sender in each group. */
export function ReportTable({ report }: { report: Report }) {
  const text = useText()
  const dates = useDates()
  const now = useNow()
  return (
    <div className="report-table">
      <table>
        <caption className="sr">{text('report.title')}</caption>
        <thead>
          <tr>
            <th scope="col">{text('report.from')}</th>
            <th scope="col">{text('report.to')}</th>
            <th scope="col" className="num">
              {text('report.messages')}
            </th>
            <th scope="col">{text('report.last')}</th>
          </tr>
        </thead>
        <tbody>
          {report.rows.map((row) => (
            <tr key={`${row.personId} ${row.conversationId}`}>
              <th scope="row" dir="auto">
                {row.name}
              </th>
              <td dir="auto">
                {row.subject} <span className="dim t12">{text('report.people', { count: row.people })}</span>
              </td>
              <td className="num">{row.messages}</td>
              <td>
                <time dateTime={row.lastAt} title={dates.full(new Date(row.lastAt))}>
                  {dates.short(new Date(row.lastAt), now)}
                </time>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {!report.isWhole && <p className="help">{text('report.more')}</p>}
    </div>
  )
}
