import type { PersonId } from '../../../protocol/ids.ts'
import type { Fault } from '../../../protocol/structure.ts'
import type { Known, Matched } from './match.ts'
import type { List } from './read-list.ts'
import { shorten, type CheckedRow } from './rows.ts'

export type Staff = {
  list: List
  matched: Matched
  /** Members who stay and whom no row names. */
  others: readonly Known[]
  /** All present members, by id. */
  known: ReadonlyMap<PersonId, Known>
  leavers: ReadonlySet<PersonId>
  /** Nobody can mend a row of a directory service in a hurry: a circle holds up nobody but those who stand in it. */
  keepsCircles: boolean
}
export type Managers = ReadonlyMap<PersonId, PersonId | null>
/** In the order of "reports to"; the last one reports to the first. */
export type Circle = { people: PersonId[]; held: PersonId[] }
/** What a row says about its manager, where that could be made out. */
type Named = Map<CheckedRow, PersonId>

/**
 * Pure: who reports to whom once the list is applied. A manager that a row cannot name, or names only in a circle,
 * makes it faulty, and all rows below with it. People of whom the list says nothing keep their manager; if that one
 * leaves, they move up.
 */
export function findManagers(staff: Staff, faultyBefore: ReadonlySet<number>): FoundManagers {
  const { list, matched, known } = staff
  const lines = new Map(Array.from(matched.people, ([row, personId]) => [personId, row.line]))
  const { named, faults } = readManagers(staff, lines)
  const faulty = new Set([...faultyBefore, ...faults.map(({ line }) => line)])
  for (;;) {
    const of = managersOf(staff, named, faulty)
    const circles = staff.keepsCircles ? breakCircles(of, (id) => moveUp(known.get(id)?.managerId ?? null, staff)) : []
    const found = [...findBelowFaulty(list, named, lines, faulty), ...findCircles({ list, matched, of, faulty, lines })]
    if (found.length === 0) return { of, circles, faults: faults.toSorted((one, other) => one.line - other.line) }
    for (const fault of found) {
      faulty.add(fault.line)
      faults.push(fault)
    }
  }
}

type FoundManagers = { of: Managers; circles: Circle[]; faults: Fault[] }
type Lines = ReadonlyMap<PersonId, number>

/** Of faulty rows too: whoever mends a row wants to hear of all its faults at once. */
function readManagers(staff: Staff, lines: Lines): { named: Named; faults: Fault[] } {
  const lookUp = createLookUp(staff)
  const named: Named = new Map()
  const faults: Fault[] = []
  for (const row of staff.list.rows) {
    if (!row.manager) continue
    const [found, another] = lookUp(row.manager)
    if (!found) faults.push(faultOf(staff.list, row, 'manager.missing', null))
    else if (another) faults.push(faultOf(staff.list, row, 'manager.ambiguous', lines.get(found) ?? null))
    else named.set(row, found)
  }
  return { named, faults }
}

function faultOf({ columns }: List, row: CheckedRow, code: Fault['code'], otherLine: number | null): Fault {
  const column = columns.find(({ meaning }) => meaning === 'manager')?.heading ?? null
  return { line: row.line, code, column, value: shorten(row.manager ?? ''), otherLine }
}

/** By number, then by address, then by name; only a name can mean several people. */
function createLookUp({ matched, others }: Staff): (manager: string) => PersonId[] {
  const people = [
    ...Array.from(matched.people, ([{ key, address, name }, personId]) => ({ key, address, name, personId })),
    ...others,
  ]
  const keys = new Map(people.map(({ key, personId }) => [key, personId]))
  const addresses = new Map(people.map(({ address, personId }) => [address, personId]))
  const names = Map.groupBy(people, ({ name }) => fold(name))
  const called = (name: string) => [...new Set(names.get(fold(name))?.map(({ personId }) => personId))]
  return (manager) => {
    const sure = keys.get(manager) ?? addresses.get(manager.toLowerCase())
    if (sure) return [sure]
    const found = called(manager)
    return found.length > 0 ? found : called(manager.split(',').toReversed().join(' '))
  }
}

