import { v7 as uuidv7 } from 'uuid'
import type { z } from 'zod'
import type { NewDevice, SignedIn } from '../../../protocol/identity.ts'
import { DeviceId, type PersonId } from '../../../protocol/ids.ts'
import type { Actor, Context } from '../../platform/command.ts'
import { announce } from '../../platform/events.ts'
import type { Database, Tx } from '../../platform/sql.ts'
import { rememberBrowser } from './browsers.ts'
import * as store from './device-store.ts'
import { endPairingsOf } from './pairings.ts'
import { DAY_MS, MINUTE_MS } from './rules.ts'
import { hashToken, makeToken } from './secrets.ts'
import { lockPersons } from './store.ts'

/** A device that nobody has used for so long must sign in again. */
const IDLE_MAX_MS = 180 * DAY_MS
const TOKEN_LENGTH_MAX = 100

type Admitting = {
  device: z.output<typeof NewDevice>
  keep: 'cookie' | 'token'
  /** The same device, as it was signed in until now. */
  formerId?: DeviceId | undefined
}

/**
 * Gives a device its session; it takes the place of the person's device of its class, and leaves the other one alone.
 * Browsers keep the token in a cookie that pages cannot read; other clients get it once, here. The person is locked.
 */
export async function admitDevice(
  ctx: Pick<Context, 'tx' | 'now' | 'source' | 'browser' | 'setBrowser' | 'setCookie'>,
  personId: PersonId,
  { device, keep, formerId }: Admitting,
): Promise<z.output<typeof SignedIn>> {
  const { tx, now } = ctx
  const token = makeToken()
  const deviceId = DeviceId.parse(uuidv7())
  if (formerId) announceRevoked(tx, await store.revokeDevice(tx, { deviceId: formerId, personId }, now))
  announceRevoked(tx, await store.replaceDevice(tx, { personId, class: device.class }, now))
  const tokenHash = hashToken(token)
  await store.insertDevice(tx, { ...device, id: deviceId, personId, tokenHash, seenFrom: ctx.source, now })
  if (keep === 'token') return { personId, deviceId, token }
  ctx.setCookie(token)
  await rememberBrowser(ctx, personId)
  return { personId, deviceId }
}

/** Whose token this is. Notes, once a minute at most, that the device was there, and from where. */
export async function authenticate(
  database: Database,
  token: string,
  { source, now }: { source: string; now: Date },
): Promise<Actor | undefined> {
  if (token.length > TOKEN_LENGTH_MAX) return undefined
  const device = await database.read((tx) => store.findDevice(tx, hashToken(token), idleSince(now)))
  if (!device) return undefined
  const { id, personId, seenAt, isReplaced } = device
  if (isReplaced) return { kind: 'nobody', wasReplaced: true }
  if (now.getTime() - Date.parse(seenAt) >= MINUTE_MS)
    await database.transaction((tx) => store.touchDevice(tx, { id, seenFrom: source, now }))
  return { kind: 'person', personId, deviceId: id }
}

export const idleSince = (now: Date) => new Date(now.getTime() - IDLE_MAX_MS)

/** Ends a session of this person: their own device asks. False where it has ended already. */
export async function revokeDevice(
  tx: Tx,
  revoked: { personId: PersonId; deviceId: DeviceId },
  now: Date,
): Promise<boolean> {
  await lockPersons(tx, [revoked.personId])
  const ended = await store.revokeDevice(tx, revoked, now)
  announceRevoked(tx, ended)
  return ended.length > 0
}

/**
 * Ends all sessions of these people, at once, but one where it is named, and names them; nobody waits to come in as one
 * of them.
 */
export async function revokeDevicesOf(
  tx: Tx,
  personIds: readonly PersonId[],
  { now, exceptId = null }: { now: Date; exceptId?: DeviceId | null },
): Promise<DeviceId[]> {
  if (personIds.length === 0) return []
  await lockPersons(tx, personIds)
  await endPairingsOf(tx, personIds, now)
  const revoked = await store.revokeDevices(tx, { personIds, exceptId }, now)
  announceRevoked(tx, revoked)
  return revoked.map(({ deviceId }) => deviceId)
}

/** Their connections close. */
function announceRevoked(tx: Tx, revoked: readonly store.Revoked[]): void {
  announce(
    tx,
    revoked.map(({ deviceId, isReplaced }) => ({ topic: `device:${deviceId}`, body: { revoked: true, isReplaced } })),
  )
}
