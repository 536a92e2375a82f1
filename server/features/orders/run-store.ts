import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { OrderRun, RuleContent } from '../../../protocol/order-rules.ts'
import type { OrderStatus } from '../../../protocol/orders.ts'
import type { Tx } from '../../platform/sql.ts'
import type { Trigger } from './decide.ts'

export type RunRow = OrderRun & {
  organizationId: OrganizationId
  askedBy: PersonId
  ruleId: string | null
  content: RuleContent
  compiled: string
  position: string | null
  at: string
}

export async function insertRun(
  tx: Tx,
  run: Omit<RunRow, 'done' | 'sample' | 'position' | 'at' | 'state'>,
  now: Date,
): Promise<void> {
  await tx`
    insert into order_run (organization_id, id, asked_by, mode, rule_id, content, compiled, state, total, counts, at)
    values (${run.organizationId}, ${run.id}, ${run.askedBy}, ${run.mode}, ${run.ruleId},
      ${JSON.stringify(run.content)}::jsonb, ${run.compiled}, 'running', ${run.total},
      ${JSON.stringify(run.counts)}::jsonb, ${now})`
}

export async function findRun(tx: Tx, organizationId: OrganizationId, id: string): Promise<RunRow | undefined> {
  const [row] = await tx<RunRow>`
    select organization_id as "organizationId", id, asked_by as "askedBy", mode, rule_id as "ruleId", content, compiled,
      state, done, total, position, counts, sample, at
    from order_run where organization_id = ${organizationId} and id = ${id}`
  return row
}

export async function lockRun(tx: Tx, organizationId: OrganizationId, id: string): Promise<RunRow | undefined> {
  await tx`select from order_run where organization_id = ${organizationId} and id = ${id} for no key update`
  return findRun(tx, organizationId, id)
}

export async function countRunning(tx: Tx, organizationId: OrganizationId, since: Date): Promise<number> {
  const [row] = await tx<{ count: number }>`
    select count(*) as count from order_run
    where organization_id = ${organizationId} and state = 'running' and at > ${since}`
  return row?.count ?? 0
}

export async function moveRun(
  tx: Tx,
  { organizationId, id, state, done, position, counts, sample }: RunRow,
): Promise<void> {
  await tx`
    update order_run
    set state = ${state}, done = ${done}, position = ${position}, counts = ${JSON.stringify(counts)}::jsonb,
      sample = ${JSON.stringify(sample)}::jsonb
    where organization_id = ${organizationId} and id = ${id}`
}

/** How many orders there are to look at. */
export async function countOrders(tx: Tx, organizationId: OrganizationId): Promise<number> {
  const [row] = await tx<{ count: number }>`
    select count(*) as count from customer_order where organization_id = ${organizationId}`
  return row?.count ?? 0
}

export type PastOrder = { id: string; externalId: string; customerName: string }

/** The next orders by their ids, which is about the order in which they became known. */
export async function readPortion(
  tx: Tx,
  organizationId: OrganizationId,
  { after, limit }: { after: string | null; limit: number },
): Promise<PastOrder[]> {
  return tx<PastOrder>`
    select id, external_id as "externalId",
      coalesce(nullif(outsider.name, ''), nullif(customer_name, ''), customer_key) as "customerName"
    from customer_order
    left join outsider on outsider.organization_id = customer_order.organization_id
      and outsider.person_id = customer_order.person_id
    where customer_order.organization_id = ${organizationId} and (${after}::uuid is null or id > ${after}::uuid)
    order by id limit ${limit}`
}

/** How often these orders have become this, in the order of the source; past and late changes too. */
export async function readPastTriggers(
  tx: Tx,
  organizationId: OrganizationId,
  { orderIds, rank, status }: { orderIds: readonly string[]; rank: number; status: OrderStatus },
): Promise<Trigger[]> {
  return tx<Trigger>`
    select entry.organization_id as "organizationId", entry.order_id as "orderId", entry.version, entry.rank, entry.at,
      entry.details, ${status}::text as status, known.person_id as "personId", known.was_cancelled as "wasCancelled"
    from order_entry as entry
    join customer_order as known on known.organization_id = entry.organization_id and known.id = entry.order_id
    where entry.organization_id = ${organizationId} and entry.order_id = any(${orderIds}::uuid[])
      and entry.rank = ${rank} and entry.is_change
    order by entry.order_id, entry.version`
}
