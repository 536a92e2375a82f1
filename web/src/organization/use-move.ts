import { useCallback } from 'react'
import { useAct, useClient } from '../platform/client.tsx'
import { useText } from '../platform/texts.tsx'
import { useToast } from '../platform/toasts.tsx'
import { useHere } from './organization-context.tsx'

type Named = { personId: string; name: string }

/** Gives somebody a new manager; the groups follow. It can be undone as long as the notice stands. */
export function useMove(): {
  working: boolean
  move: (person: Named, manager: Named | undefined, before?: string | null) => Promise<boolean>
} {
  const text = useText()
  const toast = useToast()
  const client = useClient()
  const { organization } = useHere()
  const { working, act } = useAct()
  const { id: organizationId } = organization
  const move = useCallback(
    async (person: Named, manager: Named | undefined, before?: string | null) => {
      const change = (managerId: string | null) =>
        act(() => client.do('member.change', { organizationId, personId: person.personId, managerId }))
      const done = await change(manager?.personId ?? null)
      if (done === undefined) return false
      toast({
        message: manager
          ? text('chart.moved', { name: person.name, manager: manager.name })
          : text('chart.movedTop', { name: person.name }),
        ...(before !== undefined && { action: { label: text('action.undo'), onSelect: () => void change(before) } }),
      })
      return true
    },
    [client, organizationId, act, toast, text],
  )
  return { working, move }
}