const fold = (name: string) => name.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').trim()

/** Everybody's manager as it would be. A faulty row changes nothing. */
function managersOf(staff: Staff, named: Named, faulty: ReadonlySet<number>): Map<PersonId, PersonId | null> {
  const { list, matched, others, known } = staff
  const of = new Map(others.map(({ personId, managerId }) => [personId, moveUp(managerId, staff)]))
  for (const row of list.rows) {
    const personId = matched.people.get(row)
    const today = personId && known.get(personId)
    if (!personId || (faulty.has(row.line) && !today)) continue
    if (!faulty.has(row.line) && row.manager !== undefined) of.set(personId, named.get(row) ?? null)
    else of.set(personId, today ? moveUp(today.managerId, staff) : null)
  }
  return of
}

/** Past everybody who leaves. Whoever takes over a leaver's line takes over the reports. */
function moveUp(managerId: PersonId | null, { known, leavers, matched }: Staff): PersonId | null {
  const passed = new Set<PersonId>()
  let id = managerId
  while (id !== null && leavers.has(id)) {
    if (passed.has(id)) return null
    passed.add(id)
    id = matched.replaced.get(id) ?? known.get(id)?.managerId ?? null
  }
  return id
}

/** Rows whose manager's row is faulty, and those below them. */
function findBelowFaulty(list: List, named: Named, lines: Lines, faulty: ReadonlySet<number>): Fault[] {
  const reports = Map.groupBy(named, ([, managerId]) => lines.get(managerId))
  const reached = new Set(faulty)
  const faults: Fault[] = []
  for (const line of reached) {
    for (const [row] of reports.get(line) ?? []) {
      if (reached.has(row.line)) continue
      reached.add(row.line) // a set visits what is added on the way
      faults.push(faultOf(list, row, 'manager.faulty', line))
    }
  }
  return faults
}

type Circles = { list: List; matched: Matched; of: Managers; faulty: ReadonlySet<number>; lines: Lines }

/** The rows of each circle, with the line of their manager. */
function findCircles({ list, matched, of, faulty, lines }: Circles): Fault[] {
  const inCircle = new Set(circlesOf(of).flat())
  return list.rows.flatMap((row) => {
    const personId = matched.people.get(row)
    if (!personId || !inCircle.has(personId) || faulty.has(row.line)) return []
    const managerId = of.get(personId)
    return [faultOf(list, row, 'manager.cycle', (managerId && lines.get(managerId)) ?? null)]
  })
}

/**
 * Changes these managers until there is no circle: whoever would move into one stays where they are today; where
 * nobody moves, one of them stands at the top.
 */
export function breakCircles(
  managers: Map<PersonId, PersonId | null>,
  today: (id: PersonId) => PersonId | null,
): Circle[] {
  const broken: Circle[] = []
  for (let circles = circlesOf(managers); circles.length > 0; circles = circlesOf(managers)) {
    for (const people of circles) {
      const held = people.filter((id) => managers.get(id) !== today(id))
      for (const id of held) managers.set(id, today(id))
      const [first] = people
      if (held.length === 0 && first) managers.set(first, null)
      broken.push({ people, held })
    }
  }
  return broken
}

/** The people of each circle in "reports to". */
export function circlesOf(managers: Managers): PersonId[][] {
  const done = new Set<PersonId>()
  const circles: PersonId[][] = []
  for (const begin of managers.keys()) {
    const way = new Set<PersonId>()
    let id: PersonId | null = begin
    while (id !== null && !done.has(id) && !way.has(id)) {
      way.add(id)
      id = managers.get(id) ?? null
    }
    const passed = [...way]
    if (id !== null && way.has(id)) circles.push(passed.slice(passed.indexOf(id)))
    for (const one of passed) done.add(one)
  }
  return circles
}
