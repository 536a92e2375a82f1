import type { OrderColumn, OrderImport } from '../../../protocol/order-imports.ts'
import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Tx } from '../../platform/sql.ts'

export type NewImport = {
  organizationId: OrganizationId
  id: string
  askedBy: PersonId
  content: Buffer
  columns: readonly OrderColumn[]
  currency: string
  rulesAct: boolean
  total: number
  counts: OrderImport['counts']
}

export async function insertImport(tx: Tx, one: NewImport, now: Date): Promise<boolean> {
  const rows = await tx`
    insert into order_import (organization_id, id, asked_by, content, columns, currency, rules_act, state, total,
      counts, at)
    values (${one.organizationId}, ${one.id}, ${one.askedBy}, ${one.content}, ${JSON.stringify(one.columns)}::jsonb,
      ${one.currency}, ${one.rulesAct}, 'running', ${one.total}, ${JSON.stringify(one.counts)}::jsonb, ${now})
    on conflict do nothing returning 1`
  return rows.length > 0
}

export type ImportRow = OrderImport & {
  organizationId: OrganizationId
  askedBy: PersonId
  content: Buffer | null
  columns: OrderColumn[]
  currency: string
  rulesAct: boolean
}

export async function lockImport(tx: Tx, organizationId: OrganizationId, id: string): Promise<ImportRow | undefined> {
  const [row] = await tx<ImportRow>`
    select organization_id as "organizationId", id, asked_by as "askedBy", content, columns, currency,
      rules_act as "rulesAct", state, done, total, counts
    from order_import where organization_id = ${organizationId} and id = ${id} for no key update`
  return row
}

export async function findImport(tx: Tx, organizationId: OrganizationId, id: string): Promise<OrderImport | undefined> {
  const [row] = await tx<OrderImport>`
    select id, state, done, total, counts from order_import
    where organization_id = ${organizationId} and id = ${id}`
  return row
}

/** Whoever is done forgets the file. */
export async function moveImport(
  tx: Tx,
  organizationId: OrganizationId,
  { id, state, done, counts }: Pick<OrderImport, 'id' | 'state' | 'done' | 'counts'>,
): Promise<void> {
  await tx`
    update order_import
    set state = ${state}, done = ${done}, counts = ${JSON.stringify(counts)}::jsonb,
      content = case when ${state === 'running'} then content end
    where organization_id = ${organizationId} and id = ${id}`
}
