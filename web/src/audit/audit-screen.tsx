import { useMemo, useState } from 'react'
import { auditActs, type AuditAct } from '../../../protocol/audit-acts.ts'
import type { Member } from '../../../protocol/organization.ts'
import { PeoplePicker } from '../conversations/people-picker.tsx'
import { AppShell } from '../organization/app-shell.tsx'
import { useHere } from '../organization/organization-context.tsx'
import { PeopleSide, PeopleTabs } from '../organization/people-side.tsx'
import { Button } from '../platform/button.tsx'
import { useErrorText } from '../platform/client.tsx'
import { Dialog } from '../platform/dialog.tsx'
import { ErrorState } from '../platform/empty-state.tsx'
import { More, usePages } from '../platform/pages.tsx'
import { Select } from '../platform/select.tsx'
import { SkeletonList } from '../platform/skeleton.tsx'
import { TextField } from '../platform/text-field.tsx'
import { useText } from '../platform/texts.tsx'
import { AuditTable } from './audit-table.tsx'

/** For administrators: who did what, to whom and when. */
export function AuditScreen() {
  const text = useText()
  return (
    <AppShell
      side={<PeopleSide />}
      sideLabel={text('area.people')}
      main={<Log />}
      mainLabel={text('audit.title')}
      phone={{ shows: 'main', isRoot: true }}
    />
  )
}

type Filter = { person?: Member; act?: AuditAct | undefined; from?: string; until?: string }

function Log() {
  const text = useText()
  const explain = useErrorText()
  const { organization } = useHere()
  const [filter, setFilter] = useState<Filter>({})
  const { pages, error, refetch, more, isLoadingMore } = usePages('audit.list', {
    organizationId: organization.id,
    ...asked(filter),
  })
  const entries = useMemo(() => pages?.flatMap((page) => page.entries), [pages])
  const names = useMemo(
    () => new Map(pages?.flatMap(({ people }) => people.map(({ personId, name }) => [personId, name]))),
    [pages],
  )
  return (
    <>
      <header className="bar">
        <h1 className="grow">{text('audit.title')}</h1>
      </header>
      <PeopleTabs />
      <div className="scroll page audit-page">
        <FilterRow filter={filter} onChange={setFilter} />
        {error !== null && <ErrorState title={text('error.title')} body={explain(error)} onRetry={refetch} />}
        {!entries && error === null && <SkeletonList rows={8} />}
        {entries && <AuditTable entries={entries} names={names} />}
        <More label={text('audit.more')} more={more} isLoading={isLoadingMore} />
      </div>
    </>
  )
}

/** Days are the reader's own: from the first moment of the one to the last of the other. */
function asked({ person, act, from, until }: Filter) {
  return {
    ...(person && { personId: person.personId }),
    ...(act && { act }),
    ...(from && { from: new Date(`${from}T00:00:00`).toISOString() }),
    ...(until && { until: dayAfter(until).toISOString() }),
  }
}

function dayAfter(day: string): Date {
  const date = new Date(`${day}T00:00:00`)
  date.setDate(date.getDate() + 1)
  return date
}

function FilterRow({ filter, onChange }: { filter: Filter; onChange: (filter: Filter) => void }) {
  const text = useText()
  const [isPicking, setIsPicking] = useState(false)
  const acts = useMemo(
    () =>
      auditActs
        .map((act) => ({ value: act, label: text(`audit.act.${act}`) }))
        .toSorted((one, other) => one.label.localeCompare(other.label)),
    [text],
  )
  const change = (some: Filter) => onChange({ ...filter, ...some })
  const isFiltered = Boolean(filter.person ?? filter.act ?? filter.from ?? filter.until)
  return (
    <div className="audit-filter">
      <div>
        <span className="label">{text('audit.person')}</span>
        <Button onClick={() => setIsPicking(true)}>
          <span className="cut">{filter.person?.name ?? text('audit.everybody')}</span>
        </Button>
      </div>
      <Select<AuditAct | ''>
        label={text('audit.act')}
        value={filter.act ?? ''}
        options={[{ value: '', label: text('audit.everything') }, ...acts]}
        onChange={(act) => change({ act: act === '' ? undefined : act })}
      />
      <TextField
        label={text('audit.from')}
        type="date"
        value={filter.from ?? ''}
        onChange={(event) => change({ from: event.target.value })}
      />
      <TextField
        label={text('audit.until')}
        type="date"
        value={filter.until ?? ''}
        onChange={(event) => change({ until: event.target.value })}
      />
      {isFiltered && (
        <Button look="quiet" onClick={() => onChange({})}>
          {text('audit.all')}
        </Button>
      )}
      {isPicking && (
        <Dialog title={text('audit.choosePerson')} open onClose={() => setIsPicking(false)}>
          <PeoplePicker
            chosen={[]}
            includeMe
            onChoose={() => undefined}
            onPick={(person) => {
              change({ person })
              setIsPicking(false)
            }}
          />
        </Dialog>
      )}
    </div>
  )
}
