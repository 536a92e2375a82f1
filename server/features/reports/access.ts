import type { ConversationId, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { ReportPolicy } from '../../../protocol/reports.ts'
import { personOf, type Allowed, type Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import type { Tx } from '../../platform/sql.ts'
import { isActiveMember } from '../organization/index.ts'
import { defaultPolicy, isPeriod } from './rules.ts'
import { findPolicy, isAbove, leadsAnybody, reachesGroup, type Scope } from './store.ts'

export type Asked = {
  organizationId: OrganizationId
  from: string
  until: string
  conversationId?: ConversationId | undefined
  personId?: PersonId | undefined
}

export async function policyOf(tx: Tx, organizationId: OrganizationId): Promise<ReportPolicy> {
  return (await findPolicy(tx, organizationId)) ?? defaultPolicy
}

/**
 * Reports go up the chart: one reads about those below oneself. Administrators as such read none. What concerns neither
 * them nor their groups is refused like what does not exist.
 */
export async function allowReading(ctx: Context, asked: Asked): Promise<Allowed> {
  const readerId = personOf(ctx)
  const { organizationId, conversationId, personId } = asked
  if (!(await isActiveMember(ctx.tx, organizationId, readerId))) return false
  if (!(await policyOf(ctx.tx, organizationId)).isOn) return new Refusal('report.off')
  if (!(await leadsAnybody(ctx.tx, organizationId, readerId))) return new Refusal('report.nobody-below')
  if (personId && personId !== readerId && !(await isAbove(ctx.tx, organizationId, { readerId, personId })))
    return false
  if (conversationId && !(await reachesGroup(ctx.tx, organizationId, { readerId, conversationId }))) return false
  return isPeriod(asked) || new Refusal('report.period', { path: 'until' })
}

export async function scopeOf(ctx: Pick<Context, 'tx'>, readerId: PersonId, asked: Asked): Promise<Scope> {
  const { organizationId, from, until, conversationId = null, personId = null } = asked
  const { timeZone } = await policyOf(ctx.tx, organizationId)
  return { organizationId, readerId, from, until, timeZone, conversationId, personId }
}
