import { useQueryClient } from '@tanstack/react-query'
import { BarChart3, Download } from 'lucide-react'
import { useState } from 'react'
import type { FormEvent } from 'react'
import type { z } from 'zod'
import { limits } from '../../../protocol/limits.ts'
import type { OwnReportPolicy, ReportEvery } from '../../../protocol/reports.ts'
import { AppShell } from '../organization/app-shell.tsx'
import { useHere } from '../organization/organization-context.tsx'
import { PeopleSide, PeopleTabs } from '../organization/people-side.tsx'
import { Button } from '../platform/button.tsx'
import { useAct, useAnswer, useClient, useErrorText } from '../platform/client.tsx'
import { EmptyState, ErrorState } from '../platform/empty-state.tsx'
import { useNow } from '../platform/now.ts'
import { Segments } from '../platform/segments.tsx'
import { Select } from '../platform/select.tsx'
import { SkeletonList } from '../platform/skeleton.tsx'
import { TextField } from '../platform/text-field.tsx'
import { useText } from '../platform/texts.tsx'
import { ByCustomer } from './choose-customer.tsx'
import type { Customer } from './choose-customer.tsx'
import { lengths, periodOf } from './periods.ts'
import type { Length } from './periods.ts'
import { ReportChart } from './report-chart.tsx'
import { PolicyForm, PolicyText } from './report-policy.tsx'
import { ReportTable } from './report-table.tsx'

/** What those below oneself in the chart wrote where, in figures; and for everybody, what is agreed about it. */
export function ReportsScreen() {
  const text = useText()
  return (
    <AppShell
      side={<PeopleSide />}
      sideLabel={text('area.people')}
      main={<Reports />}
      mainLabel={text('report.title')}
      phone={{ shows: 'main', isRoot: true }}
    />
  )
}

function Reports() {
  const text = useText()
  const explain = useErrorText()
  const { organization, isAdministrator } = useHere()
  const { data: policy, error, refetch } = useAnswer('report.get-policy', { organizationId: organization.id })
  return (
    <>
      <header className="bar">
        <h1 className="grow">{text('report.title')}</h1>
      </header>
      <PeopleTabs />
      <div className="scroll page report-page">
        {error !== null && (
          <ErrorState title={text('error.title')} body={explain(error)} onRetry={() => void refetch()} />
        )}
        {!policy && error === null && <SkeletonList rows={6} />}
        {policy?.mayRead && <OwnReport policy={policy} />}
        {policy && <PolicyText policy={policy} />}
        {policy && isAdministrator && <PolicyForm policy={policy} />}
      </div>
    </>
  )
}

type Policy = z.infer<typeof OwnReportPolicy>

function OwnReport({ policy }: { policy: Policy }) {
  const text = useText()
  const explain = useErrorText()
  const client = useClient()
  const { act, working } = useAct()
  const { organization } = useHere()
  const [length, setLength] = useState<Length>('30')
  const { timeZone } = policy
  const now = useNow()
  const [tag, setTag] = useState('')
  const [customer, setCustomer] = useState<Customer>()
  const scope = { ...(tag !== '' && { tag }), ...(customer && { contactId: customer.personId }) }
  const input = { organizationId: organization.id, ...periodOf(length, now, timeZone), ...scope }
  const { data: report, error, refetch } = useAnswer('report.read', input)
  const download = (what: 'groups' | 'messages') =>
    void act(async () => saveFile(await client.do('report.export', { ...input, what })))
  if (error) return <ErrorState title={text('error.title')} body={explain(error)} onRetry={() => void refetch()} />
  return (
    <section className="report">
      <div className="row wrap g2">
        <Segments
          label={text('report.period')}
          value={length}
          options={lengths.map((value) => ({ value, label: text('report.days', { count: Number(value) }) }))}
          onChange={setLength}
        />
        <span className="grow" />
        <Button size="small" icon={Download} working={working} onClick={() => download('groups')}>
          {text('report.csvGroups')}
        </Button>
        <Button size="small" icon={Download} working={working} onClick={() => download('messages')}>
          {text('report.csvMessages')}
        </Button>
      </div>
      <div className="row wrap end g2">
        <ByCustomer customer={customer} onChoose={setCustomer} />
        <ByTag tag={tag} onChoose={setTag} />
      </div>
      {report && report.messages === 0 && (
        <EmptyState icon={BarChart3} title={text('report.none')} body={text('report.noneBody')} />
      )}
      {report && report.messages > 0 && (
        <>
          <p className="report-figures">
            {text('report.figures', { messages: report.messages, groups: report.groups, people: report.people })}
            {report.direct !== null && <span className="dim"> {text('report.direct', { count: report.direct })}</span>}
          </p>
          <ReportChart report={report} />
          <ReportTable report={report} />
        </>
      )}
      <ByMail policy={policy} />
    </section>
  )
}

/** Each look at a report is recorded, so that it is asked for when the tag is typed, and not at each of its letters. */
function ByTag({ tag, onChoose }: { tag: string; onChoose: (tag: string) => void }) {
  const text = useText()
  const [typed, setTyped] = useState(tag)
  const choose = (event: FormEvent) => {
    event.preventDefault()
    onChoose(typed.trim())
  }
  return (
    <form className="row end report-tag" onSubmit={choose}>
      <TextField
        label={text('report.tag')}
        value={typed}
        maxLength={limits.tag}
        onChange={(event) => setTyped(event.target.value)}
      />
      <Button type="submit" disabled={typed.trim() === tag}>
        {text('report.tagShow')}
      </Button>
    </form>
  )
}

const everies: readonly ReportEvery[] = ['never', 'day', 'week', 'month']

function ByMail({ policy }: { policy: Policy }) {
  const text = useText()
  const client = useClient()
  const queries = useQueryClient()
  const { act } = useAct()
  const { organization } = useHere()
  const choose = (every: ReportEvery) =>
    void act(async () => {
      await client.do('report.subscribe', { organizationId: organization.id, every })
      await queries.invalidateQueries({ queryKey: ['report.get-policy'] })
    })
  return (
    <div className="report-mail">
      <Select
        label={text('report.byMail')}
        value={policy.every}
        options={everies.map((value) => ({ value, label: text(`report.every.${value}`) }))}
        onChange={choose}
      />
    </div>
  )
}

/** Hands a file to the browser, which asks where to put it. */
function saveFile({ fileName, csv }: { fileName: string; csv: string }): void {
  const url = URL.createObjectURL(new Blob([csv], { type: 'text/csv;charset=utf-8' }))
  const link = Object.assign(document.createElement('a'), { href: url, download: fileName })
  link.click()
  URL.revokeObjectURL(url)
}
