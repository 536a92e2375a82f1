import { randomBytes } from 'node:crypto'
import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { wipeDispatches } from '../dispatch/index.ts'
import { findInvitation } from './invitations.ts'
import { DAY_MS, GUESSES_PER_CODE, HOUR_MS, refuseGuess, sourceGroup } from './rules.ts'
import { hashCode, hashToken, isSameHash } from './secrets.ts'
import * as store from './store.ts'

type Guess = { requestId: string; address: string; code: string }
export type Redeemed = { personId: PersonId; organizationId: OrganizationId | null }

/**
 * Takes a code that was asked for; of any number of attempts at once, one gets it. A refusal that is returned must be
 * returned by the command too, so that the guess stays counted. Does the same work whether the request, the person or
 * the code is there.
 */
export async function redeemCode(
  ctx: Context,
  { requestId, code }: { requestId: string; code: string },
): Promise<Redeemed | Refusal> {
  const address = (await store.findAddress(ctx.tx, requestId)) ?? requestId
  return guess(ctx, { requestId, address, code })
}

/**
 * Takes the code of an invitation. It is bound to the link's token, which nobody guesses; so it lives longer, and
 * wrong guesses don't count against the address: an invitation is the way back in for somebody whose address a
 * stranger has locked.
 */
export async function redeemInvitationCode(
  ctx: Context,
  { token, code }: { token: string; code: string },
): Promise<Redeemed | Refusal> {
  const requestId = await store.findRequestOfToken(ctx.tx, hashToken(token))
  if (requestId === undefined) return new Refusal('invitation.ended')
  const redeemed = await guess(ctx, { requestId, address: requestId, code })
  if (!(redeemed instanceof Refusal) || redeemed.code !== 'code.wrong') return redeemed
  return (await findInvitation(ctx.tx, token, ctx.now)) ? redeemed : new Refusal('invitation.ended')
}

async function guess(ctx: Context, { requestId, address, code }: Guess): Promise<Redeemed | Refusal> {
  const { tx, now, seal } = ctx
  const source = sourceGroup(ctx.source)
  await store.lockAddress(tx, address)
  const [dayAgo, hourAgo] = [new Date(now.getTime() - DAY_MS), new Date(now.getTime() - HOUR_MS)]
  const refusal = refuseGuess(await store.countFailures(tx, { address, source, dayAgo, hourAgo }))
  if (refusal) return refusal
  const guessed = await store.takeGuess(tx, { requestId, guessesMax: GUESSES_PER_CODE, now })
  const isRight = isSameHash(hashCode(seal, requestId, code), guessed?.codeHash ?? randomBytes(HASH_BYTES))
  if (!isRight || !guessed?.personId) {
    await store.insertFailure(tx, { address, source, now })
    return new Refusal('code.wrong')
  }
  await store.endCode(tx, requestId, now)
  await wipeDispatches(tx, [requestId])
  return { personId: guessed.personId, organizationId: guessed.organizationId }
}

const HASH_BYTES = 32
