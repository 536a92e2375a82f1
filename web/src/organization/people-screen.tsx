import { UserPlus } from 'lucide-react'
import { useDeferredValue, useMemo, useState } from 'react'
import { useLocation } from 'wouter'
import type { Member } from '../../../protocol/organization.ts'
import { Button } from '../platform/button.tsx'
import { useAct, useAnswer, useClient, useErrorText } from '../platform/client.tsx'
import { ErrorState } from '../platform/empty-state.tsx'
import { usePages } from '../platform/pages.tsx'
import { SkeletonList } from '../platform/skeleton.tsx'
import { useShortcuts } from '../platform/shortcuts.ts'
import { useText } from '../platform/texts.tsx'
import { useToast } from '../platform/toasts.tsx'
import { AddMember } from './add-member.tsx'
import { AppShell } from './app-shell.tsx'
import { MemberList } from './member-list.tsx'
import { useHere } from './organization-context.tsx'
import { PeopleSide, PeopleTabs } from './people-side.tsx'
import { useKnownPeople } from './people.tsx'
import { PersonDetails } from './person-details.tsx'

export function PeopleScreen({ personId }: { personId?: string | undefined }) {
  const text = useText()
  const [, go] = useLocation()
  const close = () => go('/people')
  useShortcuts({ close: personId ? close : undefined })
  return (
    <AppShell
      side={<PeopleSide />}
      sideLabel={text('area.people')}
      main={<Members selected={personId} />}
      mainLabel={text('members.title')}
      {...(personId && {
        pane: <PersonDetails key={personId} personId={personId} onClose={close} hrefOf={(id) => `/people/${id}`} />,
        paneLabel: text('region.details'),
      })}
      phone={{ shows: personId ? 'pane' : 'main', isRoot: !personId }}
    />
  )
}

const pageSize = 100
/** `member.list` answers with as many at most. */
const pageMax = 200

function Members({ selected }: { selected: string | undefined }) {
  const text = useText()
  const explain = useErrorText()
  const { organization, isAdministrator } = useHere()
  const people = useKnownPeople()
  const [words, setWords] = useState('')
  const [adding, setAdding] = useState(false)
  const search = useDeferredValue(words)
  const { pages, error, refetch, more, isLoadingMore } = usePages(
    'member.list',
    { organizationId: organization.id, search, limit: pageSize },
    { version: organization.directoryVersion },
  )
  const members = useMemo(() => pages?.flatMap((page) => page.members), [pages])
  const total = pages?.at(-1)?.total
  const invite = useInviteAll()
  const managerName = ({ managerId }: Member) => (managerId ? people.get(managerId)?.name : undefined)
  return (
    <>
      <header className="bar">
        <h1 className="grow">
          {text('members.title')} <span className="dim t12 num">{total}</span>
        </h1>
        {isAdministrator && (
          <Button look="quiet" icon={UserPlus} onClick={() => setAdding(true)}>
            {text('member.add')}
          </Button>
        )}
      </header>
      <PeopleTabs />
      {error !== null && <ErrorState title={text('error.title')} body={explain(error)} onRetry={refetch} />}
      {!members && error === null && <SkeletonList rows={9} />}
      {members && (
        <MemberList
          members={members}
          total={total ?? 0}
          search={words}
          onSearch={setWords}
          selected={selected}
          hrefOf={(member) => `/people/${member.personId}`}
          managerName={managerName}
          more={more}
          isLoadingMore={isLoadingMore}
          onInviteAll={isAdministrator ? invite : undefined}
        />
      )}
      {adding && <AddMember onClose={() => setAdding(false)} />}
    </>
  )
}

/** Everybody who is in the directory and has not had an invitation yet. */
function useInviteAll(): { count: number; run: () => void; working: boolean } {
  const text = useText()
  const toast = useToast()
  const client = useClient()
  const { organization, isAdministrator } = useHere()
  const { act, working } = useAct()
  const { id: organizationId, directoryVersion } = organization
  const { data, refetch } = useAnswer(
    'member.list',
    { organizationId, state: 'invited', limit: pageMax },
    { enabled: isAdministrator, version: directoryVersion },
  )
  const waiting = data?.members.filter(({ invitedAt }) => invitedAt === null).length ?? 0
  // On a full page there may be more than can be counted here; the server invites them all.
  const count = waiting === pageMax ? (data?.total ?? waiting) : waiting
  const run = () =>
    void act(async () => {
      const invited = await client.do('member.invite', { organizationId })
      toast({ message: text('members.invited', { count: invited.count }) })
      await refetch()
    })
  return { count, run, working }
}
