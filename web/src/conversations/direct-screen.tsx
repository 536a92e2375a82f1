import { useMemo } from 'react'
import { Redirect, useLocation } from 'wouter'
import { limits } from '../../../protocol/limits.ts'
import type { PersonId } from '../../../protocol/ids.ts'
import { conversationsOf, pendingTo } from '../../../sdk/index.ts'
import { AppShell } from '../organization/app-shell.tsx'
import { useHere } from '../organization/organization-context.tsx'
import { useKnownPeople } from '../organization/people.tsx'
import { useAct, useAnswer, useClient, useErrorText, useKnown } from '../platform/client.tsx'
import { ErrorState } from '../platform/empty-state.tsx'
import { useText } from '../platform/texts.tsx'
import { Composer } from './composer.tsx'
import { ConversationHeader } from './conversation-header.tsx'
import { ConversationsSide } from './conversations-side.tsx'
import { LogStart } from './log-start.tsx'
import { MessageRow } from './message-row.tsx'
import { namesFrom } from './names.ts'
import { pendingView } from './message-view.ts'
import { partsOf } from './part-text.ts'
import type { MediaPart } from './part-text.ts'
import { useUnreadElsewhere } from './use-unread-elsewhere.ts'
import type { MessageView } from './view.ts'

/** A conversation with somebody that begins with its first message; where there is one, it leads there. */
export function DirectScreen({ personId }: { personId: string }) {
  const text = useText()
  const { organization } = useHere()
  const existing = useKnown((state) =>
    conversationsOf(state, organization.id).find(({ otherId }) => otherId === personId),
  )
  if (existing) return <Redirect to={`/c/${existing.id}`} replace />
  return (
    <AppShell
      side={<ConversationsSide />}
      sideLabel={text('region.conversations')}
      main={<FirstMessage personId={personId} />}
      mainLabel={text('conversation.main')}
      phone={{ shows: 'main', isRoot: false }}
    />
  )
}

function FirstMessage({ personId }: { personId: string }) {
  const text = useText()
  const explain = useErrorText()
  const [, go] = useLocation()
  const { organization } = useHere()
  const unreadElsewhere = useUnreadElsewhere('')
  const { data, error, refetch } = useAnswer('person.names', { organizationId: organization.id, personIds: [personId] })
  const member = data?.people[0]
  const people = useKnownPeople()
  const title = (member && people.get(member.personId)?.title) ?? ''
  if (error) return <ErrorState title={text('error.title')} body={explain(error)} onRetry={() => void refetch()} />
  if (data && !member) return <ErrorState title={text('error.title')} body={text('error.member.not-found')} />
  const name = member?.name ?? ''
  return (
    <>
      <ConversationHeader
        name={name}
        about={title}
        isExternal={member?.isExternal === true}
        people={[]}
        unreadElsewhere={unreadElsewhere}
        isPaneOpen={false}
        onBack={() => go('/')}
      />
      <div className="log">
        <div className="first-log">
          {member && <LogStart kind="direct" name={name} />}
          {member && <Pending personId={member.personId} />}
        </div>
      </div>
      {member && <FirstComposer personId={member.personId} name={name} />}
    </>
  )
}

function FirstComposer({ personId, name }: { personId: PersonId; name: string }) {
  const client = useClient()
  const { act } = useAct()
  const { organization } = useHere()
  const send = async (words: string, media: readonly MediaPart[]) => {
    const post = { organizationId: organization.id, personId, parts: partsOf(words, media) }
    return (await act(async () => client.postDirect(post))) !== undefined
  }
  return (
    <Composer
      place={`with ${personId}`}
      name={name}
      maxLength={limits.messageText}
      onSend={send}
      onTyping={ignore}
      onCancelTask={ignore}
      onEditLast={ignore}
    />
  )
}

function Pending({ personId }: { personId: PersonId }) {
  const client = useClient()
  const { me, organization } = useHere()
  const state = useKnown((known) => known)
  const people = useKnownPeople()
  const context = { me, names: namesFrom(people), conversation: undefined }
  const messages = pendingTo(state, organization.id, personId).map((post) => pendingView(context, post, []))
  const actions = useMemo(() => {
    const onOutbox = (does: 'retry' | 'discard') => (message: MessageView) =>
      message.pendingId && client[does](message.pendingId)
    return {
      reply: ignore,
      react: ignore,
      edit: ignore,
      remove: ignore,
      copy: ignore,
      showRecipients: ignore,
      showFilled: ignore,
      jumpTo: ignore,
      retry: onOutbox('retry'),
      discard: onOutbox('discard'),
    }
  }, [client])
  return messages.map((message) => (
    <MessageRow
      key={message.key}
      message={message}
      follows={false}
      isLastOfRun
      look="bubbles"
      isCurrent
      actions={actions}
    />
  ))
}

const ignore = () => undefined
