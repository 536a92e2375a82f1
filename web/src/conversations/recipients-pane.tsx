import { lazy, Suspense, useMemo } from 'react'
import { useLocation } from 'wouter'
import type { Conversation } from '../../../sdk/index.ts'
import { useHere } from '../organization/organization-context.tsx'
import { usePeople } from '../organization/people.tsx'
import { useErrorText, useKnown } from '../platform/client.tsx'
import { ErrorState } from '../platform/empty-state.tsx'
import { usePages } from '../platform/pages.tsx'
import { useText } from '../platform/texts.tsx'
import { PeoplePane } from './people-pane.tsx'

const MessageReach = lazy(async () => ({ default: (await import('./message-reach.tsx')).MessageReach }))

type RecipientsPaneProps = { conversation: Conversation; audienceId: string; number: number; onClose: () => void }

/** Every message of a two-way group says who received it, and here also who has read it. */
export function RecipientsPane({ conversation, audienceId, number, onClose }: RecipientsPaneProps) {
  const text = useText()
  const explain = useErrorText()
  const [, go] = useLocation()
  const { me } = useHere()
  const { organizationId } = conversation
  const answer = usePages('message.recipients', { organizationId, audienceId, number })
  const recipients = useMemo(() => answer.pages?.flatMap((page) => page.recipients), [answer.pages])
  const readers = useReaders(audienceId, number)
  const people = usePeople(useMemo(() => recipients?.map(({ personId }) => personId) ?? [], [recipients]))
  if (answer.error !== null)
    return <ErrorState title={text('error.title')} body={explain(answer.error)} onRetry={answer.refetch} />
  const total = answer.pages?.at(-1)?.total ?? 0
  const members = (recipients ?? []).map(({ personId, name }) => ({
    id: personId,
    name,
    title: readers.has(personId) ? text('message.read') : people.get(personId)?.title,
    isOwner: false,
    isMe: personId === me,
  }))
  return (
    <PeoplePane
      title={text('message.recipients')}
      about={recipients ? text('recipients.title', { count: total }) : text('state.loading')}
      members={members}
      isLoading={!recipients}
      more={answer.more}
      isLoadingMore={answer.isLoadingMore}
      onClose={onClose}
      onMessage={(member) => go(`/with/${member.id}`)}
    >
      {conversation.kind === 'broadcast' && (
        <Suspense fallback={null}>
          <MessageReach conversation={conversation} audienceId={audienceId} number={number} />
        </Suspense>
      )}
    </PeoplePane>
  )
}

function useReaders(audienceId: string, number: number): ReadonlySet<string> {
  const audiences = useKnown((state) => state.audiences)
  const logs = useKnown((state) => state.logs)
  return useMemo(() => {
    const audience = Array.from(audiences.values()).find(({ id }) => id === audienceId)
    const message = audience && logs.get(audience.id)?.messages.find((one) => one.number === number)
    const marks = audience?.marks.filter(({ read }) => message && read >= message.messageNumber) ?? []
    return new Set(marks.map(({ personId }) => personId))
  }, [audiences, logs, audienceId, number])
}
