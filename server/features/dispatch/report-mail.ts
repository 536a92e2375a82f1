import { IntlMessageFormat } from 'intl-messageformat'
import type { ReportContent } from './content.ts'
import { escapeHtml, paragraph, type Mail } from './mail-html.ts'
import { reportTexts } from './report-texts.ts'

/** Figures about messages, never what they say; all lines are in the attachment. */
export function renderReport(content: ReportContent): Mail {
  const { locale, from, until, rows, link, csv } = content
  const texts = reportTexts[locale]
  const date = (day: string) =>
    new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`))
  const { personName, organizationName, messages, groups, people } = content
  const values = { personName, organizationName, messages, groups, people, from: date(from), until: date(until) }
  const say = (message: string) => String(new IntlMessageFormat(message, locale).format(values))
  const lines = rows.map((row) => `${row.messages}  ${row.name} → ${row.subject}`)
  const cells = rows.map((row) => {
    const texts = [row.name, row.subject].map((cell) => `<td>${escapeHtml(cell)}</td>`)
    return `<tr><td align="right">${row.messages}</td>${texts.join('')}</tr>`
  })
  const head = [texts.messages, texts.from, texts.to].map((text) => `<th align="left">${text}</th>`).join('')
  const table = rows.length === 0 ? '' : `<table cellpadding="4"><tr>${head}</tr>${cells.join('')}</table>`
  const body = [
    paragraph(say(texts.figures)),
    table,
    `<p><a href="${escapeHtml(link)}">${texts.link}</a></p>`,
    paragraph(say(texts.reason)),
  ]
  return {
    subject: say(texts.subject),
    text: `${[say(texts.figures), lines.join('\n'), link, say(texts.reason)].filter(Boolean).join('\n\n')}\n`,
    html: `<!doctype html><html lang="${locale}"><body style="font-family:sans-serif">${body.join('\n')}</body></html>`,
    attachments: [{ filename: `report-${from}-${until}.csv`, content: csv, contentType: 'text/csv; charset=utf-8' }],
  }
}
