import { QrCode } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useLocation } from 'wouter'
import type { Conversation } from '../../../sdk/index.ts'
import { useHere } from '../organization/organization-context.tsx'
import { useAct, useClient, useErrorText } from '../platform/client.tsx'
import { Confirm } from '../platform/confirm.tsx'
import { Button } from '../platform/button.tsx'
import { ErrorState } from '../platform/empty-state.tsx'
import { useText } from '../platform/texts.tsx'
import { AddPeople } from './add-people.tsx'
import { aboutConversation } from './about-conversation.ts'
import { PeoplePane } from './people-pane.tsx'
import { RenameConversation } from './rename-conversation.tsx'
import { conversationName } from './list-rows.ts'
import { useNames } from './use-conversations.ts'
import { useMemberRows } from './use-member-rows.ts'
import type { MemberRow } from './view.ts'

const SplitGroup = lazy(async () => ({ default: (await import('./split-group.tsx')).SplitGroup }))
const GroupCodes = lazy(async () => ({ default: (await import('../codes/group-codes.tsx')).GroupCodes }))

type MembersPaneProps = { conversation: Conversation; onClose: () => void }

/** The people of a conversation; of a broadcast only its owner sees them. */
export function MembersPane({ conversation, onClose }: MembersPaneProps) {
  const text = useText()
  const explain = useErrorText()
  const [, go] = useLocation()
  const { rows, isLoading, error, refetch, more, isLoadingMore } = useMemberRows(conversation)
  const names = useNames(conversation.ownerIds)
  const client = useClient()
  const { isOutside } = useHere()
  const { act } = useAct()
  const [adding, setAdding] = useState(false)
  const { organizationId, id: conversationId, may } = conversation
  if (error !== null) return <ErrorState title={text('error.title')} body={explain(error)} onRetry={refetch} />
  const remove = (member: MemberRow) =>
    void act(() => client.do('conversation.remove-members', { organizationId, conversationId, personIds: [member.id] }))
  return (
    <>
      <PeoplePane
        title={conversationName(conversation, names) || text('conversation.people')}
        about={aboutConversation(text, conversation, names)}
        members={rows}
        isLoading={isLoading}
        more={more}
        isLoadingMore={isLoadingMore}
        onClose={onClose}
        onMessage={isOutside ? undefined : (member) => go(`/with/${member.id}`)}
        onAdd={may.manage ? () => setAdding(true) : undefined}
        onRemove={may.manage ? remove : undefined}
        footer={<PaneFoot conversation={conversation} />}
      >
        {conversation.isExternal && !isOutside && <ExternalNote conversation={conversation} />}
        {conversation.origin === 'chart' && <p className="t12 dim">{text('people.follows')}</p>}
        {conversation.kind === 'broadcast' && may.seeMembers && (
          <p className="t12 dim">{text('conversation.paneOfBroadcast')}</p>
        )}
      </PeoplePane>
      {adding && <AddPeople conversation={conversation} onClose={() => setAdding(false)} />}
    </>
  )
}

/** Says so as long as an owner has not said that everybody knows. */
function ExternalNote({ conversation }: { conversation: Conversation }) {
  const text = useText()
  const client = useClient()
  const { act, working } = useAct()
  const { organizationId, id: conversationId, may } = conversation
  const closeOff = () => void act(() => client.do('conversation.close-off', { organizationId, conversationId }))
  return (
    <div className="external-note">
      <p className="t12">{text('external.help')}</p>
      {may.manage && (
        <Button size="small" working={working} onClick={closeOff}>
          {text('external.closeOff')}
        </Button>
      )}
    </div>
  )
}

function PaneFoot({ conversation }: { conversation: Conversation }) {
  const text = useText()
  const client = useClient()
  const [, go] = useLocation()
  const { isOutside } = useHere()
  const { act, working } = useAct()
  const [open, setOpen] = useState<'rename' | 'leave' | 'split' | 'codes'>()
  const { organizationId, id: conversationId, may, name, origin, isClosed } = conversation
  const maySplit = conversation.kind !== 'direct' && may.seeMembers && !isOutside && (conversation.memberCount ?? 0) > 1
  if (!may.manage && !may.leave && !maySplit) return null
  const leave = () =>
    void act(async () => {
      await client.do('conversation.leave', { organizationId, conversationId })
      go('/')
    })
  return (
    <>
      {maySplit && <Button onClick={() => setOpen('split')}>{text('split.open')}</Button>}
      {may.manage && <Button onClick={() => setOpen('rename')}>{text('people.rename')}</Button>}
      {may.manage && origin === 'made' && !isClosed && (
        <Button icon={QrCode} onClick={() => setOpen('codes')}>
          {text('codes.title')}
        </Button>
      )}
      {may.leave && <Button onClick={() => setOpen('leave')}>{text('people.leave')}</Button>}
      <Suspense fallback={null}>
        {open === 'codes' && <GroupCodes conversation={conversation} onClose={() => setOpen(undefined)} />}
      </Suspense>
      {open === 'rename' && <RenameConversation conversation={conversation} onClose={() => setOpen(undefined)} />}
      <Suspense fallback={null}>
        {open === 'split' && <SplitGroup conversation={conversation} onClose={() => setOpen(undefined)} />}
      </Suspense>
      <Confirm
        title={text('people.leaveTitle', { name: name ?? '' })}
        body={text('people.leaveBody')}
        action={text('people.leave')}
        danger
        working={working}
        open={open === 'leave'}
        onConfirm={leave}
        onClose={() => setOpen(undefined)}
      />
    </>
  )
}
