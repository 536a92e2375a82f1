import { X } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { AppShell } from '../organization/app-shell.tsx'
import { Chart } from '../organization/chart.tsx'
import type { ChartMember } from '../organization/chart.tsx'
import { useHere } from '../organization/organization-context.tsx'
import { PeopleSide, PeopleTabs } from '../organization/people-side.tsx'
import { Button } from '../platform/button.tsx'
import { useAnswer } from '../platform/client.tsx'
import { IconButton } from '../platform/icon-button.tsx'
import { phone, useMedia } from '../platform/media.ts'
import { Segments } from '../platform/segments.tsx'
import { useText } from '../platform/texts.tsx'
import { chartAfter } from './chart-after.ts'
import type { PositionAfter } from './chart-after.ts'
import { GroupChanges } from './group-changes.tsx'
import { AppliedNotice, ApplyButton, ImportFile } from './import-steps.tsx'
import { ImportChanges, ImportCounts } from './import-summary.tsx'
import { LdapSource } from './ldap-source.tsx'
import { ScimSource } from './scim-source.tsx'
import { useImport } from './use-import.ts'
import type { ImportWork } from './use-import.ts'

export function ImportScreen() {
  const text = useText()
  const { organization } = useHere()
  const work = useImport(organization.id)
  const isPhone = useMedia(phone)
  const hasPreview = work.preview !== undefined && work.step !== 'applied'
  return (
    <AppShell
      side={<PeopleSide />}
      sideLabel={text('area.people')}
      main={<ImportMain work={work} isPhone={isPhone} />}
      mainLabel={text('import.title')}
      {...(hasPreview && !isPhone && { pane: <PreviewPane work={work} />, paneLabel: text('import.preview') })}
      phone={{ shows: 'main', isRoot: !hasPreview }}
    />
  )
}

function ImportMain({ work, isPhone }: { work: ImportWork; isPhone: boolean }) {
  const text = useText()
  const { preview } = work
  const after = useAfter(work)
  const [source, setSource] = useState<Source>('csv')
  if (work.step === 'applied') return <Applied work={work} />
  const sources = [
    { value: 'csv' as const, label: text('source.csv') },
    { value: 'scim' as const, label: 'SCIM' },
    { value: 'ldap' as const, label: 'LDAP' },
  ]
  const choice = (
    <div className="row">
      <Segments label={text('source.label')} value={source} options={sources} onChange={setSource} />
    </div>
  )
  if (source !== 'csv' && !preview) return <OtherSource source={source} choice={choice} />
  return (
    <>
      <header className="bar">
        <h1 className="grow">{text('import.title')}</h1>
      </header>
      <PeopleTabs />
      <div className="scroll import-main">
        <div className="page import-body">
          {!preview && choice}
          {!preview && <p className="muted">{text('import.lead')}</p>}
          <ImportFile work={work} />
        </div>
        {preview && isPhone && (
          <>
            <ImportCounts counts={preview.counts} />
            <ImportChanges preview={preview} />
          </>
        )}
        {after?.some(({ change }) => change) && <ChartAfter people={after} />}
        {preview && <GroupChanges groups={preview.groups} count={preview.groupCount} />}
      </div>
      {preview && isPhone && (
        <div className="pane-foot">
          <ApplyButton work={work} />
        </div>
      )}
    </>
  )
}

type Source = 'csv' | 'scim' | 'ldap'

/** Directories that are connected instead of a list. */
function OtherSource({ source, choice }: { source: Exclude<Source, 'csv'>; choice: ReactNode }) {
  const text = useText()
  return (
    <>
      <header className="bar">
        <h1 className="grow">{text('import.title')}</h1>
      </header>
      <PeopleTabs />
      <div className="scroll import-main">
        <div className="page import-body">
          {choice}
          {source === 'scim' ? <ScimSource /> : <LdapSource />}
        </div>
      </div>
    </>
  )
}

/** The chart with the import applied, as far as there is an honest picture of it. */
function useAfter({ preview }: ImportWork): PositionAfter[] | undefined {
  const { organization } = useHere()
  const chart = useAnswer('chart.get', { organizationId: organization.id }, { version: organization.directoryVersion })
  const positions = chart.data?.isWhole ? chart.data.positions : undefined
  return useMemo(() => preview && positions && chartAfter(preview, positions), [preview, positions])
}

function ChartAfter({ people }: { people: readonly PositionAfter[] }) {
  const text = useText()
  const members = useMemo(
    () =>
      people.map(({ personId, change, ...person }): ChartMember => {
        const id = { ...person, id: personId }
        if (change?.kind === 'created')
          return { ...id, mark: { look: 'new', label: text('groups.new'), meaning: 'ok' } }
        if (change?.kind === 'leaves')
          return { ...id, mark: { look: 'off', label: text('import.leaves'), meaning: undefined } }
        if (change?.kind !== 'moved') return id
        const label = change.from ? text('import.movedFrom', { name: change.from }) : text('import.changed')
        return { ...id, mark: { look: 'moved', label, meaning: 'warn' } }
      }),
    [people, text],
  )
  return (
    <section className="import-after" aria-label={text('import.after')}>
      <div className="row import-after-head">
        <h2>{text('chart.title')}</h2>
        <span className="dim t12">{text('import.after')}</span>
      </div>
      <Chart people={members} onSelect={ignore} />
    </section>
  )
}

const ignore = () => undefined

function PreviewPane({ work }: { work: ImportWork }) {
  const text = useText()
  const { preview } = work
  if (!preview) return null
  const { created, changed, deactivated, faulty } = preview.counts
  return (
    <>
      <div className="bar">
        <span className="col grow">
          <h2 className="pane-title">{text('import.preview')}</h2>
          <span className="t12 dim cut" title={work.fileName}>
            {work.fileName}
          </span>
        </span>
        <IconButton
          icon={X}
          label={text('import.otherFile')}
          disabled={work.step === 'applying'}
          onClick={work.startOver}
        />
      </div>
      <ImportCounts counts={preview.counts} />
      <div className="scroll">
        {created + changed + deactivated + faulty === 0 && (
          <p className="block muted t13">{text('import.nothingToDo')}</p>
        )}
        <ImportChanges preview={preview} />
      </div>
      <div className="pane-foot">
        {work.step !== 'applying' && <Button onClick={work.startOver}>{text('import.otherFile')}</Button>}
        <ApplyButton work={work} />
      </div>
    </>
  )
}

function Applied({ work }: { work: ImportWork }) {
  const text = useText()
  return (
    <>
      <header className="bar">
        <h1 className="grow">{text('import.title')}</h1>
      </header>
      <PeopleTabs />
      <div className="page import-body">
        <AppliedNotice work={work} />
        <div className="row wrap">
          <Link className="btn primary" href="/chart">
            {text('chart.title')}
          </Link>
          <Link className="btn" href="/people">
            {text('import.invite')}
          </Link>
          <Button look="quiet" onClick={work.startOver}>
            {text('import.again')}
          </Button>
        </div>
      </div>
    </>
  )
}
