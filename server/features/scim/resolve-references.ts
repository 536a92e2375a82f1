import type { PersonId } from '../../../protocol/ids.ts'
import { breakCircles } from '../structure/index.ts'

/** Somebody of the directory, as it will be but for the managers. */
export type Placed = {
  personId: PersonId
  address: string
  key: string | null
  /** Today; of somebody who has left, when they did. */
  managerId: PersonId | null
  isPresent: boolean
}
/** What the identity provider says of somebody. */
export type Reference = {
  personId: PersonId
  userName: string
  externalId: string | null
  /** Null: it has never said anything. Empty: nobody. */
  managerRef: string | null
}
export type Resolved = {
  /** Of those whose manager is settled here. */
  managers: Map<PersonId, PersonId | null>
  faults: Map<PersonId, 'manager.missing' | 'manager.cycle'>
}
export type Resolving = {
  people: readonly Placed[]
  references: readonly Reference[]
  /** Whose references are read anew; of all others only what has become impossible changes. */
  anew: ReadonlySet<PersonId>
}

/**
 * Pure: who reports to whom. A reference may name somebody who has not arrived yet; then the person keeps the manager
 * they have, and is read anew later. Past managers who have left it leads further up. A reference that would close a
 * circle waits as well: of two people who change places, one message comes first.
 */
export function resolveManagers({ people, references, anew }: Resolving): Resolved {
  const placed = new Map(people.map((person) => [person.personId, person]))
  const find = createLookUp(people, references)
  const refs = new Map(references.map((reference) => [reference.personId, reference]))
  const managers: Resolved['managers'] = new Map()
  const faults: Resolved['faults'] = new Map()
  const climb = (id: PersonId | null) => firstPresent(id, placed)
  for (const { personId, managerId, isPresent } of people) {
    if (!isPresent) continue
    const ref = anew.has(personId) ? (refs.get(personId)?.managerRef ?? null) : null
    const target = ref === null || ref === '' ? undefined : find(ref)
    if (ref === '') managers.set(personId, null)
    else if (target !== undefined) managers.set(personId, climb(target))
    else {
      if (ref !== null) faults.set(personId, 'manager.missing')
      managers.set(personId, climb(managerId))
    }
  }
  for (const { held } of breakCircles(managers, (id) => climb(placed.get(id)?.managerId ?? null)))
    for (const id of held) faults.set(id, 'manager.cycle')
  return { managers, faults }
}

/** By id, then by the provider's own names, then by what the directory knows. */
function createLookUp(people: readonly Placed[], references: readonly Reference[]) {
  const fold = (text: string) => text.toLowerCase()
  const maps = [
    new Map(people.map(({ personId }) => [fold(personId), personId])),
    new Map(references.map(({ userName, personId }) => [fold(userName), personId])),
    new Map(references.flatMap(({ externalId, personId }) => (externalId ? [[fold(externalId), personId]] : []))),
    new Map(people.filter(({ isPresent }) => isPresent).map(({ address, personId }) => [fold(address), personId])),
    new Map(people.flatMap(({ key, isPresent, personId }) => (key && isPresent ? [[fold(key), personId]] : []))),
  ]
  const isKnown = new Set(people.map(({ personId }) => personId))
  return (ref: string): PersonId | undefined => {
    for (const map of maps) {
      const found = map.get(fold(ref))
      if (found !== undefined && isKnown.has(found)) return found
    }
    return undefined
  }
}

function firstPresent(begin: PersonId | null, placed: ReadonlyMap<PersonId, Placed>): PersonId | null {
  const passed = new Set<PersonId>()
  let id = begin
  while (id !== null && placed.get(id)?.isPresent !== true) {
    if (passed.has(id)) return null
    passed.add(id)
    id = placed.get(id)?.managerId ?? null
  }
  return id
}
