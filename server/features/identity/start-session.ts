import type { z } from 'zod'
import { isComputerAgent, isMobileAgent } from '../../../protocol/agent.ts'
import type { NewDevice, StartedSession } from '../../../protocol/identity.ts'
import type { PersonId } from '../../../protocol/ids.ts'
import type { Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { admitDevice, idleSince } from './devices.ts'
import { listDevices } from './device-store.ts'
import { askToPair, type Asking } from './pairings.ts'
import { lockPersons } from './store.ts'

type Starting = {
  device: z.output<typeof NewDevice>
  keep: 'cookie' | 'token'
  /** What this sign-in answers, once another device has let it in. */
  invitationId?: string | undefined
  /** Done when nothing stands against the sign-in any more. */
  before?: () => Promise<void>
}
export type Proven = Asking & Pick<Context, 'actor' | 'browser' | 'setBrowser' | 'setCookie'>

/**
 * THE way in, for every sign-in that was proven, however it was: by a code, an invitation, another provider or a
 * passkey. Who is signed in nowhere else is in at once. Where another device is signed in, this one waits until that
 * one lets it in; the answer then holds a `pairing`. A device that is signed in as this person already needs no other.
 */
export async function startSession(
  ctx: Proven,
  personId: PersonId,
  { device, keep, invitationId, before }: Starting,
): Promise<StartedSession> {
  const { tx, now, actor } = ctx
  if (!isPlausible(device.class, ctx.userAgent)) throw new Refusal('device.class-implausible', { path: 'device.class' })
  // Of several that come at once, all but one find that one.
  await lockPersons(tx, [personId])
  const known = await listDevices(tx, { personId, seenAfter: idleSince(now) })
  const ownId = actor.kind === 'person' && actor.personId === personId ? actor.deviceId : undefined
  const isKnown = known.length === 0 || known.some(({ id }) => id === ownId)
  if (!isKnown) return { pairing: await askToPair(ctx, personId, { device, invitationId }) }
  await before?.()
  return admitDevice(ctx, personId, { device, keep, formerId: ownId })
}

/** The client tells its class; what the browser calls itself must not gainsay it. */
function isPlausible(claimed: 'mobile' | 'desktop', userAgent: string): boolean {
  return claimed === 'mobile' ? !isComputerAgent(userAgent) : !isMobileAgent(userAgent)
}
