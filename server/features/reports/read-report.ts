import { z } from 'zod'
import { AudienceId, Instant, LogNumber } from '../../../protocol/ids.ts'
import { limits } from '../../../protocol/limits.ts'
import {
  ExportedReport,
  ExportReport,
  ReadReport,
  ReadReportMessages,
  Report,
  ReportMessages,
} from '../../../protocol/reports.ts'
import { recordAct } from '../../platform/audit.ts'
import { command, personOf, type Context } from '../../platform/command.ts'
import { fromCursor, toCursor } from '../organization/index.ts'
import { allowReading, scopeOf, type Asked } from './access.ts'
import { toCsv } from './csv.ts'
import { makeReport } from './make-report.ts'
import { figures, listMessages, type ListedMessage } from './store.ts'

/** A command, though it reads: that somebody has read a report is recorded. */
export const readReport = command({
  name: 'report.read',
  summary:
    'How many messages those below oneself in the chart wrote in groups, when and where to. Never what they say.',
  input: ReadReport,
  output: Report,
  allow: allowReading,

  async run(ctx, input) {
    note(ctx, input, 'report.read')
    return makeReport(ctx, personOf(ctx), input)
  },
})

const Place = z.tuple([Instant, AudienceId, LogNumber])

export const readReportMessages = command({
  name: 'report.read-messages',
  summary: 'The messages of a report one by one: when, from whom and to which group. Never what they say.',
  input: ReadReportMessages,
  output: ReportMessages,
  allow: allowReading,

  async run(ctx, { before, limit, ...input }) {
    if (before === undefined) note(ctx, input, 'report.read')
    const place = before === undefined ? null : fromCursor(before, Place, 'before')
    const scope = await scopeOf(ctx, personOf(ctx), input)
    const found = await listMessages(ctx.tx, scope, { before: place, limit: limit + 1 })
    const page = found.slice(0, limit)
    const last = found.length > limit ? page.at(-1) : undefined
    return { messages: page.map(shown), next: last ? toCursor([last.at, last.audienceId, last.number]) : null }
  },
})

export const exportReport = command({
  name: 'report.export',
  summary: 'A report as CSV: by group and sender, or message by message.',
  input: ExportReport,
  output: ExportedReport,
  allow: allowReading,

  async run(ctx, { what, ...input }) {
    note(ctx, input, 'report.exported')
    const scope = await scopeOf(ctx, personOf(ctx), input)
    const fileName = `report-${what}-${input.from}-${input.until}.csv`
    const limit = limits.reportExportRows
    if (what === 'groups') {
      const { rows } = await figures(ctx.tx, scope, limit + 1)
      const cells = rows
        .slice(0, limit)
        .map((row) => [row.name, row.subject, row.kind, row.people, row.messages, row.firstAt, row.lastAt])
      const csv = toCsv(['from', 'to', 'kind', 'people', 'messages', 'first', 'last'], cells)
      return { fileName, csv, isWhole: rows.length <= limit }
    }
    const found = await listMessages(ctx.tx, scope, { before: null, limit: limit + 1 })
    const cells = found.slice(0, limit).map((row) => [row.at, row.name, row.subject, row.kind, row.people])
    return { fileName, csv: toCsv(['at', 'from', 'to', 'kind', 'people'], cells), isWhole: found.length <= limit }
  },
})

function note(ctx: Context, asked: Asked, act: 'report.read' | 'report.exported'): void {
  const { organizationId, from, until, conversationId, personId, contactId, tag } = asked
  recordAct(ctx, {
    organizationId,
    act,
    facts: { from, until, ...(tag === undefined ? {} : { tag }) },
    ...(personId || contactId ? { personIds: [personId, contactId].filter((id) => id !== undefined) } : {}),
    ...(conversationId ? { thingId: conversationId } : {}),
  })
}

function shown({ audienceId: _audience, number: _number, ...message }: ListedMessage) {
  return message
}
