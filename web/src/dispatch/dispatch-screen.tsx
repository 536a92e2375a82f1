import { useState } from 'react'
import { AppShell } from '../organization/app-shell.tsx'
import { useHere } from '../organization/organization-context.tsx'
import { PeopleSide } from '../organization/people-side.tsx'
import { Button } from '../platform/button.tsx'
import { useAct, useAnswer, useErrorText } from '../platform/client.tsx'
import { ErrorState } from '../platform/empty-state.tsx'
import { Notice } from '../platform/notice.tsx'
import { SkeletonList } from '../platform/skeleton.tsx'
import { useText } from '../platform/texts.tsx'
import { useToast } from '../platform/toasts.tsx'
import { DispatchTable } from './dispatch-table.tsx'
import { useNow } from '../platform/now.ts'

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

const pageSize = 50
const pageMax = 200

function Dispatches() {
  const text = useText()
  const explain = useErrorText()
  const toast = useToast()
  const { act } = useAct()
  const { organization } = useHere()
  const [limit, setLimit] = useState(pageSize)
  // Fresh every half minute: codes expire, and mails leave, without an event that this page could hear.
  const { data, error, refetch } = useAnswer(
    'dispatch.list',
    { organizationId: organization.id, limit },
    { version: useNow() },
  )
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
        {data && !data.isMailSet && <Notice meaning="warn">{text('dispatch.codesShown')}</Notice>}
        {error && !data && (
          <ErrorState title={text('error.title')} body={explain(error)} onRetry={() => void refetch()} />
        )}
        {!data && !error && <SkeletonList rows={6} />}
        {data && <DispatchTable dispatches={data.dispatches} onCopy={copy} />}
        {data?.next && limit < pageMax && <Button onClick={() => setLimit(pageMax)}>{text('dispatch.more')}</Button>}
      </div>
    </>
  )
}
