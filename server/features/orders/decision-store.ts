import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import { limits } from '../../../protocol/limits.ts'
import type { RuleContent } from '../../../protocol/order-rules.ts'
import type { OrderStatus, RuleOutcome } from '../../../protocol/orders.ts'
import type { Tx } from '../../platform/sql.ts'
import type { CustomerFacts, Trigger } from './decide.ts'
import { statusOf } from './history.ts'
import type { EntryKey } from './store.ts'

export type ReadTrigger = Trigger & { isPast: boolean }

/** The orders of these changes, as they were then; in the order of asking. */
export async function readTriggers(tx: Tx, keys: readonly EntryKey[]): Promise<ReadTrigger[]> {
  const rows = await tx<Omit<ReadTrigger, keyof EntryKey | 'status'> & { position: number }>`
    select asked.position, entry.at, entry.details, entry.is_past as "isPast", known.person_id as "personId",
      known.was_cancelled as "wasCancelled"
    from unnest(
      ${keys.map(({ organizationId }) => organizationId)}::uuid[],
      ${keys.map(({ orderId }) => orderId)}::uuid[],
      ${keys.map(({ version }) => version)}::bigint[],
      ${keys.map(({ rank }) => rank)}::int[]
    ) with ordinality as asked (organization_id, order_id, version, rank, position)
    cross join lateral (
      select * from order_entry
      where order_entry.organization_id = asked.organization_id and order_entry.order_id = asked.order_id
        and order_entry.version = asked.version and order_entry.rank = asked.rank
      limit 1
    ) as entry
    cross join lateral (
      select person_id, was_cancelled from customer_order
      where customer_order.organization_id = asked.organization_id and customer_order.id = asked.order_id
      limit 1
    ) as known
    order by position`
  return rows.flatMap(({ position, ...row }) => {
    const key = keys[position - 1]
    return key ? [{ ...key, ...row, status: statusOf(key.rank) }] : []
  })
}

/** What these orders have become since then, and rules may act on. */
export async function readRecentChanges(
  tx: Tx,
  orders: readonly { organizationId: OrganizationId; orderId: string }[],
  since: Date,
): Promise<EntryKey[]> {
  return tx<EntryKey>`
    select entry.organization_id as "organizationId", entry.order_id as "orderId", entry.version, entry.rank
    from unnest(
      ${orders.map(({ organizationId }) => organizationId)}::uuid[],
      ${orders.map(({ orderId }) => orderId)}::uuid[]
    ) with ordinality as asked (organization_id, order_id, position)
    cross join lateral (
      select * from order_entry
      where order_entry.organization_id = asked.organization_id and order_entry.order_id = asked.order_id
        and is_change and not is_past and at >= ${since}
      order by version, rank limit 20
    ) as entry
    order by asked.position, entry.version, entry.rank`
}

type Asked = { organizationId: OrganizationId; orderId: string; personId: PersonId; placedAt: string }

/** Who they are, and how many of their orders came before this one and were not cancelled; in the order of asking. */
export async function readCustomers(tx: Tx, asked: readonly Asked[]): Promise<CustomerFacts[]> {
  return tx<CustomerFacts>`
    select coalesce(contact.tags, '{}') as tags, earlier.count as "earlierOrders"
    from unnest(
      ${asked.map(({ organizationId }) => organizationId)}::uuid[],
      ${asked.map(({ orderId }) => orderId)}::uuid[],
      ${asked.map(({ personId }) => personId)}::uuid[],
      ${asked.map(({ placedAt }) => placedAt)}::timestamptz[]
    ) with ordinality as asked (organization_id, order_id, person_id, placed_at, position)
    left join contact on contact.organization_id = asked.organization_id and contact.person_id = asked.person_id
    cross join lateral (
      select count(*) as count from (
        select from customer_order as other
        where other.organization_id = asked.organization_id and other.person_id = asked.person_id
          and other.placed_at <= asked.placed_at and (other.placed_at, other.id) < (asked.placed_at, asked.order_id)
          and not other.was_cancelled
        limit ${limits.earlierOrders}
      ) as found
    ) as earlier
    order by position`
}

export type Decision = {
  organizationId: OrganizationId
  orderId: string
  status: OrderStatus
  version: number
  rank: number
  at: string
  customer: CustomerFacts | null
  outcomes: { ruleId: string; version: number; outcome: RuleOutcome }[]
}

