import type { LdapAttributes } from '../../../protocol/ldap.ts'
import type { Column } from '../../../protocol/structure.ts'

/** One entry of a directory: its name, and its attributes in lower case with their first values. */
export type Entry = { dn: string; values: ReadonlyMap<string, string> }
export type Rows = {
  headings: string[]
  meanings: Column[]
  rows: string[][]
  unknownManagerCount: number
}

const columns = ['key', 'name', 'address', 'title', 'phone', 'place', 'manager'] as const

/**
 * Pure: entries as rows of an employee list. A manager's DN becomes their address; whoever has none, or was not read,
 * is passed over on the way up.
 */
export function toRows(entries: readonly Entry[], attributes: LdapAttributes): Rows {
  const value = ({ values }: Entry, column: (typeof columns)[number]) =>
    values.get(attributes[column].toLowerCase()) ?? ''
  const byDn = new Map(entries.map((entry) => [foldDn(entry.dn), entry]))
  let unknownManagerCount = 0
  const managerOf = (entry: Entry): string => {
    const named = value(entry, 'manager')
    if (named === '' || !named.includes('=')) return named
    const passed = new Set<string>()
    for (let dn = foldDn(named); dn !== '' && !passed.has(dn);) {
      passed.add(dn)
      const manager = byDn.get(dn)
      if (!manager) break
      const address = value(manager, 'address')
      if (address !== '') return address
      dn = foldDn(value(manager, 'manager'))
    }
    unknownManagerCount++
    return ''
  }
  const rows = entries.map((entry) =>
    columns.map((column) => {
      if (column === 'manager') return managerOf(entry)
      return column === 'name' ? value(entry, 'name') || (entry.values.get('cn') ?? '') : value(entry, column)
    }),
  )
  return { headings: columns.map((column) => attributes[column]), meanings: [...columns], rows, unknownManagerCount }
}

/** Blanks around separators and the case of letters mean nothing in a DN. */
const foldDn = (dn: string) =>
  dn
    .trim()
    .replaceAll(/\s*([,=+])\s*/g, '$1')
    .toLowerCase()
