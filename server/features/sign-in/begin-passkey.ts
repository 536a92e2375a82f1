import { z } from 'zod'
import { MakePasskeyChallenge } from '../../../protocol/sign-in.ts'
import { command, personOf } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { addressesByPerson } from '../identity/index.ts'
import { keepChallenge, loadPasskeys, placeOf } from './passkeys.ts'
import { CHALLENGE_LIFETIME_MS, PASSKEYS_MAX } from './rules.ts'
import { listPasskeys, nameOfPerson } from './store.ts'

export const beginPasskey = command({
  name: 'passkey.begin',
  summary: 'What the browser needs to make a passkey for oneself.',
  input: z.strictObject({}),
  output: MakePasskeyChallenge,

  allow: (ctx) => personOf(ctx) !== undefined,

  async run(ctx) {
    const { tx } = ctx
    const personId = personOf(ctx)
    const { domain } = placeOf(ctx)
    const known = await listPasskeys(tx, personId, PASSKEYS_MAX)
    if (known.length >= PASSKEYS_MAX) throw new Refusal('passkey.limit')
    const [userName = ''] = (await addressesByPerson(tx, [personId])).get(personId) ?? []
    const { generateRegistrationOptions } = await loadPasskeys()
    const generated = await generateRegistrationOptions({
      rpName: 'Shoptalk',
      rpID: domain,
      userName,
      userDisplayName: (await nameOfPerson(tx, personId)) ?? userName,
      userID: new TextEncoder().encode(personId),
      timeout: CHALLENGE_LIFETIME_MS,
      attestationType: 'none',
      excludeCredentials: known.map(({ id }) => ({ id })),
      // Found by the browser itself, so that nothing is typed; and asks for the finger or the code of the device.
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    })
    const options = MakePasskeyChallenge.shape.options.parse(generated)
    return { challengeId: await keepChallenge(ctx, options.challenge, personId), options }
  },
})
