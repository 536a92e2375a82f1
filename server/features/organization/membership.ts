import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Membership, Organization } from '../../../protocol/organization.ts'
import type { Tx } from '../../platform/sql.ts'
import { appendToPersonLogs } from '../identity/index.ts'
import * as store from './membership-store.ts'
import * as outsiders from './outsider-store.ts'
import { admitOutsider, tellOutsiders } from './outsiders.ts'
import { findEntries } from './directory-store.ts'
import { findOrganization } from './store.ts'

/**
 * All that this person is or was, in every organization: what `membership.changed` in their log tells, as it is
 * today.
 */
export async function membershipsOf(tx: Tx, personId: PersonId): Promise<Membership[]> {
  return (await store.listMemberships(tx, personId)).map(({ role, state, name, ...row }) => {
    const { organizationId: id, organizationName, accent, locale, directoryVersion } = row
    return { organization: { id, name: organizationName, accent, locale, directoryVersion }, role, state, name }
  })
}

/**
 * Signing in says yes to an invitation, but only where nothing else can be meant: somebody who is in another
 * organization as well comes for that, and says yes to this one by itself.
 */
export async function acceptOnlyInvitation(tx: Tx, personId: PersonId, now: Date): Promise<OrganizationId[]> {
  const joined = await store.activateOnly(tx, personId, now)
  if (joined.length > 0) await outsiders.endOutside(tx, { personId, organizationIds: joined })
  for (const organizationId of joined) await tell(tx, { organizationId, personId, now })
  for (const organizationId of await outsiders.activateOnly(tx, personId, now))
    await tellOutsiders(tx, { organizationId, personIds: [personId], now })
  return joined
}

export async function acceptInvitation(
  tx: Tx,
  accepted: { organizationId: OrganizationId; personId: PersonId; now: Date },
): Promise<boolean> {
  if (!(await store.activate(tx, accepted))) return admitOutsider(tx, accepted)
  const { personId, organizationId } = accepted
  await outsiders.endOutside(tx, { personId, organizationIds: [organizationId] })
  await tell(tx, accepted)
  return true
}

/** For the person it is over, for the organization nothing has happened. */
export async function declineMembership(
  tx: Tx,
  declined: { organizationId: OrganizationId; personId: PersonId; now: Date },
): Promise<void> {
  if (await store.decline(tx, declined)) return tell(tx, declined, 'deactivated')
  if (await outsiders.decline(tx, declined)) await tellOutsiders(tx, { ...declined, personIds: [declined.personId] })
}

async function tell(
  tx: Tx,
  { organizationId, personId, now }: { organizationId: OrganizationId; personId: PersonId; now: Date },
  shownState?: Membership['state'],
) {
  const organization = await findOrganization(tx, organizationId)
  if (organization) await tellMembers(tx, { organization, personIds: [personId], now, shownState })
}

type Telling = {
  organization: Organization
  personIds: readonly PersonId[]
  now: Date
  /** What they are to themselves, where others see something else. */
  shownState?: Membership['state'] | undefined
}

/** Writes into the own logs of these people what they are in the organization now. */
export async function tellMembers(tx: Tx, { organization, personIds, now, shownState }: Telling): Promise<void> {
  if (personIds.length === 0) return
  const entries = await findEntries(tx, organization.id, personIds)
  // Until they come in as members these go on as they are, and read so themselves.
  const outside = new Set(await outsiders.activeOutside(tx, organization.id, personIds))
  await appendToPersonLogs(
    tx,
    entries.map(({ personId, role, state, name }) => {
      const membership: Membership = { organization, role, state: shownState ?? state, name }
      const body = { organizationId: organization.id }
      return { personId, name: 'membership.changed', body, ...(!outside.has(personId) && { shown: { membership } }) }
    }),
    now,
  )
}
