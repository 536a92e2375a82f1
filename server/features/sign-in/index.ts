import type { Feature } from '../../platform/feature.ts'
import { addPasskey } from './add-passkey.ts'
import { beginPasskey } from './begin-passkey.ts'
import { beginSignIn } from './begin-sign-in.ts'
import { checkSource, exchangeCode } from './jobs.ts'
import { listPasskeys } from './list-passkeys.ts'
import { renamePasskey } from './rename-passkey.ts'
import { removePasskey } from './remove-passkey.ts'
import { returnSignIn } from './return-sign-in.ts'
import { getSignInOptions } from './get-options.ts'
import { getSignInSource, removeSignInSource, setSignInSource } from './set-source.ts'
import { beginPasskeySession, startWithPasskey } from './start-with-passkey.ts'
import { startWithProvider } from './start-with-provider.ts'

/** The ways in besides codes: passkeys, and providers of an organization’s own. */
export const feature: Feature = {
  name: 'sign-in',
  definitions: [
    getSignInOptions,
    beginPasskeySession,
    startWithPasskey,
    listPasskeys,
    beginPasskey,
    addPasskey,
    renamePasskey,
    removePasskey,
    getSignInSource,
    setSignInSource,
    removeSignInSource,
    beginSignIn,
    returnSignIn,
    startWithProvider,
  ],
  jobs: [checkSource, exchangeCode],
}
