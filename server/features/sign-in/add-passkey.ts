import { AddPasskey, Passkey } from '../../../protocol/sign-in.ts'
import { command, personOf } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { lockPersons, recordOwnAct } from '../identity/index.ts'
import { loadPasskeys, placeOf, verified } from './passkeys.ts'
import { PASSKEYS_MAX } from './rules.ts'
import * as store from './store.ts'

export const addPasskey = command({
  name: 'passkey.add',
  summary: 'Keep a passkey that the browser has made for oneself.',
  input: AddPasskey,
  output: Passkey,

  allow: (ctx) => personOf(ctx) !== undefined,

  /** A refusal is returned, so that the challenge stays used. */
  async run(ctx, { challengeId, response, name }) {
    const { tx, now } = ctx
    const personId = personOf(ctx)
    const { origin, domain } = placeOf(ctx)
    // Counted under the lock, so that several at once do not pass the limit.
    await lockPersons(tx, [personId])
    if ((await store.listPasskeys(tx, personId, PASSKEYS_MAX)).length >= PASSKEYS_MAX)
      throw new Refusal('passkey.limit')
    const expectedChallenge = await store.takeChallenge(tx, { challengeId, personId, now })
    if (expectedChallenge === undefined) return new Refusal('passkey.refused')
    const { transports = [], ...attested } = response.response
    const { verifyRegistrationResponse } = await loadPasskeys()
    const result = await verified(() =>
      verifyRegistrationResponse({
        response: { ...response, response: { ...attested, transports }, clientExtensionResults: {} },
        expectedChallenge,
        expectedOrigin: origin,
        expectedRPID: domain,
        requireUserVerification: true,
      }),
    )
    if (result instanceof Refusal) return result
    if (!result.verified) return new Refusal('passkey.refused')
    const { id, publicKey, counter } = result.registrationInfo.credential
    const passkey = { id, personId, publicKey: Buffer.from(publicKey), counter, transports, name, now }
    if (!(await store.insertPasskey(tx, passkey))) return new Refusal('passkey.refused')
    await recordOwnAct(ctx, personId, { act: 'passkey.added' })
    const made = (await store.listPasskeys(tx, personId, PASSKEYS_MAX)).find((one) => one.id === id)
    return made ?? new Refusal('passkey.refused')
  },
})
