import type { InputOf, OutputOf } from '../../../sdk/index.ts'

type Made = InputOf<'passkey.add'>['response']
type Used = InputOf<'session.start-with-passkey'>['response']
/** Why a browser has brought no passkey. `aborted`: another question has taken the place of this one. */
export type PasskeyFault = 'already' | 'cancelled' | 'aborted' | 'failed'

/** Loaded when somebody may need it. */
const load = () => import('@simplewebauthn/browser')

/** A browser has passkeys on pages that came by HTTPS, or from its own machine. */
export const hasPasskeys = () => typeof PublicKeyCredential === 'function' && isSecureContext

/** Whether the browser names passkeys in the list under a field that asks for who one is. */
export const namesPasskeys = async (): Promise<boolean> =>
  hasPasskeys() && (await (await load()).browserSupportsWebAuthnAutofill())

export async function makePasskey({ options }: OutputOf<'passkey.begin'>): Promise<Made> {
  const { startRegistration } = await load()
  return startRegistration({ optionsJSON: options })
}

/** `isQuiet`: among the suggestions under the field, without a window. */
export async function takePasskey(
  { options }: OutputOf<'session.begin-with-passkey'>,
  { isQuiet }: { isQuiet: boolean },
): Promise<Used> {
  const { startAuthentication } = await load()
  return startAuthentication({ optionsJSON: options, useBrowserAutofill: isQuiet })
}

/** Takes the question back, so that the next one can be put. */
export async function endPasskeys(): Promise<void> {
  const { WebAuthnAbortService } = await load()
  WebAuthnAbortService.cancelCeremony()
}

/** Undefined for what is no answer of the browser's. */
export function passkeyFault(fault: unknown): PasskeyFault | undefined {
  const { name, code } = Object(fault)
  if (code === 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED' || name === 'InvalidStateError') return 'already'
  if (code === 'ERROR_CEREMONY_ABORTED' || name === 'AbortError') return 'aborted'
  if (name === 'NotAllowedError') return 'cancelled'
  return fault instanceof DOMException || name === 'WebAuthnError' ? 'failed' : undefined
}
