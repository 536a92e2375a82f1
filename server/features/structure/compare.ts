import type { PersonId } from '../../../protocol/ids.ts'
import type { Fault } from '../../../protocol/structure.ts'
import { findManagers, type Circle, type Managers, type Staff } from './managers.ts'
import { match, type Directory, type Known } from './match.ts'
import type { List } from './read-list.ts'
import type { CheckedRow } from './rows.ts'

/** Somebody as they shall be. */
export type Wanted = Pick<Known, 'personId' | 'key' | 'name' | 'title' | 'place' | 'phone' | 'address' | 'managerId'>
export type Change = {
  field: 'name' | 'title' | 'place' | 'phone' | 'address' | 'key' | 'manager'
  before: string
  after: string
}
/** `line` is null where somebody changes of whom the list says nothing: their manager leaves. */
export type Changed = { line: number | null; before: Known; after: Wanted; changes: Change[] }
export type Created = { line: number; after: Wanted; managerName: string | null }
export type Position = Pick<Known, 'personId' | 'managerId' | 'name'>
export type Comparison = {
  created: Created[]
  changed: Changed[]
  deactivated: Known[]
  /** Known by another source until now: from here on they follow this one. */
  adopted: Wanted[]
  unchangedCount: number
  faults: Fault[]
  faultyCount: number
  /** The names of those whom a directory service puts into a circle, each below the next. */
  circles: string[][]
  /** The chart as it is and as it would be. */
  before: Position[]
  after: Position[]
}
export type CompareOptions = {
  isComplete: boolean
  /** Where the list comes from. Whom a directory service names follows it from then on; a file takes over nobody. */
  source: 'import' | 'ldap'
  /** They are not removed: whoever applies the list. */
  keptIds: readonly PersonId[]
  newId(): PersonId
}

/** Pure: what applying a list would do, its faulty rows left out. */
export function compare(list: List, directory: Directory, options: CompareOptions): Comparison {
  const staff = gather(list, directory, options)
  const { faults, wanted, managers, circles } = settle(staff)
  const stay = Array.from(staff.known.values()).filter(({ personId }) => !staff.leavers.has(personId))
  const nameOf = createNameOf(staff, wanted)
  const created = Array.from(wanted).flatMap(([{ line }, after]): Created[] =>
    staff.known.has(after.personId) ? [] : [{ line, after, managerName: nameOf(after.managerId) }],
  )
  const rows = new Map(Array.from(wanted, ([{ line }, after]) => [after.personId, { line, after }]))
  const changed = stay.flatMap((before): Changed[] => {
    const { line, after } = rows.get(before.personId) ?? { line: null, after: undisturbed(before, managers) }
    const changes = changesOf(before, after, nameOf)
    return changes.length === 0 ? [] : [{ line, before, after, changes }]
  })
  const adopted = stay.flatMap(({ personId, source }): Wanted[] => {
    const row = rows.get(personId)
    return row && options.source === 'ldap' && source !== 'ldap' ? [row.after] : []
  })
  const changedTo = new Map(changed.map(({ after }) => [after.personId, after]))
  const kept = stay.map((member) => changedTo.get(member.personId) ?? member)
  return {
    created,
    changed,
    deactivated: Array.from(staff.known.values()).filter(({ personId }) => staff.leavers.has(personId)),
    adopted,
    unchangedCount: rows.size - created.length - changed.filter(({ line }) => line !== null).length,
    faults,
    faultyCount: list.rows.length === 0 ? list.rowCount : new Set(faults.map(({ line }) => line)).size,
    circles: circles.map(({ people }) => people.map((id) => nameOf(id) ?? '')),
    before: Array.from(staff.known.values(), positionOf),
    after: [...kept, ...created.map(({ after }) => after)].map(positionOf),
  }
}

const positionOf = ({ personId, managerId, name }: Position): Position => ({ personId, managerId, name })

