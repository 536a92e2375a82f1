import { Network } from 'lucide-react'
import { useMemo, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { useAnswer, useErrorText } from '../platform/client.tsx'
import { EmptyState, ErrorState } from '../platform/empty-state.tsx'
import { Notice } from '../platform/notice.tsx'
import { Skeleton } from '../platform/skeleton.tsx'
import { useShortcuts } from '../platform/shortcuts.ts'
import { useText } from '../platform/texts.tsx'
import { AppShell } from './app-shell.tsx'
import { Chart } from './chart.tsx'
import { ChooseManager } from './choose-manager.tsx'
import { useHere } from './organization-context.tsx'
import { PeopleSide, PeopleTabs } from './people-side.tsx'
import { PersonDetails } from './person-details.tsx'
import { MovePreview } from './move-preview.tsx'
import { useTeamText } from './use-team-text.ts'

export function ChartScreen({ personId }: { personId?: string | undefined }) {
  const text = useText()
  const [, go] = useLocation()
  const close = () => go('/chart')
  useShortcuts({ close: personId ? close : undefined })
  return (
    <AppShell
      side={<PeopleSide />}
      sideLabel={text('area.people')}
      main={<ChartPage selected={personId} onSelect={(id) => go(`/chart/${id}`)} />}
      mainLabel={text('chart.title')}
      {...(personId && {
        pane: <PersonDetails key={personId} personId={personId} onClose={close} hrefOf={(id) => `/chart/${id}`} />,
        paneLabel: text('region.details'),
      })}
      phone={{ shows: personId ? 'pane' : 'main', isRoot: !personId }}
    />
  )
}

type ChartPageProps = { selected: string | undefined; onSelect: (id: string) => void }

function ChartPage({ selected, onSelect }: ChartPageProps) {
  const text = useText()
  const { organization } = useHere()
  const { id: organizationId, directoryVersion: version } = organization
  const { data, error, refetch } = useAnswer('chart.get', { organizationId }, { version })
  return (
    <>
      <header className="bar">
        <h1 className="grow">{text('chart.title')}</h1>
        <span className="dim t12">{data && text('count.people', { count: data.positions.length })}</span>
      </header>
      <PeopleTabs />
      <ChartBody data={data} error={error} onRetry={() => void refetch()} selected={selected} onSelect={onSelect} />
    </>
  )
}

type Answer = ReturnType<typeof useAnswer<'chart.get'>>
type ChartBodyProps = ChartPageProps & { data: Answer['data']; error: unknown; onRetry: () => void }

function ChartBody({ data, error, onRetry, selected, onSelect }: ChartBodyProps) {
  const text = useText()
  const explain = useErrorText()
  const { isAdministrator } = useHere()
  const teamText = useTeamText()
  const [moving, setMoving] = useState<string>()
  const [dropped, setDropped] = useState<{ id: string; managerId: string }>()
  const people = useMemo(
    () => data?.positions.map(({ personId, ...position }) => ({ ...position, id: personId })) ?? [],
    [data],
  )
  if (error && !data) return <ErrorState title={text('error.title')} body={explain(error)} onRetry={onRetry} />
  if (!data) return <ChartSkeleton />
  if (people.length <= 1) return <EmptyChart />
  const byId = (id: string | undefined) => data.positions.find(({ personId }) => personId === id)
  const onMove = (id: string, managerId: string) => {
    const person = byId(id)
    const manager = byId(managerId)
    if (person && manager && person.managerId !== managerId) setDropped({ id, managerId })
  }
  const asked = byId(moving)
  const [dragged, target] = [byId(dropped?.id), byId(dropped?.managerId)]
  return (
    <>
      {!data.isWhole && <Notice>{text('chart.notWhole')}</Notice>}
      <Chart
        people={people}
        selected={selected}
        onSelect={onSelect}
        teamText={teamText}
        {...(isAdministrator && { onMove, onAskMove: setMoving })}
      />
      {asked && <ChooseManager member={asked} onClose={() => setMoving(undefined)} />}
      {dragged && target && (
        <MovePreview
          person={dragged}
          manager={target}
          before={dragged.managerId}
          onClose={() => setDropped(undefined)}
        />
      )}
    </>
  )
}

function EmptyChart() {
  const text = useText()
  const { isAdministrator } = useHere()
  return (
    <EmptyState icon={Network} title={text('chart.empty')} body={text('chart.emptyBody')}>
      {isAdministrator && (
        <Link className="btn primary" href="/import">
          {text('import.choose')}
        </Link>
      )}
    </EmptyState>
  )
}

function ChartSkeleton() {
  const text = useText()
  return (
    <output className="chart-skeleton appear-late" aria-label={text('state.loading')}>
      <Skeleton width={192} height={60} />
      <span className="row g3">
        <Skeleton width={192} height={60} />
        <Skeleton width={193} height={60} />
        <Skeleton width={194} height={60} />
      </span>
    </output>
  )
}
