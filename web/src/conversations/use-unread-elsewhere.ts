import { useHere } from '../organization/organization-context.tsx'
import { useKnown } from '../platform/client.tsx'
import { unreadIn } from './list-rows.ts'

/** For the way back on phones. */
export function useUnreadElsewhere(conversationId: string): number {
  const { organization } = useHere()
  return useKnown((state) => unreadIn(state, organization.id, conversationId))
}
