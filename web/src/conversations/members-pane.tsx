import { useMemo, useState } from 'react'
import { useLocation } from 'wouter'
import type { Conversation } from '../../../sdk/index.ts'
import { useHere } from '../organization/organization-context.tsx'
import { usePeople } from '../organization/people.tsx'
import { useAct, useClient, useErrorText, useKnown } from '../platform/client.tsx'
import { Confirm } from '../platform/confirm.tsx'
import { Button } from '../platform/button.tsx'
import { ErrorState } from '../platform/empty-state.tsx'
import { usePages } from '../platform/pages.tsx'
import type { Pages } from '../platform/pages.tsx'
import { useText } from '../platform/texts.tsx'
import { AddPeople } from './add-people.tsx'
import { aboutConversation } from './conversation-view.tsx'
import { PeoplePane } from './people-pane.tsx'
import { RenameConversation } from './rename-conversation.tsx'
import { conversationName } from './list-rows.ts'
import { useNames } from './use-conversations.ts'
import type { MemberRow } from './view.ts'

type MembersPaneProps = { conversation: Conversation; onClose: () => void }

/** The people of a conversation; of a broadcast only its owner sees them. */
export function MembersPane({ conversation, onClose }: MembersPaneProps) {
  const text = useText()
  const explain = useErrorText()
  const [, go] = useLocation()
  const { rows, isLoading, error, refetch, more, isLoadingMore } = useMemberRows(conversation)
  const names = useNames(conversation.ownerIds)
  const client = useClient()
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
        onMessage={(member) => go(`/with/${member.id}`)}
        onAdd={may.manage ? () => setAdding(true) : undefined}
        onRemove={may.manage ? remove : undefined}
        footer={<PaneFoot conversation={conversation} />}
      >
        {conversation.origin === 'chart' && <p className="t12 dim">{text('people.follows')}</p>}
        {conversation.kind === 'broadcast' && may.seeMembers && (
          <p className="t12 dim">{text('conversation.paneOfBroadcast')}</p>
        )}
      </PeoplePane>
      {adding && <AddPeople conversation={conversation} onClose={() => setAdding(false)} />}
    </>
  )
}

function PaneFoot({ conversation }: { conversation: Conversation }) {
  const text = useText()
  const client = useClient()
  const [, go] = useLocation()
  const { act, working } = useAct()
  const [open, setOpen] = useState<'rename' | 'leave'>()
  const { organizationId, id: conversationId, may, name } = conversation
  if (!may.manage && !may.leave) return null
  const leave = () =>
    void act(async () => {
      await client.do('conversation.leave', { organizationId, conversationId })
      go('/')
    })
  return (
    <>
      {may.manage && <Button onClick={() => setOpen('rename')}>{text('people.rename')}</Button>}
      {may.leave && <Button onClick={() => setOpen('leave')}>{text('people.leave')}</Button>}
      {open === 'rename' && <RenameConversation conversation={conversation} onClose={() => setOpen(undefined)} />}
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

type Rows = Pick<Pages<'conversation.members'>, 'error' | 'refetch' | 'more' | 'isLoadingMore'> & {
  rows: MemberRow[]
  isLoading: boolean
}

function useMemberRows(conversation: Conversation): Rows {
  const { me } = useHere()
  const online = useKnown((state) => state.onlineIds)
  const conversations = useKnown((state) => state.conversations)
  const { organizationId, id: conversationId, may, memberCount, ownerIds, otherId } = conversation
  const { pages, ...answer } = usePages(
    'conversation.members',
    { organizationId, conversationId },
    { enabled: may.seeMembers, version: [memberCount, ownerIds] },
  )
  const members = useMemo(() => pages?.flatMap((page) => page.members) ?? [], [pages])
  const shown = useMemo(() => {
    const ids = members.map(({ personId }) => personId)
    return may.seeMembers ? ids : [...ownerIds, ...(otherId ? [otherId] : [])]
  }, [members, may.seeMembers, ownerIds, otherId])
  const people = usePeople(shown)
  const byId = new Map(members.map((member) => [member.personId, member]))
  const rows = shown.map((id) => {
    const member = byId.get(id)
    const [through] = member?.through ?? []
    return {
      id,
      name: member?.name ?? people.get(id)?.name ?? '–',
      title: people.get(id)?.title,
      isOwner: conversation.kind !== 'direct' && ownerIds.includes(id),
      isMe: id === me,
      presence: online.has(id) ? ('online' as const) : undefined,
      through: through && (conversations.get(through)?.name ?? undefined),
    }
  })
  return { ...answer, rows, isLoading: may.seeMembers && !pages }
}
