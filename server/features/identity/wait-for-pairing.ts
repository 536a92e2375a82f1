import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { CheckedPairing, OfWaitingPairing, type CompletePairing, type SignedIn } from '../../../protocol/identity.ts'
import { command, type Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { admitDevice, idleSince } from './devices.ts'
import { endPairing } from './pairings.ts'
import { findWaiting, takeGuess, type WaitingRow } from './pairing-store.ts'
import { hashSecurityCode, hashToken, isSameHash } from './secrets.ts'
import { lockPersons } from './store.ts'

/** Guesses at the codes of one pairing, the right one included. They count for nothing else. */
const GUESSES_MAX = 5
const HASH_BYTES = 32

/**
 * A command, though it changes nothing: the secret would stand in the address of a query, and proxies log addresses.
 */
export const checkPairing = command({
  name: 'pairing.check',
  summary: 'How the sign-in stands that this device waits for. Its secret is the permission to ask.',
  input: OfWaitingPairing,
  output: CheckedPairing,

  allow: () => true,

  async run(ctx, asked) {
    const waiting = await find(ctx, asked)
    if (!waiting) throw new Refusal('pairing.ended')
    return {
      state: stateOf(waiting),
      guessesLeft: Math.max(0, GUESSES_MAX - waiting.attempts),
      expiresAt: waiting.expiresAt,
    }
  },
})

/** Does what is to be done before, and lets the device in that has waited. */
export async function completePairing(
  ctx: Context,
  { pairingId: id, secret, code, keep }: z.output<typeof CompletePairing>,
  before: (waited: WaitingRow) => Promise<void>,
): Promise<z.output<typeof SignedIn> | Refusal> {
  const { tx, now } = ctx
  const first = await find(ctx, { pairingId: id, secret })
  if (!first || isOver(first)) throw new Refusal('pairing.ended')
  const { personId, name, class: kind } = first
  // What is decided below stays so: the device that vouches cannot be signed out meanwhile.
  await lockPersons(tx, [personId])
  const refusal = code === undefined ? await confirmed(ctx, { id, secret }) : await guess(ctx, { id, personId, code })
  if (refusal) return refusal
  await endPairing(tx, { id, personId, outcome: 'signed-in', now })
  await before(first)
  return admitDevice(ctx, personId, { device: { name, class: kind }, keep })
}

export const cancelPairing = command({
  name: 'pairing.cancel',
  summary: 'Give up the sign-in that this device waits for.',
  input: OfWaitingPairing,
  output: z.object({}),

  allow: () => true,

  async run(ctx, asked) {
    const waiting = await find(ctx, asked)
    if (!waiting || isOver(waiting)) return {}
    const { personId } = waiting
    await lockPersons(ctx.tx, [personId])
    await endPairing(ctx.tx, { id: asked.pairingId, personId, outcome: 'ended', now: ctx.now })
    return {}
  },
})

const find = ({ tx, now }: Context, { pairingId: id, secret }: { pairingId: string; secret: string }) =>
  findWaiting(tx, { id, secretHash: hashToken(secret), now, seenAfter: idleSince(now) })

const isOver = ({ outcome, hasVoucher }: WaitingRow) => outcome !== null || !hasVoucher

function stateOf(waiting: WaitingRow): z.output<typeof CheckedPairing>['state'] {
  if (waiting.outcome === 'refused') return 'refused'
  if (isOver(waiting)) return 'ended'
  if (waiting.isConfirmed) return 'confirmed'
  return waiting.isCodeShown ? 'code-shown' : 'waiting'
}

async function confirmed(ctx: Context, { id, secret }: { id: string; secret: string }): Promise<Refusal | undefined> {
  const waiting = await find(ctx, { pairingId: id, secret })
  return waiting?.isConfirmed ? undefined : new Refusal('pairing.unconfirmed')
}

type Guess = { id: string; personId: WaitingRow['personId']; code: string }

/** What it refuses is counted. With the last guess this sign-in is over; others, and the person's devices, go on. */
async function guess({ tx, now, seal }: Context, { id, personId, code }: Guess): Promise<Refusal | undefined> {
  const taken = await takeGuess(tx, { id, guessesMax: GUESSES_MAX, now })
  if (!taken) return new Refusal('pairing.ended')
  const isRight = isSameHash(hashSecurityCode(seal, id, code), taken.codeHash ?? randomBytes(HASH_BYTES))
  if (isRight) return undefined
  if (taken.attempts < GUESSES_MAX) return new Refusal('code.wrong')
  await endPairing(tx, { id, personId, outcome: 'ended', now })
  return new Refusal('pairing.ended')
}
