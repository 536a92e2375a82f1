import { z } from 'zod'
import { ByPairingLink, OfPairing, Pairing, PairingList, ShownPairingCode } from '../../../protocol/identity.ts'
import { command, personOf, query } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { deviceOf, endPairing, listOpen, toPairing } from './pairings.ts'
import { confirmByLink, findByLink, setCode } from './pairing-store.ts'
import { MINUTE_MS, toInstant } from './rules.ts'
import { hashSecurityCode, hashToken, makeCode } from './secrets.ts'

/** Time to type eight digits from one screen to another; a fresh one is a press away. */
const CODE_LIFETIME_MS = 3 * MINUTE_MS

export const listPairings = query({
  name: 'pairing.list',
  summary: 'The sign-ins as oneself that wait to be let in by a device that is signed in.',
  input: z.strictObject({}),
  output: PairingList,

  allow: (ctx) => personOf(ctx) !== undefined,
  run: async (ctx) => ({ pairings: await listOpen(ctx.tx, personOf(ctx), ctx.now) }),
})

/** A command, though it changes nothing: the token would stand in the address of a query, and proxies log addresses. */
export const findPairing = command({
  name: 'pairing.find',
  summary: 'Which sign-in a link is about that was read from the device that waits: its device, place and time.',
  input: ByPairingLink,
  output: Pairing,

  allow: (ctx) => personOf(ctx) !== undefined,

  async run(ctx, { token }) {
    const { tx, now } = ctx
    const found = await findByLink(tx, { linkHash: hashToken(token), personId: personOf(ctx), now })
    if (!found) throw new Refusal('pairing.ended')
    return toPairing(found)
  },
})

export const showPairingCode = command({
  name: 'pairing.show-code',
  summary: 'Say that it is oneself who signs in, and get the security code to type there. A later one replaces it.',
  input: OfPairing,
  output: ShownPairingCode,

  allow: (ctx) => personOf(ctx) !== undefined,

  async run(ctx, { pairingId: id }) {
    const { tx, now, seal } = ctx
    const code = makeCode()
    const codeExpiresAt = new Date(now.getTime() + CODE_LIFETIME_MS)
    const made = { id, codeHash: hashSecurityCode(seal, id, code), codeExpiresAt }
    if (!(await setCode(tx, { ...made, personId: personOf(ctx), voucherId: deviceOf(ctx), now })))
      throw new Refusal('pairing.ended')
    return { code, expiresAt: toInstant(codeExpiresAt) }
  },
})

export const confirmPairing = command({
  name: 'pairing.confirm',
  summary: 'Let the device in whose link was read from its screen, without a code.',
  input: ByPairingLink,
  output: z.object({}),

  allow: (ctx) => personOf(ctx) !== undefined,

  async run(ctx, { token }) {
    const { tx, now } = ctx
    const vouching = { linkHash: hashToken(token), personId: personOf(ctx), voucherId: deviceOf(ctx), now }
    if (!(await confirmByLink(tx, vouching))) throw new Refusal('pairing.ended')
    return {}
  },
})

export const refusePairing = command({
  name: 'pairing.refuse',
  summary: 'Say that it is not oneself who signs in there. That sign-in is over.',
  input: OfPairing,
  output: z.object({}),

  allow: (ctx) => personOf(ctx) !== undefined,

  async run(ctx, { pairingId: id }) {
    await endPairing(ctx.tx, { id, personId: personOf(ctx), outcome: 'refused', now: ctx.now })
    return {}
  },
})