/** An order that comes to the same state again is looked at again; what it was given stays. */
export async function putDecisions(tx: Tx, decisions: readonly Decision[]): Promise<void> {
  await tx`
    insert into order_decision (organization_id, order_id, status, version, rank, at, customer, outcomes)
    select organization_id, order_id, status, version, rank, at, customer::jsonb, outcomes::jsonb
    from unnest(
      ${decisions.map(({ organizationId }) => organizationId)}::uuid[],
      ${decisions.map(({ orderId }) => orderId)}::uuid[],
      ${decisions.map(({ status }) => status)}::text[],
      ${decisions.map(({ version }) => version)}::bigint[],
      ${decisions.map(({ rank }) => rank)}::int[],
      ${decisions.map(({ at }) => at)}::timestamptz[],
      ${decisions.map(({ customer }) => (customer ? JSON.stringify(customer) : null))}::text[],
      ${decisions.map(({ outcomes }) => JSON.stringify(outcomes))}::text[]
    ) as fresh (organization_id, order_id, status, version, rank, at, customer, outcomes)
    on conflict (organization_id, order_id, status) do update
    set version = excluded.version, rank = excluded.rank, at = excluded.at, customer = excluded.customer,
      outcomes = excluded.outcomes`
}

export async function readDecisions(tx: Tx, organizationId: OrganizationId, orderId: string): Promise<Decision[]> {
  return tx<Decision>`
    select organization_id as "organizationId", order_id as "orderId", status, version, rank, at, customer, outcomes
    from order_decision where organization_id = ${organizationId} and order_id = ${orderId}
    order by version, rank limit 20`
}

export type IssueRow = {
  ruleId: string
  ruleVersion: number
  organizationId: OrganizationId
  orderId: string
  status: OrderStatus
  personId: PersonId
  day: string
  /** How many it brought. */
  coupons: number
}

/** Those among them that are new: one for each rule, order and trigger, whatever happens. */
export async function insertIssues(
  tx: Tx,
  issues: readonly IssueRow[],
  now: Date,
): Promise<{ ruleId: string; orderId: string; status: OrderStatus }[]> {
  return tx<{ ruleId: string; orderId: string; status: OrderStatus }>`
    insert into order_issue (rule_id, order_id, status, organization_id, rule_version, person_id, day, coupons,
      at)
    select rule_id, order_id, status, organization_id, rule_version, person_id, day, coupons, ${now}::timestamptz
    from unnest(
      ${issues.map(({ ruleId }) => ruleId)}::uuid[],
      ${issues.map(({ orderId }) => orderId)}::uuid[],
      ${issues.map(({ status }) => status)}::text[],
      ${issues.map(({ organizationId }) => organizationId)}::uuid[],
      ${issues.map(({ ruleVersion }) => ruleVersion)}::int[],
      ${issues.map(({ personId }) => personId)}::uuid[],
      ${issues.map(({ day }) => day)}::date[],
      ${issues.map(({ coupons }) => coupons)}::bigint[]
    ) as fresh (rule_id, order_id, status, organization_id, rule_version, person_id, day, coupons)
    on conflict (rule_id, order_id, status) do nothing
    returning rule_id as "ruleId", order_id as "orderId", status`
}

export type RuleCount = { ruleId: string; given: number; takenBack: number; spent: number }

/** What these rules have given so far, while nobody else gives by them. */
export async function lockRuleCounts(tx: Tx, ruleIds: readonly string[]): Promise<RuleCount[]> {
  return tx<RuleCount>`
    select id as "ruleId", given, taken_back as "takenBack", spent from order_rule
    where id = any(${ruleIds}::uuid[]) order by id for no key update`
}

/** The same for those who only look. */
export async function readRuleCounts(tx: Tx, ruleIds: readonly string[]): Promise<RuleCount[]> {
  return tx<RuleCount>`
    select id as "ruleId", given, taken_back as "takenBack", spent from order_rule where id = any(${ruleIds}::uuid[])`
}

export type CountDelta = { ruleId: string; given: number; takenBack: number; spent: number }

