import type { QueryClient } from '@tanstack/react-query'
import { forgetDrafts } from '../conversations/drafts.ts'
import { forgetSession } from '../identity/last-session.ts'
import type { Client } from '../../../sdk/index.ts'

const lastKey = 'shoptalk.person'

/**
 * What this device keeps belongs to one person. Who signs out, or is signed out, leaves nothing that the next one could
 * see; unsent drafts wait for whoever wrote them, and go when somebody else comes.
 */
export function keepToOnePerson(client: Client, queries: QueryClient): void {
  let wasSignedOut = false
  let known: string | null = null
  client.subscribe(() => {
    const isSignedOut = client.status === 'signed-out'
    if (isSignedOut && !wasSignedOut) leave(queries)
    wasSignedOut = isSignedOut
    const me = client.state.personId
    if (me !== null && me !== known) arrive(me)
    known = me
  })
}

function leave(queries: QueryClient) {
  queries.clear()
  forgetSession()
  forgetKept(null)
}

function arrive(me: string) {
  if (localStorage.getItem(lastKey) === me) return
  forgetDrafts()
  forgetKept(me)
  try {
    localStorage.setItem(lastKey, me)
  } catch {
    // Nothing is kept here at all.
  }
}

/** Where the browser keeps nothing, there is nothing to forget. */
function forgetKept(exceptOf: string | null) {
  void import('../coupons/kept.ts').then((kept) => kept.forgetCoupons(exceptOf)).catch(() => undefined)
}
