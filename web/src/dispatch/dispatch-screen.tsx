import { useMemo } from 'react'
import { AppShell } from '../organization/app-shell.tsx'
import { useHere } from '../organization/organization-context.tsx'
import { PeopleSide } from '../organization/people-side.tsx'
import { useAct, useErrorText } from '../platform/client.tsx'
import { ErrorState } from '../platform/empty-state.tsx'
import { Notice } from '../platform/notice.tsx'
import { More, usePages } from '../platform/pages.tsx'
import { SkeletonList } from '../platform/skeleton.tsx'
import { useText } from '../platform/texts.tsx'
import { useToast } from '../platform/toasts.tsx'
import { DispatchTable } from './dispatch-table.tsx'

/** For administrators: what went out, and the codes where there is no mail server. */
export function DispatchScreen() {
  const text = useText()
  return (
    <AppShell
      side={<PeopleSide />}
      sideLabel={text('area.people')}
      main={<Dispatches />}
      mainLabel={text('dispatch.title')}
      phone={{ shows: 'main', isRoot: true }}
    />
  )
}

/** Codes expire, and mails leave, without an event that this page could hear. */
const freshEveryMs = 30_000

function Dispatches() {
  const text = useText()
  const explain = useErrorText()
  const toast = useToast()
  const { act } = useAct()
  const { organization } = useHere()
  const { pages, error, refetch, more, isLoadingMore } = usePages(
    'dispatch.list',
    { organizationId: organization.id },
    { everyMs: freshEveryMs },
  )
  const dispatches = useMemo(() => pages?.flatMap((page) => page.dispatches), [pages])
  const copy = (words: string) =>
    void act(async () => {
      await navigator.clipboard.writeText(words)
      toast({ message: text('dispatch.copied') })
    })
  return (
    <>
      <header className="bar">
        <h1 className="grow">{text('dispatch.title')}</h1>
      </header>
      <div className="scroll page dispatch-page">
        {pages?.[0]?.isMailSet === false && <Notice meaning="warn">{text('dispatch.codesShown')}</Notice>}
        {error !== null && <ErrorState title={text('error.title')} body={explain(error)} onRetry={refetch} />}
        {!dispatches && error === null && <SkeletonList rows={6} />}
        {dispatches && <DispatchTable dispatches={dispatches} onCopy={copy} />}
        <More label={text('dispatch.more')} more={more} isLoading={isLoadingMore} />
      </div>
    </>
  )
}
