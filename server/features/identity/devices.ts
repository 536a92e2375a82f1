import { v7 as uuidv7 } from 'uuid'
import type { z } from 'zod'
import type { NewDevice } from '../../../protocol/identity.ts'
import { DeviceId, type PersonId } from '../../../protocol/ids.ts'
import type { Actor, Context } from '../../platform/command.ts'
import { announce } from '../../platform/events.ts'
import type { Database, Tx } from '../../platform/sql.ts'
import { DAY_MS, MINUTE_MS } from './rules.ts'
import { hashToken, makeToken } from './secrets.ts'
import * as store from './store.ts'

/** A device that nobody has used for so long must sign in again. */
const IDLE_MAX_MS = 180 * DAY_MS
/** Of one person. A further one ends the session of the device that was used least recently. */
export const DEVICES_MAX = 50
const TOKEN_LENGTH_MAX = 100
const REVOKED_MAX = 1_000

export type Started = { personId: PersonId; deviceId: DeviceId; token?: string }

/** Signs a device in. Browsers keep the token in a cookie that pages cannot read; other clients get it once, here. */
export async function startSession(
  ctx: Pick<Context, 'tx' | 'now' | 'setCookie'>,
  personId: PersonId,
  { device, keep }: { device: z.output<typeof NewDevice>; keep: 'cookie' | 'token' },
): Promise<Started> {
  const { tx, now } = ctx
  const token = makeToken()
  const deviceId = DeviceId.parse(uuidv7())
  await store.insertDevice(tx, { ...device, id: deviceId, personId, tokenHash: hashToken(token), now })
  announceRevoked(tx, await store.revokeOldest(tx, { personId, keep: DEVICES_MAX, now }))
  if (keep === 'token') return { personId, deviceId, token }
  ctx.setCookie(token)
  return { personId, deviceId }
}

/** Whose token this is. Notes, once a minute at most, that the device was there. */
export async function authenticate(database: Database, token: string, now: Date): Promise<Actor | undefined> {
  if (token.length > TOKEN_LENGTH_MAX) return undefined
  const device = await database.read((tx) => store.findDevice(tx, hashToken(token), idleSince(now)))
  if (!device) return undefined
  if (now.getTime() - Date.parse(device.seenAt) >= MINUTE_MS)
    await database.transaction((tx) => store.touchDevice(tx, device.id, now))
  return { kind: 'person', personId: device.personId, deviceId: device.id }
}

export const idleSince = (now: Date) => new Date(now.getTime() - IDLE_MAX_MS)

/** Ends all sessions of these people, at once. */
export async function revokeDevicesOf(tx: Tx, personIds: readonly PersonId[], now: Date): Promise<void> {
  if (personIds.length > 0) announceRevoked(tx, await store.revokeDevicesOf(tx, personIds, now))
}

/**
 * Which devices were revoked at that time or later: for nodes that have missed the announcement. At most 1,000,
 * oldest first.
 */
export async function listRevokedSince(tx: Tx, since: Date | string) {
  return store.listRevokedSince(tx, since, REVOKED_MAX)
}

/** Their connections close. */
export function announceRevoked(tx: Tx, revoked: readonly store.Revoked[]): void {
  announce(
    tx,
    revoked.map(({ deviceId }) => ({ topic: `device:${deviceId}`, body: { revoked: true } })),
  )
}
