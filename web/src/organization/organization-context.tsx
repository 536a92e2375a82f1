import { createContext, use } from 'react'
import type { ReactNode } from 'react'
import type { PersonId } from '../../../protocol/ids.ts'
import type { Membership, Organization } from '../../../protocol/organization.ts'
import type { Role } from '../../../protocol/roles.ts'

export type Here = {
  organization: Organization
  membership: Membership
  me: PersonId
  isAdministrator: boolean
  /** What they may do inside; those from outside no more than the least of them. */
  role: Role
  /** They take part from outside: in their conversations, with their coupons, and in nothing else. */
  isOutside: boolean
  /** Shows another one of the person's organizations. */
  choose: (organizationId: string) => void
}

const Context = createContext<Here | undefined>(undefined)

export const OrganizationProvider = ({ here, children }: { here: Here; children: ReactNode }) => (
  <Context value={here}>{children}</Context>
)

/** The organization on the screen, and what the person is in it. */
export function useHere(): Here {
  const here = use(Context)
  if (!here) throw new Error('OrganizationProvider is missing')
  return here
}
