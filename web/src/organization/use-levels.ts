import type { PersonId } from '../../../protocol/ids.ts'
import { useAct, useClient, useKnown } from '../platform/client.tsx'
import { useText } from '../platform/texts.tsx'
import { useToast } from '../platform/toasts.tsx'
import { useLocation } from 'wouter'
import { useHere } from './organization-context.tsx'

type Position = { personId: PersonId; managerId: PersonId | null }

/** The groups over all levels below a manager: whether this person can make them, and how. */
export function useLevels(): {
  mayMake: (personId: PersonId, positions: readonly Position[]) => boolean
  make: (person: { personId: PersonId; name: string }) => void
  working: boolean
} {
  const text = useText()
  const toast = useToast()
  const client = useClient()
  const [, go] = useLocation()
  const { act, working } = useAct()
  const { organization, me, isAdministrator } = useHere()
  const { id: organizationId } = organization
  const conversations = useKnown((state) => state.conversations)
  const mayMake = (personId: PersonId, positions: readonly Position[]) => {
    if (personId !== me && !isAdministrator) return false
    // One's own are known: the group of the team, and where it has been made that of all levels.
    const groups = Array.from(conversations.values()).filter(
      (one) =>
        one.organizationId === organizationId &&
        one.origin === 'chart' &&
        one.kind === 'group' &&
        !one.isClosed &&
        one.ownerIds.includes(personId),
    )
    return groups.length < 2 && hasManagersBelow(personId, positions)
  }
  const make = ({ personId, name }: { personId: PersonId; name: string }) =>
    void act(async () => {
      const { groupId } = await client.do('levels.create', { organizationId, personId })
      const open = { label: text('action.open'), onSelect: () => go(`/c/${groupId}`) }
      toast({ message: text('levels.made', { name }), ...(personId === me && { action: open }) })
    })
  return { mayMake, make, working }
}

function hasManagersBelow(personId: PersonId, positions: readonly Position[]): boolean {
  const managers = new Set(positions.map(({ managerId }) => managerId))
  return positions.some((one) => one.managerId === personId && managers.has(one.personId))
}
