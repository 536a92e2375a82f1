import { v4 as uuidv4 } from 'uuid'
import type { PersonId } from '../../../protocol/ids.ts'
import type { Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { publicUrl } from '../../platform/server-settings.ts'
import { sourceGroup } from '../identity/index.ts'
import { BEGUN_MAX, CHALLENGE_LIFETIME_MS, HOUR_MS, passkeyDomain } from './rules.ts'
import * as store from './store.ts'

/** Loaded when somebody first needs it: it is large. It computes only; nothing is asked over the network. */
export const loadPasskeys = () => import('@simplewebauthn/server')

/** Under which name and address passkeys are made and used here. */
export function placeOf({ settings }: Pick<Context, 'settings'>): { origin: string; domain: string } {
  const origin = settings.get(publicUrl)
  const domain = passkeyDomain(origin)
  if (domain === undefined) throw new Refusal('passkey.unavailable')
  return { origin, domain }
}

/** Keeps the challenge until it is answered, once. */
export async function keepChallenge(ctx: Context, challenge: string, personId: PersonId | null): Promise<string> {
  const { tx, now } = ctx
  const source = sourceGroup(ctx.source)
  const begun = await store.countChallenges(tx, { source, since: new Date(now.getTime() - HOUR_MS) })
  if (begun >= BEGUN_MAX) throw new Refusal('server.busy', { retryAfterMs: HOUR_MS })
  const challengeId = uuidv4()
  const expiresAt = new Date(now.getTime() + CHALLENGE_LIFETIME_MS)
  await store.insertChallenge(tx, { challengeId, challenge, personId, source, now, expiresAt })
  return challengeId
}

/** What does not verify is refused, whatever is wrong with it; why stands in the cause. */
export async function verified<T>(verify: () => Promise<T>): Promise<T | Refusal> {
  try {
    return await verify()
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause
    return new Refusal('passkey.refused', { cause })
  }
}
