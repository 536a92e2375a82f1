import { useHere } from '../organization/organization-context.tsx'
import { useKnown } from '../platform/client.tsx'
import { unreadOf } from './select.ts'

/** For the way back on phones. */
export function useUnreadElsewhere(conversationId: string): number {
  const { organization } = useHere()
  return useKnown((state) =>
    Array.from(state.conversations.values())
      .filter((one) => one.organizationId === organization.id && one.id !== conversationId)
      .reduce((sum, one) => sum + unreadOf(state, one), 0),
  )
}
