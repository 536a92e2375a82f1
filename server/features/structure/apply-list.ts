import type { z } from 'zod'
import type { AppliedImport } from '../../../protocol/structure.ts'
import type { Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { findOrCreatePersons } from '../identity/index.ts'
import {
  addMembers,
  changeMembers,
  deactivateMembers,
  moveDirectory,
  type MemberFields,
  type MemberSource,
} from '../organization/index.ts'
import type { Comparison } from './compare.ts'
import { carryOut, holdPlan, planChange } from './follow-chart.ts'
import type { ListWork } from './list-work.ts'
import { actorIdOf, compareWithDirectory, type Beside } from './prepare-import.ts'

export type Applying = {
  list: ListWork
  beside: Beside
  /** Take the good rows although others are faulty. */
  skipFaulty: boolean
  /** Is told how far each step has come: from 0 to 1. */
  report(step: ApplyStep, share: number): void
}
export type ApplyStep = 'compare' | 'accounts' | 'people' | 'groups'
type Doer = Pick<Context, 'tx' | 'now' | 'actor'>

/** Makes the directory, its accounts and its groups as a list says. The organization is locked. */
export async function applyList(ctx: Doer, applying: Applying): Promise<z.output<typeof AppliedImport>> {
  const { tx, now } = ctx
  const { beside, report } = applying
  const { organization } = beside
  report('compare', 0)
  const comparison = await createAccounts(ctx, applying)
  const move = { organization, before: comparison.before, after: comparison.after }
  const { plan } = await planChange(tx, move)
  const held = await holdPlan(tx, move, plan)
  await writeDirectory(ctx, comparison, applying)
  await carryOut(tx, held, { actorId: actorIdOf(ctx), now, report: (share) => report('groups', share) })
  const { created, changed, deactivated, faultyCount } = comparison
  if (created.length + changed.length + deactivated.length > 0) await moveDirectory(tx, organization.id)
  return {
    created: created.length,
    changed: changed.length,
    deactivated: deactivated.length,
    skipped: faultyCount,
    groupsMade: plan.make.length,
  }
}

/** Compares, refuses faults that were not to be skipped, and compares again with the accounts that were missing. */
async function createAccounts({ tx, now }: Doer, { list, beside, skipFaulty, report }: Applying): Promise<Comparison> {
  const comparison = await compareWithDirectory(tx, list, beside)
  const isAllFaulty = comparison.faultyCount === list.rowCount
  if (comparison.faultyCount > 0 && (!skipFaulty || isAllFaulty)) throw new Refusal('import.faulty')
  if (comparison.created.length === 0) return comparison
  for (const portion of portionsOf(comparison.created, (share) => report('accounts', share)))
    await findOrCreatePersons(
      tx,
      portion.map(({ after }) => after.address),
      now,
    )
  return compareWithDirectory(tx, list, beside)
}

async function writeDirectory({ tx, now }: Doer, comparison: Comparison, { beside, report }: Applying): Promise<void> {
  const { organization, source } = beside
  const { created, deactivated } = comparison
  await deactivateMembers(tx, { organization, personIds: deactivated.map(({ personId }) => personId) }, now)
  await changeMembers(tx, { organization, members: rewritten(comparison, source) }, now)
  for (const portion of portionsOf(created, (share) => report('people', share))) {
    const fresh = portion.map(({ after }) => ({ ...after, source, role: 'member' as const }))
    await addMembers(tx, { organization, members: fresh }, now)
  }
}

/** Those of whom something changes, even if it is only whose word counts about them. */
function rewritten({ changed, adopted }: Comparison, source: MemberSource): MemberFields[] {
  const changedIds = new Set(changed.map(({ after }) => after.personId))
  const adoptedIds = new Set(adopted.map(({ personId }) => personId))
  return [
    ...changed.map(({ before, after }) => ({
      ...after,
      source: adoptedIds.has(after.personId) ? source : before.source,
    })),
    ...adopted.filter(({ personId }) => !changedIds.has(personId)).map((after) => ({ ...after, source })),
  ]
}

/** People written by one statement. Only so that there is progress to tell. */
const PORTION = 1_000

function* portionsOf<T>(all: readonly T[], report: (share: number) => void): Generator<T[]> {
  for (let at = 0; at < all.length; at += PORTION) {
    report(at / all.length)
    yield all.slice(at, at + PORTION)
  }
}
