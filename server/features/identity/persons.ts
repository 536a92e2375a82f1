import { v4 as uuidv4 } from 'uuid'
import { PersonId } from '../../../protocol/ids.ts'
import type { Tx } from '../../platform/sql.ts'
import { wipeDispatches } from '../dispatch/index.ts'
import { endCodesFor } from './code-store.ts'
import { endPairingsOf } from './pairings.ts'
import * as store from './store.ts'

/** Whose addresses these are. Addresses as `Address` of the contract normalises them. */
export async function personsByAddress(tx: Tx, addresses: readonly string[]): Promise<Map<string, PersonId>> {
  return byAddress(await store.findPersons(tx, addresses))
}

/** The addresses with which these people sign in. */
export async function addressesByPerson(tx: Tx, personIds: readonly PersonId[]): Promise<Map<PersonId, string[]>> {
  const found = new Map<PersonId, string[]>()
  for (const { personId, address } of await store.addressesOf(tx, personIds)) {
    const known = found.get(personId)
    if (known) known.push(address)
    else found.set(personId, [address])
  }
  return found
}

/** The accounts of these addresses; those that are missing are made. Two callers at once get the same ones. */
export async function findOrCreatePersons(
  tx: Tx,
  addresses: readonly string[],
  now: Date,
): Promise<Map<string, PersonId>> {
  const known = await personsByAddress(tx, addresses)
  const missing = Array.from(new Set(addresses)).filter((address) => !known.has(address))
  if (missing.length === 0) return known
  // Ids are random, since a time in them would show which accounts are older than an invitation. They are made in one
  // order, so that two who make the same ones never wait for each other in a circle.
  const persons = missing.toSorted().map((address) => ({ address, personId: PersonId.parse(uuidv4()) }))
  const made = new Set(await store.insertPersons(tx, persons, now))
  const late = persons.filter(({ address }) => !made.has(address))
  if (late.length > 0)
    await store.deletePersons(
      tx,
      late.map(({ personId }) => personId),
    )
  const others = await personsByAddress(
    tx,
    late.map(({ address }) => address),
  )
  return new Map([...known, ...byAddress(persons.filter(({ address }) => made.has(address))), ...others])
}

/**
 * Gives persons other addresses to sign in with, and ends what was proven or is to be proven by the old ones: codes
 * on their way, sign-ins that wait. An address
 * that belongs to somebody already stays theirs: the person keeps the old one. Returns those who have got the new
 * one.
 */
export async function replaceAddresses(
  tx: Tx,
  changes: readonly store.AddressChange[],
  now: Date,
): Promise<Set<PersonId>> {
  const owners = await personsByAddress(
    tx,
    changes.map(({ to }) => to),
  )
  const movers = new Map(changes.map(({ personId, from }) => [from, personId]))
  // The address of somebody who moves on in this very change becomes free.
  const possible = changes.filter(({ to }) => !owners.has(to) || movers.get(to) === owners.get(to))
  if (possible.length === 0) return new Set()
  await endPairingsOf(
    tx,
    possible.map(({ personId }) => personId),
    now,
  )
  await store.deleteAddresses(tx, possible)
  const moved = new Set(await store.insertAddresses(tx, possible, now))
  const stuck = possible.filter(({ personId }) => !moved.has(personId))
  if (stuck.length > 0)
    await store.insertAddresses(
      tx,
      stuck.map(({ personId, from }) => ({ personId, from, to: from })),
      now,
    )
  await wipeDispatches(
    tx,
    await endCodesFor(
      tx,
      possible.map(({ from }) => from),
      now,
    ),
  )
  return moved
}

/** Somebody who has no address: known by their device alone, and gone with it. */
export async function makeAnonymousPerson(tx: Tx, now: Date): Promise<PersonId> {
  const personId = PersonId.parse(uuidv4())
  await store.insertAnonymous(tx, personId, now)
  return personId
}

/** A further address to sign in with; false where it is somebody's already. */
export async function giveAddress(tx: Tx, personId: PersonId, address: string, now: Date): Promise<boolean> {
  return (await store.insertAddresses(tx, [{ personId, from: address, to: address }], now)).length > 0
}

/** Nobody signs in as this person any more. */
export async function forgetAddresses(tx: Tx, personId: PersonId, now: Date): Promise<void> {
  const own = (await store.addressesOf(tx, [personId])).map(({ address }) => ({ personId, from: address, to: address }))
  if (own.length === 0) return
  await store.deleteAddresses(tx, own)
  await wipeDispatches(
    tx,
    await endCodesFor(
      tx,
      own.map(({ from }) => from),
      now,
    ),
  )
}

const byAddress = (rows: readonly { address: string; personId: PersonId }[]) =>
  new Map(rows.map(({ address, personId }) => [address, personId]))
