import { isDeepStrictEqual } from 'node:util'
import { GetRun, OrderRun, RuleContent, StartRun } from '../../../protocol/order-rules.ts'
import { recordAct } from '../../platform/audit.ts'
import { command, personOf, query, type Context } from '../../platform/command.ts'
import { addJob } from '../../platform/jobs.ts'
import { Refusal } from '../../platform/refusal.ts'
import { isAdministratorAsking, lockOrganization } from '../organization/index.ts'
import { checkRule } from './compile-rule.ts'
import { findRule } from './rule-store.ts'
import { noCounts } from './run-counts.ts'
import * as store from './run-store.ts'
import type { z } from 'zod'

/** Of one organization, under way. */
const RUNNING_MAX = 3
/** What has run so long was interrupted for good. */
const RUNNING_MAX_MS = 6 * 3_600_000

export const startRun = command({
  name: 'order-run.start',
  summary:
    'Look at the orders there are with the eyes of a rule: dry to see what it would give, live to give it. For ' +
    'administrators.',
  input: StartRun,
  output: OrderRun,

  lock: ({ tx }, { organizationId }) => lockOrganization(tx, organizationId),
  allow: isAdministratorAsking,

  async run(ctx, input) {
    const { tx, now } = ctx
    const { organizationId, runId, mode, rule, ruleId } = input
    const known = await store.findRun(tx, organizationId, runId)
    if (known) return toRun(known)
    const compiled = checkRule(rule.form, rule.expression)
    if (mode === 'live') await requireSaved(ctx, input)
    if ((await store.countRunning(tx, organizationId, new Date(now.getTime() - RUNNING_MAX_MS))) >= RUNNING_MAX)
      throw new Refusal('order-run.busy')
    const total = await store.countOrders(tx, organizationId)
    const made = { organizationId, id: runId, askedBy: personOf(ctx), mode, ruleId, content: rule, compiled, total }
    await store.insertRun(tx, { ...made, counts: noCounts }, now)
    await addJob(tx, 'orders.run-rule', { organizationId, runId }, { attemptsMax: 20 })
    if (mode === 'live') recordAct(ctx, { organizationId, act: 'order-rule.run', thingId: ruleId ?? runId })
    const run = await store.findRun(tx, organizationId, runId)
    if (!run) throw new Error('A run was not stored.')
    return toRun(run)
  },
})

/** What gives coupons is a rule that is saved and active, just as it is. */
async function requireSaved({ tx }: Context, { organizationId, ruleId, rule }: z.output<typeof StartRun>) {
  const saved = ruleId === null ? undefined : await findRule(tx, organizationId, ruleId)
  const isSame = saved?.isActive && isDeepStrictEqual(RuleContent.parse(saved.content), rule)
  if (!isSame) throw new Refusal('order-rule.inactive', { path: 'ruleId' })
}

export const getRun = query({
  name: 'order-run.get',
  summary: 'How far a run has come, and what it has found. For administrators.',
  input: GetRun,
  output: OrderRun,
  allow: isAdministratorAsking,

  async run({ tx }, { organizationId, runId }) {
    const found = await store.findRun(tx, organizationId, runId)
    if (!found) throw new Refusal('order-run.not-found', { path: 'runId' })
    return toRun(found)
  },
})

const toRun = ({ id, mode, state, done, total, counts, sample }: store.RunRow) => ({
  id,
  mode,
  state,
  done,
  total,
  counts,
  sample,
})
