import { z } from 'zod'
import { StartedSession } from '../../../protocol/identity.ts'
import { StartWithPasskey, UsePasskeyChallenge } from '../../../protocol/sign-in.ts'
import { command, type Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { enter } from './enter.ts'
import { keepChallenge, loadPasskeys, placeOf, verified } from './passkeys.ts'
import { CHALLENGE_LIFETIME_MS } from './rules.ts'
import * as store from './store.ts'

export const beginPasskeySession = command({
  name: 'session.begin-with-passkey',
  summary: 'What the browser needs to find a passkey and sign in with it.',
  input: z.strictObject({}),
  output: UsePasskeyChallenge,

  allow: () => true,

  async run(ctx) {
    const { domain } = placeOf(ctx)
    const { generateAuthenticationOptions } = await loadPasskeys()
    const generated = await generateAuthenticationOptions({
      rpID: domain,
      userVerification: 'required',
      timeout: CHALLENGE_LIFETIME_MS,
    })
    const options = UsePasskeyChallenge.shape.options.parse(generated)
    return { challengeId: await keepChallenge(ctx, options.challenge, null), options }
  },
})

export const startWithPasskey = command({
  name: 'session.start-with-passkey',
  summary: 'Sign in with a passkey.',
  input: StartWithPasskey,
  output: StartedSession,

  allow: () => true,

  /** A refusal is returned, so that the challenge stays used. */
  async run(ctx, { challengeId, response, device, keep }) {
    const expectedChallenge = await store.takeChallenge(ctx.tx, { challengeId, personId: null, now: ctx.now })
    if (expectedChallenge === undefined) return new Refusal('passkey.refused')
    const passkey = await store.lockPasskey(ctx.tx, response.id)
    if (!passkey) return new Refusal('passkey.unknown')
    const counter = await check(ctx, { expectedChallenge, response, passkey })
    if (counter instanceof Refusal) return counter
    await store.touchPasskey(ctx.tx, { id: response.id, counter, now: ctx.now })
    return enter(ctx, passkey.personId, { device, keep })
  },
})

type Answered = {
  expectedChallenge: string
  response: z.output<typeof StartWithPasskey>['response']
  passkey: store.StoredPasskey
}

/**
 * The passkey's counter from now on. One that does not grow, though the passkey counts, is refused: the passkey has
 * been copied.
 */
async function check(ctx: Context, { expectedChallenge, response, passkey }: Answered): Promise<number | Refusal> {
  const { origin, domain } = placeOf(ctx)
  const { verifyAuthenticationResponse } = await loadPasskeys()
  const { userHandle, ...rest } = response.response
  if (userHandle !== undefined && Buffer.from(userHandle, 'base64url').toString() !== passkey.personId)
    return new Refusal('passkey.refused')
  const result = await verified(() =>
    verifyAuthenticationResponse({
      response: { ...response, response: rest, clientExtensionResults: {} },
      expectedChallenge,
      expectedOrigin: origin,
      expectedRPID: domain,
      credential: { id: response.id, publicKey: new Uint8Array(passkey.publicKey), counter: passkey.counter },
      requireUserVerification: true,
    }),
  )
  if (result instanceof Refusal) return result
  return result.verified ? result.authenticationInfo.newCounter : new Refusal('passkey.refused')
}
