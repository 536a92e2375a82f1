import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Content } from './content.ts'
import type { Tx } from '../../platform/sql.ts'

export type DispatchRow = {
  id: string
  purpose: Content['purpose']
  organizationId: OrganizationId | null
  personId: PersonId | null
  address: string
  expiresAt: Date
  sealed: Buffer
}

export async function insertDispatches(tx: Tx, rows: readonly DispatchRow[], now: Date): Promise<void> {
  await tx`
    insert into dispatch (id, purpose, organization_id, person_id, address, sealed, created_at, expires_at)
    select id, purpose, organization_id, person_id, address, decode(sealed, 'hex'), ${now}, expires_at
    from unnest(
      ${rows.map((row) => row.id)}::uuid[],
      ${rows.map((row) => row.purpose)}::text[],
      ${rows.map((row) => row.organizationId)}::uuid[],
      ${rows.map((row) => row.personId)}::uuid[],
      ${rows.map((row) => row.address)}::text[],
      ${rows.map((row) => row.sealed.toString('hex'))}::text[],
      ${rows.map((row) => row.expiresAt)}::timestamptz[]
    ) as row (id, purpose, organization_id, person_id, address, sealed, expires_at)`
}

export type Waiting = { id: string; address: string; sealed: Buffer }

/** Those that are still to be sent; counts the attempt. */
export async function takeWaiting(tx: Tx, ids: readonly string[], now: Date): Promise<Waiting[]> {
  return tx<Waiting>`
    update dispatch set attempts = attempts + 1
    where id = any(${ids}::uuid[]) and state = 'waiting' and sealed is not null and expires_at > ${now}::timestamptz
    returning id, address, sealed`
}

export async function markShown(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx`update dispatch set state = 'shown' where id = any(${ids}::uuid[]) and state = 'waiting'`
}

/** The content has left; what is not needed any more is not kept. */
export async function markSent(tx: Tx, id: string): Promise<void> {
  await tx`update dispatch set state = 'sent', fault = null, sealed = null where id = ${id} and state = 'waiting'`
}

export async function markFailed(tx: Tx, id: string, fault: string): Promise<void> {
  await tx`update dispatch set state = 'failed', fault = ${fault}, sealed = null where id = ${id} and state = 'waiting'`
}

export async function markFaulty(tx: Tx, id: string, fault: string): Promise<void> {
  await tx`update dispatch set fault = ${fault} where id = ${id} and state = 'waiting'`
}

/** Their codes have been used or replaced. */
export async function wipe(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx`
    update dispatch set sealed = null, state = case state when 'waiting' then 'expired' else state end
    where id = any(${ids}::uuid[]) and sealed is not null`
}

export async function wipeExpired(tx: Tx, now: Date): Promise<void> {
  await tx`
    update dispatch set sealed = null, state = case when state in ('waiting', 'shown') then 'expired' else state end
    where sealed is not null and expires_at <= ${now}::timestamptz`
}

export async function deleteBefore(tx: Tx, before: Date): Promise<void> {
  await tx`delete from dispatch where created_at < ${before}::timestamptz and sealed is null`
}
