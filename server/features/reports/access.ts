import type { ConversationId, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { ReportPolicy } from '../../../protocol/reports.ts'
import { personOf, type Allowed, type Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import type { Tx } from '../../platform/sql.ts'
import { isActiveMember } from '../organization/index.ts'
import { defaultPolicy, isPeriod } from './rules.ts'
import { findPolicy, groupsOfCustomers, isAbove, keepsBelow, leadsAnybody, reachesGroup, type Scope } from './store.ts'

export type Asked = {
  organizationId: OrganizationId
  from: string
  until: string
  conversationId?: ConversationId | undefined
  personId?: PersonId | undefined
  contactId?: PersonId | undefined
  tag?: string | undefined
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
  const { organizationId, conversationId, personId, contactId } = asked
  const allowed = await allowLeading(ctx, asked)
  if (allowed !== true) return allowed
  if (personId && personId !== readerId && !(await isAbove(ctx.tx, organizationId, { readerId, personId })))
    return false
  if (conversationId && !(await reachesGroup(ctx.tx, organizationId, { readerId, conversationId }))) return false
  if (contactId && !(await keepsBelow(ctx.tx, organizationId, { readerId, contactId }))) return false
  return isPeriod(asked) || new Refusal('report.period', { path: 'until' })
}

/** For `allow`: whoever has somebody below them, where there are reports. */
export async function allowLeading(ctx: Context, { organizationId }: Pick<Asked, 'organizationId'>): Promise<Allowed> {
  const readerId = personOf(ctx)
  if (!(await isActiveMember(ctx.tx, organizationId, readerId))) return false
  if (!(await policyOf(ctx.tx, organizationId)).isOn) return new Refusal('report.off')
  return (await leadsAnybody(ctx.tx, organizationId, readerId)) || new Refusal('report.nobody-below')
}

export async function scopeOf({ tx }: Pick<Context, 'tx'>, readerId: PersonId, asked: Asked): Promise<Scope> {
  const { organizationId, from, until, conversationId, personId = null, contactId = null, tag = null } = asked
  const { timeZone } = await policyOf(tx, organizationId)
  const all = conversationId === undefined ? null : [conversationId]
  const isOfCustomers = contactId !== null || tag !== null
  const theirs = isOfCustomers ? await groupsOfCustomers(tx, { organizationId, readerId }, { contactId, tag }) : null
  const conversationIds = all && theirs ? all.filter((id) => theirs.includes(id)) : (all ?? theirs)
  return { organizationId, readerId, from, until, timeZone, conversationIds, personId }
}
