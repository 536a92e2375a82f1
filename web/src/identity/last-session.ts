import { useEffect, useMemo, useState } from 'react'
import type { PersonId } from '../../../protocol/ids.ts'
import type { Membership } from '../../../protocol/organization.ts'
import { useKnown, useStatus } from '../platform/client.tsx'

type Session = { me: PersonId; memberships: readonly Membership[] }

const key = 'shoptalk.session'
/** A network that is there by name only. */
const patienceMs = 4_000

/**
 * Who is signed in: as the server says; where none answers, who was here last, so that what this device keeps of theirs
 * can be seen without network. Nobody, before either is known.
 */
export function useSession(): Session | null {
  const me = useKnown((state) => state.personId)
  const memberships = useKnown((state) => state.memberships)
  const isAway = useIsAway()
  useEffect(() => {
    if (me !== null) keepSession({ me, memberships })
  }, [me, memberships])
  return useMemo(() => {
    if (me !== null) return { me, memberships }
    return isAway ? keptSession() : null
  }, [me, memberships, isAway])
}

/** Once nobody has answered, until somebody does. */
function useIsAway(): boolean {
  const status = useStatus()
  const [isAway, setAway] = useState(!navigator.onLine)
  useEffect(() => {
    const timer = setTimeout(() => setAway(true), status === 'waiting' ? 0 : patienceMs)
    return () => clearTimeout(timer)
  }, [status])
  return isAway
}

function keepSession(session: Session): void {
  try {
    localStorage.setItem(key, JSON.stringify(session))
  } catch {
    // Where the browser keeps nothing, there is nothing without network.
  }
}

function keptSession(): Session | null {
  try {
    const kept: Session | null = JSON.parse(localStorage.getItem(key) ?? 'null')
    return kept
  } catch {
    return null
  }
}

export const forgetSession = (): void => localStorage.removeItem(key)
