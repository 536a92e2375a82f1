import { limits } from '../../../protocol/limits.ts'
import { ImportPreview, PreviewImport } from '../../../protocol/structure.ts'
import { command } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { findOrganization, isAdministratorAsking } from '../organization/index.ts'
import type { Comparison } from './compare.ts'
import { describeGroups } from './describe-groups.ts'
import { planChange } from './follow-chart.ts'
import { actorIdOf, compareWithDirectory, digestOf, IMPORT_BODY_BYTES, readFile } from './prepare-import.ts'
import { beginSnapshot } from './store.ts'

/** Rows of each list that are shown. */
const SHOWN_MAX = limits.page

/** A command only because of its large body: it writes nothing, and reads one snapshot. */
export const previewImport = command({
  name: 'import.preview',
  summary:
    'Show what an employee list would create, change and deactivate, its faulty rows, and the groups before and after.',
  input: PreviewImport,
  output: ImportPreview,
  over: 'http',
  bodyBytes: IMPORT_BODY_BYTES,

  lock: ({ tx }) => beginSnapshot(tx),
  allow: isAdministratorAsking,

  async run(ctx, input) {
    const organization = await findOrganization(ctx.tx, input.organizationId)
    if (!organization) throw new Refusal('access.refused')
    const file = readFile(input)
    const { encoding, delimiter, columns, rowCount } = file.list
    const beside = { organization, actorId: actorIdOf(ctx), isComplete: input.isComplete }
    const comparison = await compareWithDirectory(ctx.tx, file.list, beside)
    const { before, after } = comparison
    const { plan, state } = await planChange(ctx.tx, { organization, before, after })
    const names = new Map([...before, ...after].map(({ personId, name }) => [personId, name]))
    const groups = describeGroups(plan, state, names)
    return {
      digest: digestOf(file, input, organization),
      encoding,
      delimiter,
      columns,
      rowCount,
      ...describePeople(comparison),
      groupCount: groups.length,
      groups: groups.slice(0, SHOWN_MAX),
    }
  },
})

function describePeople(comparison: Comparison) {
  const { created, changed, deactivated, unchangedCount, faults, faultyCount, before, after } = comparison
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
  }
}
