import { v7 as uuidv7 } from 'uuid'
import { renderSVG } from 'uqr'
import type { z } from 'zod'
import { wordsOfAgent } from '../../../protocol/agent.ts'
import type { AskedPairing, NewDevice, Pairing, PairingOutcome } from '../../../protocol/identity.ts'
import type { DeviceId, PersonId } from '../../../protocol/ids.ts'
import type { Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { publicUrl } from '../../platform/server-settings.ts'
import type { Tx } from '../../platform/sql.ts'
import { appendToPersonLogs } from './person-log.ts'
import * as store from './pairing-store.ts'
import { DAY_MS, MINUTE_MS, toInstant } from './rules.ts'
import { hashToken, makeToken } from './secrets.ts'

/** From the proven sign-in on; long enough to fetch the other device. */
const LIFETIME_MS = 10 * MINUTE_MS
/** Of one person at once: whoever can prove the sign-in again and again fills no more than this. */
const OPEN_MAX = 5
/** More than can wait at once; the rest has expired. */
const LISTED_MAX = 50
const OLD_PER_ASKING = 20

export type Asking = Pick<Context, 'tx' | 'now' | 'source' | 'userAgent' | 'settings'>

/** Lets a proven sign-in wait, and tells the person's devices at once. The person is locked. */
export async function askToPair(
  ctx: Asking,
  personId: PersonId,
  { device, invitationId = null }: { device: z.output<typeof NewDevice>; invitationId?: string | null | undefined },
): Promise<AskedPairing> {
  const { tx, now } = ctx
  await store.deleteOldPairings(tx, new Date(now.getTime() - DAY_MS), OLD_PER_ASKING)
  const waiting = await listOpen(tx, personId, now)
  if (waiting.length >= OPEN_MAX) throw new Refusal('pairing.limit', { retryAfterMs: LIFETIME_MS })
  const [id, secret, token] = [uuidv7(), makeToken(), makeToken()]
  const expiresAt = new Date(now.getTime() + LIFETIME_MS)
  const { browser, system } = wordsOfAgent(ctx.userAgent)
  const shown = { id, device, agent: [browser, system].filter(Boolean).join(', '), address: ctx.source }
  await store.insertPairing(tx, {
    ...shown,
    ...device,
    personId,
    askedFrom: ctx.source,
    secretHash: hashToken(secret),
    linkHash: hashToken(token),
    invitationId,
    now,
    expiresAt,
  })
  const pairing: Pairing = { ...shown, askedAt: toInstant(now), expiresAt: toInstant(expiresAt) }
  await appendToPersonLogs(tx, [{ personId, name: 'pairing.asked', body: { pairingId: id }, shown: { pairing } }], now)
  // Behind `#`, which browsers keep to themselves: no server and no proxy logs it.
  const link = `${ctx.settings.get(publicUrl)}/pair#token=${token}`
  return { id, secret, link, qr: renderSVG(link, { border: 2 }), expiresAt: toInstant(expiresAt) }
}

/** The sign-ins that wait for this person. */
export async function listOpen(tx: Tx, personId: PersonId, now: Date): Promise<Pairing[]> {
  return (await listUnended(tx, personId)).filter(({ expiresAt }) => Date.parse(expiresAt) > now.getTime())
}

/** Those among them that have expired need no event to be over, so they may be named as well. */
export async function listUnended(tx: Tx, personId: PersonId): Promise<Pairing[]> {
  return (await store.openPairings(tx, personId, LISTED_MAX)).map(toPairing)
}

export const toPairing = ({ name, class: kind, ...row }: store.PairingRow): Pairing => ({
  ...row,
  device: { name, class: kind },
})

/** How these pairings have ended; those that are forgotten have just ended. */
export async function pairingOutcomes(tx: Tx, ids: readonly string[]): Promise<Map<string, PairingOutcome>> {
  if (ids.length === 0) return new Map()
  return new Map((await store.outcomesOf(tx, ids)).map(({ id, outcome }) => [id, outcome ?? 'ended']))
}

/** Ends one that is still open, and tells the person's devices. Refuses where there is none. */
export async function endPairing(
  tx: Tx,
  ending: { id: string; personId: PersonId; outcome: PairingOutcome; now: Date },
): Promise<void> {
  const ended = await store.endPairing(tx, ending)
  if (ended.length === 0) throw new Refusal('pairing.ended')
  await tellEnded(tx, ended, ending)
}

/** Nobody waits any more to come in as one of these people. */
export async function endPairingsOf(tx: Tx, personIds: readonly PersonId[], now: Date): Promise<void> {
  await tellEnded(tx, await store.endPairingsOf(tx, personIds, now), { outcome: 'ended', now })
}

async function tellEnded(
  tx: Tx,
  ended: readonly store.EndedRow[],
  { outcome, now }: { outcome: PairingOutcome; now: Date },
) {
  const entries = ended.map(({ id, personId }) => ({
    personId,
    name: 'pairing.ended' as const,
    body: { pairingId: id },
    shown: { pairingId: id, outcome },
  }))
  await appendToPersonLogs(tx, entries, now)
}

/** The device at which somebody vouches for another. */
export function deviceOf({ actor }: Pick<Context, 'actor'>): DeviceId {
  if (actor.kind !== 'person') throw new Refusal('session.required')
  return actor.deviceId
}