function gather(list: List, { members, owners }: Directory, options: CompareOptions): Staff {
  const { isComplete, keptIds, newId } = options
  const kept = new Set(keptIds)
  const matched = match(list, { members, owners }, newId)
  const known = new Map(
    members.filter(({ state }) => state !== 'deactivated').map((member) => [member.personId, member]),
  )
  const named = new Set(matched.people.values())
  const absent = Array.from(known.values()).filter(({ personId }) => !named.has(personId))
  // A list of which nothing could be read says nothing about who has left.
  const saysWhoLeft = isComplete && list.rows.length > 0
  const leavers = absent.filter(
    ({ personId, source, role }) =>
      !kept.has(personId) &&
      ((saysWhoLeft && source === options.source && role !== 'owner') || matched.replaced.has(personId)),
  )
  const leaverIds = new Set(leavers.map(({ personId }) => personId))
  const others = absent.filter(({ personId }) => !leaverIds.has(personId))
  return { list, matched, known, leavers: leaverIds, others, keepsCircles: options.source === 'ldap' }
}

type Settled = { faults: Fault[]; wanted: Map<CheckedRow, Wanted>; managers: Managers; circles: Circle[] }

/**
 * A faulty row changes nothing, so what it would have changed may now be in the way of another: until no row is found
 * faulty.
 */
function settle(staff: Staff): Settled {
  const early = [...staff.list.faults, ...staff.matched.faults]
  for (;;) {
    const managers = findManagers(staff, new Set(early.map(({ line }) => line)))
    const faults = [...early, ...managers.faults]
    const faulty = new Set(faults.map(({ line }) => line))
    const sound = Array.from(staff.matched.people).filter(([{ line }]) => !faulty.has(line))
    const wanted = new Map(
      sound.map(([row, personId]) => [row, wantedOf(row, personId, { staff, managers: managers.of })]),
    )
    const taken = [...findTaken(staff, wanted, 'key'), ...findTaken(staff, wanted, 'address')]
    if (taken.length === 0) {
      const { of, circles } = managers
      return { faults: faults.toSorted((one, other) => one.line - other.line), wanted, managers: of, circles }
    }
    for (const fault of taken) early.push(fault)
  }
}

function wantedOf(
  row: CheckedRow,
  personId: PersonId,
  { staff, managers }: { staff: Staff; managers: Managers },
): Wanted {
  const today = staff.known.get(personId)
  return {
    personId,
    key: row.key ?? today?.key ?? null,
    name: row.name,
    title: row.title ?? today?.title ?? '',
    place: row.place ?? today?.place ?? '',
    phone: row.phone ?? today?.phone ?? '',
    address: row.address,
    managerId: managers.get(personId) ?? null,
  }
}

const undisturbed = (member: Known, managers: Managers): Wanted => ({
  ...member,
  managerId: managers.get(member.personId) ?? null,
})

/** Rows that want a number or an address which somebody else keeps. */
function findTaken(staff: Staff, wanted: Settled['wanted'], field: 'key' | 'address'): Fault[] {
  const { columns } = staff.list
  const changing = new Set(Array.from(wanted.values(), ({ personId }) => personId))
  const staying = Array.from(staff.known.values()).filter(
    ({ personId }) => !staff.leavers.has(personId) && !changing.has(personId),
  )
  const holders = Map.groupBy(
    [
      ...staying.map((member) => ({ value: member[field], line: null })),
      ...Array.from(wanted, ([{ line }, after]) => ({ value: after[field], line })),
    ],
    ({ value }) => value,
  )
  const column = columns.find(({ meaning }) => meaning === field)?.heading ?? null
  return Array.from(wanted).flatMap(([{ line }, after]) => {
    const others = (holders.get(after[field]) ?? []).filter((holder) => holder.line !== line)
    if (after[field] === null || others.length === 0) return []
    return [{ line, code: `${field}.twice` as const, column, value: after[field], otherLine: others[0]?.line ?? null }]
  })
}

function createNameOf({ known }: Staff, wanted: Settled['wanted']): (personId: PersonId | null) => string | null {
  const names = new Map(Array.from(wanted.values(), ({ personId, name }) => [personId, name]))
  return (personId) => (personId === null ? null : (names.get(personId) ?? known.get(personId)?.name ?? null))
}

const texts = ['name', 'title', 'place', 'phone', 'address', 'key'] as const

function changesOf(before: Known, after: Wanted, nameOf: (personId: PersonId | null) => string | null): Change[] {
  const changes: Change[] = texts
    .filter((field) => before[field] !== after[field])
    .map((field) => ({ field, before: before[field] ?? '', after: after[field] ?? '' }))
  if (before.managerId === after.managerId) return changes
  return [
    ...changes,
    { field: 'manager', before: nameOf(before.managerId) ?? '', after: nameOf(after.managerId) ?? '' },
  ]
}