export async function addRuleCounts(tx: Tx, deltas: readonly CountDelta[]): Promise<void> {
  await tx`
    update order_rule
    set given = order_rule.given + delta.given, taken_back = order_rule.taken_back + delta.taken_back,
      spent = order_rule.spent + delta.spent
    from unnest(
      ${deltas.map(({ ruleId }) => ruleId)}::uuid[],
      ${deltas.map(({ given }) => given)}::bigint[],
      ${deltas.map(({ takenBack }) => takenBack)}::bigint[],
      ${deltas.map(({ spent }) => spent)}::bigint[]
    ) as delta (id, given, taken_back, spent)
    where order_rule.id = delta.id`
}

type IssueKey = Pick<IssueRow, 'ruleId' | 'orderId' | 'status'>

export async function findIssues(tx: Tx, asked: readonly IssueKey[]): Promise<(IssueKey & { isTakenBack: boolean })[]> {
  return tx<IssueKey & { isTakenBack: boolean }>`
    select issue.rule_id as "ruleId", issue.order_id as "orderId", issue.status,
      issue.taken_back_at is not null as "isTakenBack"
    from unnest(
      ${asked.map(({ ruleId }) => ruleId)}::uuid[],
      ${asked.map(({ orderId }) => orderId)}::uuid[],
      ${asked.map(({ status }) => status)}::text[]
    ) as asked (rule_id, order_id, status)
    cross join lateral (
      select * from order_issue
      where order_issue.rule_id = asked.rule_id and order_issue.order_id = asked.order_id
        and order_issue.status = asked.status
      limit 1
    ) as issue`
}

/** What these people, and these days, have had of a rule and kept. */
export async function countIssues(
  tx: Tx,
  asked: readonly { ruleId: string; personId: PersonId; day: string }[],
): Promise<{ ruleId: string; key: string; count: number }[]> {
  const ruleIds = asked.map(({ ruleId }) => ruleId)
  return tx<{ ruleId: string; key: string; count: number }>`
    select rule_id as "ruleId", person_id::text as key, count(*) as count from order_issue
    where (rule_id, person_id) in (
        select * from unnest(${ruleIds}::uuid[], ${asked.map(({ personId }) => personId)}::uuid[]))
      and taken_back_at is null
    group by rule_id, person_id
    union all
    select rule_id, day::text, count(*) from order_issue
    where (rule_id, day) in (select * from unnest(${ruleIds}::uuid[], ${asked.map(({ day }) => day)}::date[]))
      and taken_back_at is null
    group by rule_id, day`
}

export type OpenIssue = Omit<IssueRow, 'coupons'> & { at: string; takenBackAt: string | null }

/** What these orders have brought. */
export async function issuesOf(
  tx: Tx,
  orders: readonly { organizationId: OrganizationId; orderId: string }[],
): Promise<OpenIssue[]> {
  return tx<OpenIssue>`
    select issue.rule_id as "ruleId", issue.rule_version as "ruleVersion", issue.organization_id as "organizationId",
      issue.order_id as "orderId", issue.status, issue.person_id as "personId", issue.day::text as day, issue.at,
      issue.taken_back_at as "takenBackAt"
    from unnest(
      ${orders.map(({ organizationId }) => organizationId)}::uuid[],
      ${orders.map(({ orderId }) => orderId)}::uuid[]
    ) as asked (organization_id, order_id)
    join order_issue as issue using (organization_id, order_id)`
}

export async function markTakenBack(tx: Tx, issues: readonly IssueKey[], now: Date): Promise<void> {
  await tx`
    update order_issue set taken_back_at = ${now}
    from unnest(
      ${issues.map(({ ruleId }) => ruleId)}::uuid[],
      ${issues.map(({ orderId }) => orderId)}::uuid[],
      ${issues.map(({ status }) => status)}::text[]
    ) as back (rule_id, order_id, status)
    where order_issue.rule_id = back.rule_id and order_issue.order_id = back.order_id
      and order_issue.status = back.status`
}

export type VersionKey = { ruleId: string; version: number }

export async function readContents(
  tx: Tx,
  keys: readonly VersionKey[],
): Promise<(VersionKey & { content: RuleContent; madeBy: PersonId })[]> {
  return tx<VersionKey & { content: RuleContent; madeBy: PersonId }>`
    select made.rule_id as "ruleId", made.version, made.content, made.made_by as "madeBy"
    from unnest(
      ${keys.map(({ ruleId }) => ruleId)}::uuid[], ${keys.map(({ version }) => version)}::bigint[]
    ) as asked (rule_id, version)
    join order_rule_version as made on made.rule_id = asked.rule_id and made.version = asked.version`
}
