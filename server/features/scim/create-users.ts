import type { PersonId } from '../../../protocol/ids.ts'
import { findOrCreatePersons } from '../identity/index.ts'
import { memberOf } from './member-of.ts'
import type { ScimUser } from './resource.ts'
import { ScimFault, taken } from './scim-fault.ts'
import * as store from './user-store.ts'
import { follow, noAddress, parseUser, readUser, writtenOf, type Asking } from './users.ts'

/** In the order of the bodies. */
export type Created = store.UserRow | ScimFault

/**
 * Makes several users with the statements of one. Of two who want the same name or address the first gets it; the
 * others are told.
 */
export async function createUsers(asking: Asking, bodies: readonly unknown[]): Promise<Created[]> {
  const { tx, now, organizationId } = asking
  const read = bodies.map(readBody)
  const sound = read.filter((one): one is Wanted => !(one instanceof ScimFault))
  if (sound.length === 0) return read.filter((one) => one instanceof ScimFault)
  const holders = await store.holdersOf(tx, organizationId, sound)
  const addresses = sound.map(({ address }) => address)
  const persons = await findOrCreatePersons(tx, addresses, now)
  const claims = new Map<Wanted, PersonId | ScimFault>()
  const given = { names: new Set<string>(), personIds: new Set<PersonId>() }
  sound.forEach((wanted, index) => claims.set(wanted, claim(wanted, { holders: holders[index], persons, given })))
  const fresh = Array.from(claims).flatMap(([{ user }, personId]) =>
    personId instanceof ScimFault ? [] : [writtenOf(asking, { personId, user, before: null })],
  )
  const rows = new Map((await store.insertUsers(tx, fresh, now)).map((row) => [row.personId, row]))
  const isLeaving = sound.some(({ user }, index) => user.active === false && holders[index]?.addressId)
  if (rows.size > 0) await follow(asking, { isLeaving })
  const answers = read.map((one) => {
    const personId = one instanceof ScimFault ? one : (claims.get(one) ?? conflict('', ''))
    if (personId instanceof ScimFault) return personId
    return rows.get(personId) ?? conflictOf(one)
  })
  if (!isLeaving) return answers
  return Promise.all(answers.map(async (row) => (row instanceof ScimFault ? row : readUser(asking, row.personId))))
}

type Wanted = { user: ScimUser; userName: string; address: string }

function readBody(body: unknown): Wanted | ScimFault {
  try {
    const user = parseUser(body)
    const { address } = memberOf(user)
    return address === undefined ? noAddress() : { user, userName: user.userName, address }
  } catch (error) {
    if (error instanceof ScimFault) return error
    throw error
  }
}

type Given = { names: Set<string>; personIds: Set<PersonId> }
type Claiming = { holders: store.Holders | undefined; persons: ReadonlyMap<string, PersonId>; given: Given }

/** A member of whom the provider has said nothing is taken over; one who was written is somebody else's. */
function claim({ userName, address }: Wanted, { holders, persons, given }: Claiming): PersonId | ScimFault {
  const personId = persons.get(address)
  if (!personId) throw new Error('An account was neither found nor made.')
  const name = userName.toLowerCase()
  if (holders?.writtenId || given.names.has(name)) return taken(`There is a user ${userName} already.`)
  const isOther = [holders?.calledId, holders?.addressId].some((id) => id && id !== personId)
  if (isOther || given.personIds.has(personId)) return conflict(userName, address)
  given.names.add(name)
  given.personIds.add(personId)
  return personId
}

const conflict = (userName: string, address: string) =>
  taken(`Somebody has the name ${userName} or the address ${address} already.`)
const conflictOf = (one: Wanted | ScimFault) => (one instanceof ScimFault ? one : conflict(one.userName, one.address))
