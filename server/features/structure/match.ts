import type { PersonId } from '../../../protocol/ids.ts'
import type { Role } from '../../../protocol/roles.ts'
import type { Fault } from '../../../protocol/structure.ts'
import type { MemberSource } from '../organization/index.ts'
import type { List } from './read-list.ts'
import type { CheckedRow } from './rows.ts'

/** A member as the directory has them. */
export type Known = {
  personId: PersonId
  key: string | null
  name: string
  title: string
  place: string
  phone: string
  address: string
  managerId: PersonId | null
  source: MemberSource
  state: 'invited' | 'active' | 'deactivated'
  role: Role
}
/** What a list is compared with. */
export type Directory = {
  members: readonly Known[]
  /** Whose accounts the addresses of the list are, on this whole server. */
  owners: ReadonlyMap<string, PersonId>
}
export type Matched = {
  /** Whom each row is about; people without an account have a fresh id. */
  people: Map<CheckedRow, PersonId>
  faults: Fault[]
  /** Members whose line is about another person now, since its address is that person's. */
  replaced: Map<PersonId, PersonId>
  /** Members whom a faulty row names: they stay as they are. */
  kept: Set<PersonId>
}

/**
 * Pure: whom the rows are about. The employee number decides, then the address. Where a number brings an address that
 * is another person's account, the row is about that person: an import must never hand one person's account to
 * another.
 */
export function match(list: List, directory: Directory, newId: () => PersonId): Matched {
  const index = indexOf(list, directory)
  const faulty = new Set(list.faults.map(({ line }) => line))
  const people = new Map<CheckedRow, PersonId>()
  const faults: Fault[] = []
  const replaced = new Map<PersonId, PersonId>()
  for (const row of list.rows) {
    const found = faulty.has(row.line) ? index.atAll(row) : findPerson(row, index, directory.owners)
    people.set(row, found.personId ?? newId())
    if (found.personId && found.replacedId) replaced.set(found.replacedId, found.personId)
    if (found.heldBy && !faulty.has(row.line)) faults.push(addressTwice(list, row, found.heldBy.line))
  }
  for (const fault of findSharedPeople(list, people, faulty)) faults.push(fault)
  for (const fault of faults) faulty.add(fault.line)
  const kept = new Set(list.rows.filter(({ line }) => faulty.has(line)).flatMap((row) => people.get(row) ?? []))
  const sound = new Set(list.rows.filter(({ line }) => !faulty.has(line)).map((row) => people.get(row)))
  for (const id of replaced.keys()) if (sound.has(id) || kept.has(id)) replaced.delete(id)
  return { people, faults, replaced, kept }
}

type Found = { personId?: PersonId; replacedId?: PersonId; heldBy?: CheckedRow }
type Index = ReturnType<typeof indexOf>

function indexOf({ rows }: List, { members }: Directory) {
  const present = members.filter(({ state }) => state !== 'deactivated')
  const byKey = new Map(present.flatMap((known) => (known.key === null ? [] : [[known.key, known] as const])))
  const byAddress = new Map(present.map((known) => [known.address, known]))
  const byName = new Map(present.map((known) => [known.name, known]))
  const rowOfKey = new Map(rows.flatMap((row) => (row.key === null ? [] : [[row.key, row] as const])))
  return {
    ofKey: (row: CheckedRow) => (row.key === null ? undefined : byKey.get(row.key)),
    ofAddress: (row: CheckedRow) => byAddress.get(row.address),
    /** Another row that is about this member, by their number. */
    otherRow(known: Known, row: CheckedRow) {
      const other = known.key === null ? undefined : rowOfKey.get(known.key)
      return other === row ? undefined : other
    },
    /** A faulty row may have its fields in the wrong columns, or its address misspelt. It is not about its manager. */
    atAll(row: CheckedRow): Found {
      const own = row.cells.filter((cell) => cell !== row.manager)
      const known =
        own.map((cell) => byAddress.get(cell.toLowerCase())).find(Boolean) ??
        (row.key === null ? undefined : byKey.get(row.key)) ??
        byName.get(row.name)
      return known ? { personId: known.personId } : {}
    },
  }
}

function findPerson(row: CheckedRow, index: Index, owners: Directory['owners']): Found {
  const [ofKey, ofAddress] = [index.ofKey(row), index.ofAddress(row)]
  if (ofKey && ofKey === ofAddress) return { personId: ofKey.personId }
  if (ofAddress) {
    const heldBy = index.otherRow(ofAddress, row)
    if (!heldBy) return { personId: ofAddress.personId, ...(ofKey ? { replacedId: ofKey.personId } : {}) }
    return ofKey ? { personId: ofKey.personId } : { heldBy }
  }
  const owner = owners.get(row.address)
  if (!ofKey) return owner ? { personId: owner } : {}
  if (owner && owner !== ofKey.personId) return { personId: owner, replacedId: ofKey.personId }
  return { personId: ofKey.personId }
}

/** Two rows can come to one person by different ways; neither can be trusted then. */
function findSharedPeople(list: List, people: Matched['people'], faulty: ReadonlySet<number>): Fault[] {
  const sound = Array.from(people).filter(([{ line }]) => !faulty.has(line))
  const shared = Map.groupBy(sound, ([, personId]) => personId)
  return Array.from(shared.values()).flatMap((group) =>
    group.length < 2
      ? []
      : group.map(([row], index) => addressTwice(list, row, group[index === 0 ? 1 : 0]?.[0].line ?? row.line)),
  )
}

function addressTwice({ columns }: List, { line, address }: CheckedRow, otherLine: number): Fault {
  const column = columns.find(({ meaning }) => meaning === 'address')?.heading ?? null
  return { line, code: 'address.twice', column, value: address, otherLine }
}
