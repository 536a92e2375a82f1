import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { RuleContent } from '../../../protocol/order-rules.ts'
import type { OrderStatus } from '../../../protocol/orders.ts'
import type { Tx } from '../../platform/sql.ts'
import type { RuleVersion } from './decide.ts'

export type RuleRow = RuleVersion & { given: number; takenBack: number; spent: number }

export async function listRules(tx: Tx, organizationId: OrganizationId, limit: number): Promise<RuleRow[]> {
  return tx<RuleRow>`
    select rule.id as "ruleId", made.version, made.organization_id as "organizationId", made.status,
      made.is_active as "isActive", made.content, made.compiled, made.made_by as "madeBy", made.made_at as "madeAt",
      made.superseded_at as "supersededAt", rule.given, rule.taken_back as "takenBack",
      rule.spent
    from order_rule as rule
    join order_rule_version as made on made.rule_id = rule.id and made.version = rule.version
    where rule.organization_id = ${organizationId}
    order by (made.content ->> 'priority')::int desc, rule.id limit ${limit}`
}

export async function findRule(tx: Tx, organizationId: OrganizationId, ruleId: string): Promise<RuleRow | undefined> {
  const [row] = await tx<RuleRow>`
    select rule.id as "ruleId", made.version, made.organization_id as "organizationId", made.status,
      made.is_active as "isActive", made.content, made.compiled, made.made_by as "madeBy", made.made_at as "madeAt",
      made.superseded_at as "supersededAt", rule.given, rule.taken_back as "takenBack",
      rule.spent
    from order_rule as rule
    join order_rule_version as made on made.rule_id = rule.id and made.version = rule.version
    where rule.organization_id = ${organizationId} and rule.id = ${ruleId}`
  return row
}

export type PastVersion = RuleVersion & { given: number; takenBack: number; coupons: number }

/** Of a rule, the newest first, with what each gave. */
export async function listVersions(tx: Tx, { organizationId, ruleId, before, limit }: Listing): Promise<PastVersion[]> {
  return tx<PastVersion>`
    with listed as (
      select * from order_rule_version
      where rule_id = ${ruleId} and organization_id = ${organizationId}
        and (${before}::int is null or version < ${before})
      order by version desc limit ${limit}
    ),
    counted as (
      select rule_version, count(*) as given, count(taken_back_at) as taken_back, sum(coupons) as coupons
      from order_issue
      where rule_id = ${ruleId} and organization_id = ${organizationId}
      group by rule_version
    )
    select listed.rule_id as "ruleId", listed.version, listed.organization_id as "organizationId", listed.status,
      listed.is_active as "isActive", listed.content, listed.compiled, listed.made_by as "madeBy",
      listed.made_at as "madeAt", listed.superseded_at as "supersededAt", coalesce(counted.given, 0) as given,
      coalesce(counted.taken_back, 0) as "takenBack", coalesce(counted.coupons, 0) as coupons
    from listed
    left join counted on counted.rule_version = listed.version
    order by listed.version desc`
}

type Listing = { organizationId: OrganizationId; ruleId: string; before: number | null; limit: number }

/** Whose rule this is, while nobody else changes it. */
export async function lockRule(tx: Tx, ruleId: string): Promise<{ organizationId: OrganizationId } | undefined> {
  const [row] = await tx<{ organizationId: OrganizationId }>`
    select organization_id as "organizationId" from order_rule where id = ${ruleId} for no key update`
  return row
}

export async function countRules(tx: Tx, organizationId: OrganizationId): Promise<number> {
  const [row] = await tx<{ count: number }>`
    select count(*) as count from order_rule where organization_id = ${organizationId}`
  return row?.count ?? 0
}

export type NewVersion = {
  ruleId: string
  version: number
  organizationId: OrganizationId
  content: RuleContent
  compiled: string
  madeBy: PersonId
}

/** Makes a rule, or a further version of one; the one before it is over at the same moment. */
export async function putVersion(
  tx: Tx,
  { ruleId, version, organizationId, content, compiled, madeBy }: NewVersion,
  now: Date,
): Promise<void> {
  await tx`
    insert into order_rule (id, organization_id, version) values (${ruleId}, ${organizationId}, ${version})
    on conflict (id) do update set version = excluded.version`
  await tx`
    update order_rule_version set superseded_at = ${now}
    where rule_id = ${ruleId} and superseded_at is null`
  await tx`
    insert into order_rule_version (rule_id, version, organization_id, status, is_active, content, compiled, made_by,
      made_at)
    values (${ruleId}, ${version}, ${organizationId}, ${content.status}, ${content.isActive},
      ${JSON.stringify(content)}::jsonb, ${compiled}, ${madeBy}, ${now})`
}

/** Versions for these states that were in force at this time or later. */
export async function readVersions(
  tx: Tx,
  organizationIds: readonly OrganizationId[],
  { statuses, since }: { statuses: readonly OrderStatus[]; since: string },
): Promise<RuleVersion[]> {
  return tx<RuleVersion>`
    select rule_id as "ruleId", version, organization_id as "organizationId", status, is_active as "isActive", content,
      compiled, made_by as "madeBy", made_at as "madeAt", superseded_at as "supersededAt"
    from order_rule_version
    where organization_id = any(${organizationIds}::uuid[]) and status = any(${statuses}::text[])
      and (superseded_at is null or superseded_at > ${since}::timestamptz) and is_active`
}

/** What was asked when an order became what it is: all versions in force then. */
export async function readVersionsAt(
  tx: Tx,
  organizationId: OrganizationId,
  { status, at }: { status: OrderStatus; at: string },
): Promise<RuleVersion[]> {
  return tx<RuleVersion>`
    select rule_id as "ruleId", version, organization_id as "organizationId", status, is_active as "isActive", content,
      compiled, made_by as "madeBy", made_at as "madeAt", superseded_at as "supersededAt"
    from order_rule_version
    where organization_id = ${organizationId} and status = ${status} and is_active
      and made_at <= ${at}::timestamptz and (superseded_at is null or superseded_at > ${at}::timestamptz)`
}
