import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Organization } from '../../../protocol/organization.ts'
import { announce } from '../../platform/events.ts'
import { Refusal } from '../../platform/refusal.ts'
import type { Tx } from '../../platform/sql.ts'
import { addressesByPerson, endInvitations, replaceAddresses, revokeDevicesOf } from '../identity/index.ts'
import * as store from './directory-store.ts'
import { knownElsewhere, withoutActive } from './membership-store.ts'
import { tellMembers } from './membership.ts'
import { activeOwnerIds, nextDirectoryVersion } from './store.ts'

/*
 * Changes of the directory, for any number of people at once. Whoever calls them has locked the organization, and calls
 * `moveDirectory` once at the end.
 */

/** Adds people as invited members; who was deactivated comes back. Addresses and keys must be free. */
export async function addMembers(
  tx: Tx,
  { organization, members }: { organization: Organization; members: readonly store.NewMember[] },
  now: Date,
): Promise<void> {
  if (members.length === 0) return
  const personIds = await store.insertMembers(tx, { organizationId: organization.id, members, now })
  await tellMembers(tx, { organization, personIds, now })
}

/**
 * Writes all fields of these members. The address they sign in with follows, where the account is this organization's
 * alone; that of an owner, and of somebody who is known elsewhere, is not touched, whatever the list says. Nobody can
 * see which it was.
 */
export async function changeMembers(
  tx: Tx,
  { organization, members }: { organization: Organization; members: readonly store.MemberFields[] },
  now: Date,
): Promise<void> {
  if (members.length === 0) return
  const ids = members.map(({ personId }) => personId)
  const before = new Map((await store.findEntries(tx, organization.id, ids)).map((entry) => [entry.personId, entry]))
  const differs = (field: 'name' | 'address' | 'key') =>
    members.filter((member) => before.get(member.personId)?.[field] !== member[field])
  const moved = differs('address')
  await moveSignIn(tx, { organizationId: organization.id, moved, before }, now)
  const freed = [...moved, ...differs('key')].map(({ personId }) => personId)
  if (freed.length > 0) await store.freeAddressesAndKeys(tx, organization.id, freed)
  await store.updateMembers(tx, organization.id, members)
  await tellMembers(tx, { organization, personIds: differs('name').map(({ personId }) => personId), now })
}

type Moving = {
  organizationId: OrganizationId
  moved: readonly store.MemberFields[]
  before: ReadonlyMap<PersonId, store.DirectoryEntry>
}

async function moveSignIn(tx: Tx, { organizationId, moved, before }: Moving, now: Date) {
  if (moved.length === 0) return
  const ids = moved.map(({ personId }) => personId)
  const elsewhere = new Set(await knownElsewhere(tx, organizationId, ids))
  const addresses = await addressesByPerson(tx, ids)
  const changes = moved.flatMap(({ personId, address: to }) => {
    const own = addresses.get(personId) ?? []
    const from = own.find((address) => address === before.get(personId)?.address) ?? own[0]
    // Who could move an owner's address could sign in as an owner.
    const isOwner = before.get(personId)?.role === 'owner'
    return isOwner || elsewhere.has(personId) || from === undefined || own.includes(to) ? [] : [{ personId, from, to }]
  })
  if (changes.length > 0) await replaceAddresses(tx, changes, now)
}

/**
 * Takes people out of the directory, which ends their invitations and, where they take part nowhere else, their
 * sessions. An owner goes only where an owner says so (`owners: 'go'`), and the last one never.
 */
export async function deactivateMembers(
  tx: Tx,
  { organization, personIds, owners = 'stay' }: Leaving,
  now: Date,
): Promise<void> {
  if (personIds.length === 0) return
  const { id: organizationId } = organization
  if (owners === 'stay' && (await store.hasOwner(tx, organizationId, personIds)))
    throw new Refusal('organization.owner-stays')
  const hadOwner = (await activeOwnerIds(tx, organizationId)).length > 0
  const gone = await store.deactivate(tx, organizationId, personIds)
  if (hadOwner && (await activeOwnerIds(tx, organizationId)).length === 0) throw new Refusal('organization.last-owner')
  await endInvitations(tx, { organizationId, personIds: gone, now })
  await tellMembers(tx, { organization, personIds: gone, now })
  await revokeDevicesOf(tx, await withoutActive(tx, gone), { now })
}

type Leaving = { organization: Organization; personIds: readonly PersonId[]; owners?: 'stay' | 'go' }

/** Gives the directory its next version, and tells those who are looking at it. */
export async function moveDirectory(tx: Tx, organizationId: OrganizationId): Promise<number> {
  const version = await nextDirectoryVersion(tx, organizationId)
  const body = { state: 'directory', organizationId, version }
  announce(tx, [{ topic: `organization:${organizationId}`, body }])
  return version
}
