import { useCallback } from 'react'
import { useKnown } from '../platform/client.tsx'
import { useText } from '../platform/texts.tsx'
import { useHere } from './organization-context.tsx'

export type TeamText = (manager: { id: string; name: string }, members: number) => string

/** Which groups a manager and the direct reports make; by their own name where this person may know it. */
export function useTeamText(): TeamText {
  const text = useText()
  const { organization } = useHere()
  const conversations = useKnown((state) => state.conversations)
  return useCallback(
    ({ id, name }, members) => {
      const known = Array.from(conversations.values()).find(
        ({ organizationId, origin, kind, ownerIds, memberCount }) =>
          organizationId === organization.id &&
          origin === 'chart' &&
          kind === 'group' &&
          memberCount === members &&
          ownerIds.some((ownerId) => ownerId === id),
      )
      const team = known?.name ?? text('chart.teamOf', { name })
      return text('chart.team', { name: team, members, listeners: members - 1 })
    },
    [conversations, organization.id, text],
  )
}
