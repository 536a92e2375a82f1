import type { PersonId } from '../../../protocol/ids.ts'
import type { Position } from './compare.ts'

export type Chart = {
  names: ReadonlyMap<PersonId, string>
  /** Of each manager. */
  reports: ReadonlyMap<PersonId, PersonId[]>
  /** Those who report to nobody. */
  heads: PersonId[]
}

/** Pure: the organization chart as a tree, from each person's manager. */
export function readChart(positions: readonly Position[]): Chart {
  const names = new Map(positions.map(({ personId, name }) => [personId, name]))
  const reports = new Map<PersonId, PersonId[]>()
  const heads: PersonId[] = []
  for (const { personId, managerId } of positions) {
    if (managerId === null || !names.has(managerId)) {
      heads.push(personId)
      continue
    }
    const others = reports.get(managerId)
    if (others) others.push(personId)
    else reports.set(managerId, [personId])
  }
  return { names, reports, heads }
}

/** This manager and every manager below; nobody where nobody reports to them. */
export function managersUnder({ reports }: Chart, managerId: PersonId): Set<PersonId> {
  const found = new Set(reports.has(managerId) ? [managerId] : [])
  for (const id of found) {
    for (const report of reports.get(id) ?? []) if (reports.has(report)) found.add(report) // visited in its turn
  }
  return found
}
