import type { z } from 'zod'
import type { Organization } from '../../../protocol/organization.ts'
import { AppliedImport, ApplyImport } from '../../../protocol/structure.ts'
import { recordAct } from '../../platform/audit.ts'
import { command, type Context } from '../../platform/command.ts'
import { progress } from '../../platform/progress.ts'
import { Refusal } from '../../platform/refusal.ts'
import { findOrCreatePersons } from '../identity/index.ts'
import {
  addMembers,
  changeMembers,
  deactivateMembers,
  isAdministratorAsking,
  lockOrganization,
  moveDirectory,
} from '../organization/index.ts'
import type { Comparison } from './compare.ts'
import { carryOut, holdPlan, planChange } from './follow-chart.ts'
import {
  actorIdOf,
  compareWithDirectory,
  digestOf,
  IMPORT_BODY_BYTES,
  readFile,
  type ReadFile,
} from './prepare-import.ts'

type Input = z.output<typeof ApplyImport>

export const applyImport = command({
  name: 'import.apply',
  summary: 'Apply an employee list as previewed: accounts, the chart and the groups, all or nothing.',
  input: ApplyImport,
  output: AppliedImport,
  over: 'http',
  bodyBytes: IMPORT_BODY_BYTES,

  lock: ({ tx }, { organizationId }) => lockOrganization(tx, organizationId),
  allow: isAdministratorAsking,

  async run(ctx, input, organization) {
    if (!organization) throw new Refusal('access.refused')
    const { tx, now } = ctx
    const steps = createSteps(ctx, input)
    steps.read(0)
    const file = readFile(input)
    if (digestOf(file, input, organization) !== input.digest) throw new Refusal('import.changed')
    steps.compare(0)
    const comparison = await createAccounts(ctx, { file, input, organization }, steps.accounts)
    const move = { organization, before: comparison.before, after: comparison.after }
    const { plan } = await planChange(tx, move)
    const held = await holdPlan(tx, move, plan)
    await writeDirectory(ctx, organization, comparison, steps.people)
    await carryOut(tx, held, { actorId: actorIdOf(ctx), now, report: steps.groups })
    const { created, changed, deactivated, faultyCount } = comparison
    if (created.length + changed.length + deactivated.length > 0) await moveDirectory(tx, organization.id)
    steps.commit(0)
    const counts = {
      created: created.length,
      changed: changed.length,
      deactivated: deactivated.length,
      skipped: faultyCount,
      groupsMade: plan.make.length,
    }
    recordAct(ctx, {
      organizationId: organization.id,
      act: 'import.applied',
      thingId: input.importId,
      facts: { ...counts, isComplete: input.isComplete, digest: input.digest },
    })
    return counts
  },
})

/** Where each step begins, of a hundred: about how long they take. */
const beginnings = { read: 0, compare: 5, accounts: 10, people: 20, groups: 40, commit: 95 } as const
type Step = keyof typeof beginnings
type Report = (share: number) => void

function createSteps(ctx: Context, { importId }: Input): Record<Step, Report> {
  const owner = actorIdOf(ctx)
  const step = (name: Step, end: number) => (share: number) => {
    const begin = beginnings[name]
    progress.report(owner, { id: importId, step: name, done: Math.floor(begin + share * (end - begin)), total: 100 })
  }
  const { compare, accounts, people, groups, commit } = beginnings
  return {
    read: step('read', compare),
    compare: step('compare', accounts),
    accounts: step('accounts', people),
    people: step('people', groups),
    groups: step('groups', commit),
    commit: step('commit', 100),
  }
}

type Importing = { file: ReadFile; input: Input; organization: Organization }

/** Compares, refuses faults that were not to be skipped, and compares again with the accounts that were missing. */
async function createAccounts(
  ctx: Context,
  { file, input, organization }: Importing,
  report: Report,
): Promise<Comparison> {
  const beside = { organization, actorId: actorIdOf(ctx), isComplete: input.isComplete }
  const comparison = await compareWithDirectory(ctx.tx, file.list, beside)
  const isAllFaulty = comparison.faultyCount === file.list.rowCount
  if (comparison.faultyCount > 0 && (!input.skipFaulty || isAllFaulty)) throw new Refusal('import.faulty')
  if (comparison.created.length === 0) return comparison
  for (const portion of portionsOf(comparison.created, report))
    await findOrCreatePersons(
      ctx.tx,
      portion.map(({ after }) => after.address),
      ctx.now,
    )
  return compareWithDirectory(ctx.tx, file.list, beside)
}

async function writeDirectory(
  { tx, now }: Context,
  organization: Organization,
  { created, changed, deactivated }: Comparison,
  report: Report,
): Promise<void> {
  await deactivateMembers(tx, { organization, personIds: deactivated.map(({ personId }) => personId) }, now)
  const members = changed.map(({ before: { source }, after }) => ({ ...after, source }))
  await changeMembers(tx, { organization, members }, now)
  for (const portion of portionsOf(created, report)) {
    const fresh = portion.map(({ after }) => ({ ...after, source: 'import' as const, role: 'member' as const }))
    await addMembers(tx, { organization, members: fresh }, now)
  }
}

/** People written by one statement. Only so that there is progress to tell. */
const PORTION = 1_000

function* portionsOf<T>(all: readonly T[], report: Report): Generator<T[]> {
  for (let at = 0; at < all.length; at += PORTION) {
    report(at / all.length)
    yield all.slice(at, at + PORTION)
  }
}
