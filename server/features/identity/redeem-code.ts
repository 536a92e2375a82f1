import { randomBytes } from 'node:crypto'
import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { wipeDispatches } from '../dispatch/index.ts'
import { findInvitation } from './invitations.ts'
import { findOrCreatePersons } from './persons.ts'
import { DAY_MS, guessesPerCode, HOUR_MS, refuseGuess, sourceGroup } from './rules.ts'
import { hashCode, hashToken, isSameHash } from './secrets.ts'
import * as store from './code-store.ts'

type Guess = { requestId: string; address: string; code: string; isKnown: boolean }
export type Redeemed = { requestId: string; personId: PersonId; organizationId: OrganizationId | null }

/**
 * Takes a code that was asked for; of any number of attempts at once, one gets it. A refusal that is returned must be
 * returned by the command too, so that the guess stays counted. Does the same work whether the request, the person or
 * the code is there.
 */
export async function redeemCode(
  ctx: Context,
  { requestId, code }: { requestId: string; code: string },
): Promise<Redeemed | Refusal> {
  const { address, isKnown } = (await store.findRequest(ctx.tx, requestId)) ?? { address: requestId, isKnown: false }
  return guess(ctx, { requestId, address, code, isKnown })
}

/**
 * Takes the code of an invitation. It is bound to the link's token, which nobody guesses; so it lives longer, and
 * wrong guesses don't count against the address.
 */
export async function redeemInvitationCode(
  ctx: Context,
  { token, code }: { token: string; code: string },
): Promise<Redeemed | Refusal> {
  const requestId = await store.findRequestOfToken(ctx.tx, hashToken(token))
  if (requestId === undefined) return new Refusal('invitation.ended')
  const redeemed = await guess(ctx, { requestId, address: requestId, code, isKnown: false })
  if (!(redeemed instanceof Refusal) || redeemed.code !== 'code.wrong') return redeemed
  return (await findInvitation(ctx.tx, token, ctx.now)) ? redeemed : new Refusal('invitation.ended')
}

/** A right code that has been used, or has expired, is refused like a wrong one, but is no wrong guess. */
async function guess(ctx: Context, { requestId, address, code, isKnown }: Guess): Promise<Redeemed | Refusal> {
  const { tx, now, seal } = ctx
  const source = sourceGroup(ctx.source)
  await store.lockAddress(tx, address)
  const [dayAgo, hourAgo] = [new Date(now.getTime() - DAY_MS), new Date(now.getTime() - HOUR_MS)]
  const usage = await store.countFailures(tx, { address, source, dayAgo, hourAgo })
  const refusal = refuseGuess({ usage, isKnown })
  if (refusal) return refusal
  const guessed = await store.takeGuess(tx, { requestId, guessesMax: guessesPerCode(usage, isKnown), now })
  const isRight = isSameHash(hashCode(seal, requestId, code), guessed?.codeHash ?? randomBytes(HASH_BYTES))
  if (!isRight || !(guessed?.personId || guessed?.isNewcomer)) {
    await store.insertFailure(tx, { address, source, isKnown, now })
    return new Refusal('code.wrong')
  }
  if (!guessed.isOpen) return new Refusal('code.wrong')
  await store.endCode(tx, requestId, now)
  await wipeDispatches(tx, [requestId])
  const personId = guessed.personId ?? (await findOrCreatePersons(tx, [address], now)).get(address)
  if (!personId) throw new Error('An address that was proven belongs to nobody.')
  return { requestId, personId, organizationId: guessed.organizationId }
}

const HASH_BYTES = 32
