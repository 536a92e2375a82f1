import {
  GetReportPolicy,
  OwnReportPolicy,
  ReportPolicy,
  SetReportPolicy,
  SubscribedReport,
  SubscribeReport,
} from '../../../protocol/reports.ts'
import { recordAct } from '../../platform/audit.ts'
import { command, personOf, query, type Allowed, type Context } from '../../platform/command.ts'
import { addJob } from '../../platform/jobs.ts'
import { Refusal } from '../../platform/refusal.ts'
import { isActiveMember, isAdministratorAsking, lockOrganization } from '../organization/index.ts'
import type { OrganizationId } from '../../../protocol/ids.ts'
import { policyOf } from './access.ts'
import { jobKeyOf } from './jobs.ts'
import { leadsAnybody, putPolicy } from './store.ts'
import { endSubscription, findSubscription, lockSubscription, putSubscription, turnOf } from './subscription-store.ts'

export const getReportPolicy = query({
  name: 'report.get-policy',
  summary: 'What reports hold and who reads them, as the organization has agreed. For everybody in it.',
  input: GetReportPolicy,
  output: OwnReportPolicy,
  allow: (ctx, { organizationId }) => isActiveMember(ctx.tx, organizationId, personOf(ctx)),

  async run({ tx, ...ctx }, { organizationId }) {
    const personId = personOf(ctx)
    const policy = await policyOf(tx, organizationId)
    const mayRead = policy.isOn && (await leadsAnybody(tx, organizationId, personId))
    const subscription = await findSubscription(tx, { organizationId, personId })
    return { ...policy, mayRead, every: subscription?.every ?? ('never' as const) }
  },
})

export const setReportPolicy = command({
  name: 'report.set-policy',
  summary: 'Turn reports on or off, and say what employees are told about them. For administrators.',
  input: SetReportPolicy,
  output: ReportPolicy,
  lock: ({ tx }, { organizationId }) => lockOrganization(tx, organizationId),
  allow: isAdministratorAsking,

  async run(ctx, { organizationId, ...changes }, organization) {
    if (!organization) throw new Refusal('access.refused')
    const before = await policyOf(ctx.tx, organizationId)
    const { isOn = before.isOn, words = before.words } = changes
    const { timeZone = before.timeZone, countsDirect = before.countsDirect } = changes
    const policy = { isOn, words, timeZone, countsDirect }
    await putPolicy(ctx.tx, organizationId, policy)
    const facts = { isOn, timeZone, countsDirect, hasNewWords: words !== before.words }
    recordAct(ctx, { organizationId, act: 'report.policy-changed', facts })
    return policy
  },
})

export const subscribeReport = command({
  name: 'report.subscribe',
  summary: 'Get a report of each day, week or month by mail, at seven in the morning after it; or no more.',
  input: SubscribeReport,
  output: SubscribedReport,
  allow: allowSubscribing,

  async run(ctx, { organizationId, every }) {
    const reader = { organizationId, personId: personOf(ctx) }
    const before = await lockSubscription(ctx.tx, reader)
    if (every === 'never') {
      await endSubscription(ctx.tx, reader)
      return { every, nextAt: null }
    }
    if (before?.every === every) return { every, nextAt: before.nextAt }
    const { timeZone } = await policyOf(ctx.tx, organizationId)
    const { nextAt } = await turnOf(ctx.tx, every, { at: ctx.now.toISOString(), timeZone })
    await putSubscription(ctx.tx, reader, { every, nextAt })
    const options = { runAt: new Date(nextAt), key: jobKeyOf(reader) }
    await addJob(ctx.tx, 'reports.send', { ...reader, at: nextAt }, options)
    return { every, nextAt }
  },
})

/** To stop them is open to everybody. */
async function allowSubscribing(
  ctx: Context,
  { organizationId, every }: { organizationId: OrganizationId; every: string },
): Promise<Allowed> {
  const personId = personOf(ctx)
  if (!(await isActiveMember(ctx.tx, organizationId, personId))) return false
  if (every === 'never') return true
  if (!(await policyOf(ctx.tx, organizationId)).isOn) return new Refusal('report.off')
  return (await leadsAnybody(ctx.tx, organizationId, personId)) || new Refusal('report.nobody-below')
}
