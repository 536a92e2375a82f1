import type { z } from 'zod'
import { limits } from '../../../protocol/limits.ts'
import type { ImportPreview } from '../../../protocol/structure.ts'
import type { Tx } from '../../platform/sql.ts'
import type { Comparison } from './compare.ts'
import { describeGroups } from './describe-groups.ts'
import { planChange } from './follow-chart.ts'
import type { ListWork } from './list-work.ts'
import { compareWithDirectory, type Beside } from './prepare-import.ts'

/** Rows of each list that are shown. */
const SHOWN_MAX = limits.page

export type ListPreview = Omit<z.infer<typeof ImportPreview>, 'digest'>

/** What applying a list would do to the people and their groups. Writes nothing. */
export async function previewList(tx: Tx, list: ListWork, beside: Beside): Promise<ListPreview> {
  const { encoding, delimiter, columns, rowCount } = list
  const comparison = await compareWithDirectory(tx, list, beside)
  const { before, after } = comparison
  const { plan, state } = await planChange(tx, { organization: beside.organization, before, after })
  const names = new Map([...before, ...after].map(({ personId, name }) => [personId, name]))
  const groups = describeGroups(plan, state, names)
  return {
    encoding,
    delimiter,
    columns,
    rowCount,
    ...describePeople(comparison),
    groupCount: groups.length,
    groups: groups.slice(0, SHOWN_MAX),
  }
}

function describePeople(comparison: Comparison) {
  const { created, changed, deactivated, unchangedCount, faults, faultyCount, circles, before, after } = comparison
  const namesBefore = new Map(before.map(({ personId, name }) => [personId, name]))
  const namesAfter = new Map(after.map(({ personId, name }) => [personId, name]))
  const manager = (id: (typeof after)[number]['managerId'], names: typeof namesAfter) => (id && names.get(id)) ?? null
  return {
    counts: {
      created: created.length,
      changed: changed.length,
      deactivated: deactivated.length,
      unchanged: unchangedCount,
      faulty: faultyCount,
    },
    created: created.slice(0, SHOWN_MAX).map(({ line, after: { name, title, managerId } }) => ({
      line,
      name,
      title,
      managerName: manager(managerId, namesAfter),
    })),
    changed: changed.slice(0, SHOWN_MAX).map(({ line, after: { name, title, managerId }, changes }) => ({
      line,
      name,
      title,
      managerName: manager(managerId, namesAfter),
      changes,
    })),
    deactivated: deactivated.slice(0, SHOWN_MAX).map(({ name, title, managerId }) => ({
      line: null,
      name,
      title,
      managerName: manager(managerId, namesBefore),
    })),
    faults: faults.slice(0, limits.importFaultsShown),
    circles: circles.slice(0, SHOWN_MAX).map((names) => names.slice(0, SHOWN_MAX)),
  }
}
