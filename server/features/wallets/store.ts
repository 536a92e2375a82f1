import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { WalletKind } from '../../../protocol/wallets.ts'
import type { Tx } from '../../platform/sql.ts'

export type PassRow = {
  id: string
  organizationId: OrganizationId
  couponId: string
  personId: PersonId
  wallet: WalletKind
  changedAt: string
}

/** The pass of this person for this coupon; there is one in each wallet. */
export async function putPass(tx: Tx, pass: Omit<PassRow, 'changedAt'>, now: Date): Promise<string> {
  const { couponId, personId, wallet } = pass
  await tx`
    insert into wallet_pass (id, organization_id, coupon_id, person_id, wallet, changed_at)
    values (${pass.id}, ${pass.organizationId}, ${couponId}, ${personId}, ${wallet}, ${now})
    on conflict (coupon_id, person_id, wallet) do nothing`
  const [row] = await tx<{ id: string }>`
    select id from wallet_pass where coupon_id = ${couponId} and person_id = ${personId} and wallet = ${wallet}`
  if (!row) throw new Error('The pass that was just made is not there.')
  return row.id
}

export async function findPass(tx: Tx, id: string): Promise<PassRow | undefined> {
  const [row] = await tx<PassRow>`
    select id, organization_id as "organizationId", coupon_id as "couponId", person_id as "personId", wallet,
      changed_at as "changedAt"
    from wallet_pass where id = ${id}`
  return row
}

/** The passes of these coupons are different from now on. */
export async function markChanged(tx: Tx, couponIds: readonly string[], now: Date): Promise<PassRow[]> {
  return tx<PassRow>`
    update wallet_pass set changed_at = greatest(${now}::timestamptz, date_trunc('second', changed_at) + interval '1 s')
    where coupon_id = any(${couponIds}::uuid[])
    returning id, organization_id as "organizationId", coupon_id as "couponId", person_id as "personId", wallet,
      changed_at as "changedAt"`
}

export type Registration = { passId: string; deviceId: string }

export async function countDevices(tx: Tx, passId: string): Promise<number> {
  const [row] = await tx<{ count: number }>`
    select count(*)::int as count from wallet_device where pass_id = ${passId}`
  return row?.count ?? 0
}

/** False where the phone was known already; its token may be a new one. */
export async function putDevice(tx: Tx, device: Registration & { pushToken: string }): Promise<boolean> {
  const [row] = await tx<{ isNew: boolean }>`
    insert into wallet_device (pass_id, device_id, push_token)
    values (${device.passId}, ${device.deviceId}, ${device.pushToken})
    on conflict (pass_id, device_id) do update set push_token = excluded.push_token
    returning xmax = 0 as "isNew"`
  return row?.isNew ?? false
}

export async function removeDevice(tx: Tx, { passId, deviceId }: Registration): Promise<void> {
  await tx`delete from wallet_device where pass_id = ${passId} and device_id = ${deviceId}`
}

/** What lies on this phone and has changed since. */
export async function listChanged(tx: Tx, deviceId: string, since: Date, limit: number): Promise<string[]> {
  const rows = await tx<{ id: string }>`
    select id from wallet_device join wallet_pass on id = pass_id
    where device_id = ${deviceId} and changed_at > ${since}
    order by changed_at desc limit ${limit}`
  return rows.map(({ id }) => id)
}

export async function listPushTokens(tx: Tx, passIds: readonly string[], limit: number): Promise<string[]> {
  const rows = await tx<{ pushToken: string }>`
    select distinct push_token as "pushToken" from wallet_device where pass_id = any(${passIds}::uuid[])
    order by push_token limit ${limit}`
  return rows.map(({ pushToken }) => pushToken)
}

export async function forgetPushTokens(tx: Tx, pushTokens: readonly string[]): Promise<void> {
  await tx`delete from wallet_device where push_token = any(${pushTokens}::text[])`
}
