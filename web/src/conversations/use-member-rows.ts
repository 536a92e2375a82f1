import { useMemo } from 'react'
import type { Conversation } from '../../../sdk/index.ts'
import { useHere } from '../organization/organization-context.tsx'
import { usePeople } from '../organization/people.tsx'
import { useKnown } from '../platform/client.tsx'
import { usePages } from '../platform/pages.tsx'
import type { Pages } from '../platform/pages.tsx'
import type { MemberRow } from './view.ts'

type Rows = Pick<Pages<'conversation.members'>, 'error' | 'refetch' | 'more' | 'isLoadingMore'> & {
  rows: MemberRow[]
  isLoading: boolean
}

/** Who is in a conversation, page by page; where that is not told, those one knows of. */
export function useMemberRows(conversation: Conversation): Rows {
  const { me, isOutside } = useHere()
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
      isExternal: !isOutside && (member?.isExternal ?? people.get(id)?.isExternal),
      presence: online.has(id) ? ('online' as const) : undefined,
      through: through && (conversations.get(through)?.name ?? undefined),
    }
  })
  return { ...answer, rows, isLoading: may.seeMembers && !pages }
}
