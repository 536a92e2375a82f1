import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Tx } from '../../platform/sql.ts'
import { appendToPersonLogs, forgetAddresses, revokeDevicesOf } from '../identity/index.ts'
import { withoutActive } from './membership-store.ts'
import * as store from './outsider-store.ts'
import { findStanding } from './store.ts'

/*
 * People outside the organization who take part in conversations there. Whoever calls these has locked the
 * organization.
 */

type One = { organizationId: OrganizationId; personId: PersonId; now: Date }

/** Makes people known to the organization; who was erased comes back. Returns those who are new. */
export async function addOutsiders(
  tx: Tx,
  { organizationId, people }: { organizationId: OrganizationId; people: readonly store.NewOutsider[] },
  now: Date,
): Promise<PersonId[]> {
  if (people.length === 0) return []
  const personIds = await store.insertOutsiders(tx, organizationId, people, now)
  await tellOutsiders(tx, { organizationId, personIds, now })
  return personIds
}

/** They have said yes: by their first signing in, or by joining. */
export async function admitOutsider(tx: Tx, one: One): Promise<boolean> {
  const isFresh = await store.activateOutsider(tx, one)
  if (isFresh) await tellOutsiders(tx, { ...one, personIds: [one.personId] })
  return isFresh
}

export async function renameOutsider(tx: Tx, { name, ...one }: One & { name: string }): Promise<void> {
  await store.renameOutsider(tx, { ...one, name })
  await tellOutsiders(tx, { ...one, personIds: [one.personId] })
}

/** What an answer to an invitation is about: a place inside, before one outside. */
export async function findAnswerable(tx: Tx, organizationId: OrganizationId, personId: PersonId) {
  const member = await findStanding(tx, organizationId, personId)
  const isInside = member !== undefined && member.state !== 'deactivated'
  return isInside ? member : store.findParticipant(tx, organizationId, personId)
}

/** Ends their part at once. Somebody who takes part nowhere else is signed out, and their addresses are forgotten. */
export async function eraseOutsider(tx: Tx, one: One): Promise<boolean> {
  if (!(await store.eraseOutsider(tx, one))) return false
  await revokeDevicesOf(tx, await withoutActive(tx, [one.personId]), { now: one.now })
  if (!(await store.isKnownAnywhere(tx, one.personId))) await forgetAddresses(tx, one.personId, one.now)
  await tellOutsiders(tx, { ...one, personIds: [one.personId] })
  return true
}

/** Their own logs say what they are now. */
export async function tellOutsiders(
  tx: Tx,
  { organizationId, personIds, now }: { organizationId: OrganizationId; personIds: readonly PersonId[]; now: Date },
): Promise<void> {
  const entries = personIds.map((personId) => ({
    personId,
    name: 'membership.changed' as const,
    body: { organizationId },
  }))
  await appendToPersonLogs(tx, entries, now)
}
