import { useHere } from '../organization/organization-context.tsx'
import { Button } from '../platform/button.tsx'
import { useAnswer, useErrorText } from '../platform/client.tsx'
import { Notice } from '../platform/notice.tsx'
import { SkeletonList } from '../platform/skeleton.tsx'
import { useText } from '../platform/texts.tsx'
import { useDates } from '../platform/use-dates.ts'
import type { OutputOf } from '../../../sdk/commands.ts'
import { GroupChanges } from './group-changes.tsx'
import { ImportChanges, ImportCounts } from './import-summary.tsx'
import { LdapForm } from './ldap-form.tsx'
import { useLdapRun } from './use-ldap-run.ts'
import type { LdapRun, LdapRunWork } from './use-ldap-run.ts'

/** The LDAP directory of the organization: where it is, and what it would change. */
export function LdapSource() {
  const text = useText()
  const explain = useErrorText()
  const { organization } = useHere()
  const { data, error, refetch } = useAnswer(
    'ldap.get',
    { organizationId: organization.id },
    { version: organization.directoryVersion },
  )
  const changed = () => void refetch()
  const work = useLdapRun(changed)
  if (error && !data) return <Notice meaning="bad">{explain(error)}</Notice>
  if (!data) return <SkeletonList rows={6} />
  return (
    <div className="source">
      <p className="muted">{text('ldap.lead')}</p>
      <LdapForm source={data.source} onChanged={changed} key={data.source?.url ?? ''} />
      {data.source && (
        <div className="row wrap">
          <Button working={work.isRunning} onClick={() => work.start('test')}>
            {text('ldap.test')}
          </Button>
          <Button look="primary" working={work.isRunning} onClick={() => work.start('preview')}>
            {text('ldap.preview')}
          </Button>
        </div>
      )}
      {work.isRunning && <Notice>{text('ldap.reading', { count: work.run?.entryCount ?? 0 })}</Notice>}
      {work.run && !work.isRunning && <Outcome run={work.run} work={work} />}
      {!work.run && !work.isRunning && <LastRun state={data} onShow={work.show} />}
    </div>
  )
}

function LastRun({ state, onShow }: { state: OutputOf<'ldap.get'>; onShow: (runId: string) => void }) {
  const text = useText()
  const dates = useDates()
  const last = state.runs.find((run) => run.purpose !== 'test' && run.endedAt !== null)
  if (!last || last.state === 'waiting' || last.state === 'running' || last.state === 'tested') return null
  return (
    <p className="row t12 dim">
      {text('ldap.lastRun')} · {dates.full(new Date(last.createdAt))} · {text(`ldap.state.${last.state}`)}
      {last.state !== 'applied' && (
        <Button size="small" onClick={() => onShow(last.runId)}>
          {text('action.open')}
        </Button>
      )}
    </p>
  )
}

function Outcome({ run, work }: { run: LdapRun; work: LdapRunWork }) {
  const text = useText()
  if (run.fault) return <Notice meaning="bad">{text(`ldap.fault.${run.fault}`, { detail: run.detail })}</Notice>
  if (run.state === 'tested') return <Samples run={run} />
  if (run.applied) {
    const { created, changed, deactivated, groupsMade: groups } = run.applied
    return <Notice meaning="ok">{text('import.applied', { created, changed, deactivated, groups })}</Notice>
  }
  if (!run.preview) return null
  const { created, changed, deactivated, faulty } = run.preview.counts
  const count = created + changed + deactivated
  return (
    <section className="col" aria-label={text('import.preview')}>
      {run.state === 'held' && <Notice meaning="warn">{text('ldap.held')}</Notice>}
      {run.unknownManagerCount > 0 && (
        <Notice>{text('ldap.unknownManagers', { count: run.unknownManagerCount })}</Notice>
      )}
      <ImportCounts counts={run.preview.counts} />
      {count + faulty === 0 && <p className="muted">{text('import.nothingToDo')}</p>}
      <ImportChanges preview={run.preview} />
      <GroupChanges groups={run.preview.groups} count={run.preview.groupCount} />
      <div className="row">
        <Button look="primary" working={work.isApplying} disabled={count === 0} onClick={work.apply}>
          {faulty > 0 ? text('import.applySkipping', { count, faulty }) : text('import.apply', { count })}
        </Button>
      </div>
    </section>
  )
}

function Samples({ run }: { run: LdapRun }) {
  const text = useText()
  if (run.samples.length === 0) return <Notice meaning="warn">{text('ldap.noEntries')}</Notice>
  return (
    <Notice meaning="ok">
      <p>{text('ldap.tested')}</p>
      <ul>
        {run.samples.map(({ name, address, title, manager }) => (
          <li key={address + name} dir="auto">
            {[name, title, address, manager && text('member.reportsTo', { name: manager })].filter(Boolean).join(' · ')}
          </li>
        ))}
      </ul>
    </Notice>
  )
}
