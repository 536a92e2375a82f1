import { useMemo } from 'react'
import { useHere } from '../organization/organization-context.tsx'
import { usePeople } from '../organization/people.tsx'
import { useKnown } from '../platform/client.tsx'
import { useText } from '../platform/texts.tsx'
import { useDrafts } from './drafts.ts'
import { namesFrom } from './names.ts'
import type { Names } from './names.ts'
import { conversationRows, idsListed } from './list-rows.ts'
import type { ConversationRow } from './view.ts'

/** The conversations of this organization, by name. */
export function useConversationRows(current?: string): ConversationRow[] {
  const text = useText()
  const { organization, me } = useHere()
  const state = useKnown((known) => known)
  const people = usePeople(useMemo(() => idsListed(state), [state]))
  const drafts = useDrafts()
  return useMemo(
    () =>
      conversationRows({
        state,
        me,
        names: namesFrom(people),
        organizationId: organization.id,
        current,
        drafts,
        text,
      }),
    [state, me, people, organization.id, current, drafts, text],
  )
}

export function useNames(ids: Parameters<typeof usePeople>[0]): Names {
  const people = usePeople(ids)
  return useMemo(() => namesFrom(people), [people])
}
