import type { DeviceId, PersonId } from '../../../protocol/ids.ts'
import type { Tx } from '../../platform/sql.ts'

type DeviceClass = 'mobile' | 'desktop'
export type NewDeviceRow = {
  id: DeviceId
  personId: PersonId
  name: string
  class: DeviceClass
  tokenHash: Uint8Array
  seenFrom: string
  now: Date
}

export async function insertDevice(tx: Tx, device: NewDeviceRow): Promise<void> {
  await tx`
    insert into device (id, person_id, name, class, token_hash, seen_from, created_at, seen_at)
    values (${device.id}, ${device.personId}, ${device.name}, ${device.class}, ${device.tokenHash},
      ${device.seenFrom}, ${device.now}, ${device.now})`
}

/** Also one whose place another device has taken, so that it can be told. */
export async function findDevice(tx: Tx, tokenHash: Uint8Array, seenAfter: Date) {
  const [row] = await tx<{ id: DeviceId; personId: PersonId; seenAt: string; isReplaced: boolean }>`
    select id, person_id as "personId", seen_at as "seenAt", is_replaced as "isReplaced" from device
    where token_hash = ${tokenHash} and (revoked_at is null or is_replaced) and seen_at > ${seenAfter}::timestamptz`
  return row
}

/**
 * Thousands come back at once after a restart: their commits need not wait for the disk, since losing this harms
 * nobody.
 */
export async function touchDevice(
  tx: Tx,
  { id, seenFrom, now }: { id: DeviceId; seenFrom: string; now: Date },
): Promise<void> {
  await tx`select set_config('synchronous_commit', 'off', true)`
  await tx`
    update device set seen_at = ${now}, seen_from = ${seenFrom} where id = ${id} and seen_at < ${now}::timestamptz`
}

export type DeviceRow = {
  id: DeviceId
  name: string
  class: DeviceClass
  createdAt: string
  seenAt: string
  seenFrom: string
}

/** One of each class at most. */
export async function listDevices(
  tx: Tx,
  { personId, seenAfter }: { personId: PersonId; seenAfter: Date },
): Promise<DeviceRow[]> {
  return tx<DeviceRow>`
    select id, name, class, created_at as "createdAt", seen_at as "seenAt", seen_from as "seenFrom" from device
    where person_id = ${personId} and revoked_at is null and seen_at > ${seenAfter}::timestamptz
    order by seen_at desc, id desc`
}

export type Revoked = { deviceId: DeviceId; personId: PersonId; isReplaced: boolean }

export async function revokeDevice(
  tx: Tx,
  { deviceId, personId }: { deviceId: DeviceId; personId: PersonId },
  now: Date,
): Promise<Revoked[]> {
  return tx<Revoked>`
    update device set revoked_at = ${now} where id = ${deviceId} and person_id = ${personId} and revoked_at is null
    returning id as "deviceId", person_id as "personId", is_replaced as "isReplaced"`
}

/** All devices of these people, but one where it is named. */
export async function revokeDevices(
  tx: Tx,
  { personIds, exceptId }: { personIds: readonly PersonId[]; exceptId: DeviceId | null },
  now: Date,
): Promise<Revoked[]> {
  return tx<Revoked>`
    update device set revoked_at = ${now}
    where person_id = any(${personIds}::uuid[]) and revoked_at is null and id is distinct from ${exceptId}::uuid
    returning id as "deviceId", person_id as "personId", is_replaced as "isReplaced"`
}

/** The device whose place a new one takes. */
export async function replaceDevice(
  tx: Tx,
  { personId, class: kind }: { personId: PersonId; class: DeviceClass },
  now: Date,
): Promise<Revoked[]> {
  return tx<Revoked>`
    update device set revoked_at = ${now}, is_replaced = true
    where person_id = ${personId} and class = ${kind} and revoked_at is null
    returning id as "deviceId", person_id as "personId", is_replaced as "isReplaced"`
}
