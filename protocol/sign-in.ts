import { z } from 'zod'
import { NewDevice, sessionKeep } from './identity.ts'
import { Instant, OrganizationId } from './ids.ts'
import { limits } from './limits.ts'
import { line } from './text.ts'

/** What the screen for signing in may offer besides a code. */
export const SignInOptions = z.object({
  /** Whether passkeys work under the server's address: not under a bare IP address. */
  hasPasskeys: z.boolean(),
  /** Providers by which members of an organization sign in. */
  sources: z.array(z.object({ sourceId: OrganizationId, label: z.string() })),
})

const base64 = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[\w-]*$/, { error: 'Must be base64url.' })
const credential = { id: base64(1_400), rawId: base64(1_400), type: z.literal('public-key') }
/** As `navigator.credentials.create` answers, in JSON. */
export const PasskeyCreated = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: base64(8_000),
    attestationObject: base64(40_000),
    transports: z.array(z.string().max(20)).max(10).optional(),
  }),
})
/** As `navigator.credentials.get` answers, in JSON. */
export const PasskeyUsed = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: base64(8_000),
    authenticatorData: base64(8_000),
    signature: base64(4_000),
    userHandle: base64(200).optional(),
  }),
})
const Verification = z.enum(['required', 'preferred', 'discouraged'])
/** What `navigator.credentials.create` is to be asked with, in JSON. Good once, for five minutes. */
export const MakePasskeyChallenge = z.object({
  challengeId: z.uuid(),
  options: z.object({
    rp: z.object({ id: z.string(), name: z.string() }),
    user: z.object({ id: z.string(), name: z.string(), displayName: z.string() }),
    challenge: z.string(),
    pubKeyCredParams: z.array(z.object({ alg: z.int(), type: z.literal('public-key') })),
    timeout: z.int(),
    /** Those that the person has already. */
    excludeCredentials: z.array(z.object({ id: z.string(), type: z.literal('public-key') })),
    authenticatorSelection: z.object({ residentKey: Verification, userVerification: Verification }),
    attestation: z.literal('none'),
  }),
})
/** What `navigator.credentials.get` is to be asked with, in JSON. Good once, for five minutes. */
export const UsePasskeyChallenge = z.object({
  challengeId: z.uuid(),
  options: z.object({ rpId: z.string(), challenge: z.string(), timeout: z.int(), userVerification: Verification }),
})
export const Passkey = z.object({ id: z.string(), name: z.string(), createdAt: Instant, usedAt: Instant.nullable() })
export const PasskeyList = z.object({ passkeys: z.array(Passkey) })
const PasskeyName = line({ max: limits.passkeyName })
export const AddPasskey = z.strictObject({ challengeId: z.uuid(), response: PasskeyCreated, name: PasskeyName })
export const RenamePasskey = z.strictObject({ passkeyId: base64(1_400), name: PasskeyName })
export const RemovePasskey = z.strictObject({ passkeyId: base64(1_400) })
export const StartWithPasskey = z.strictObject({
  challengeId: z.uuid(),
  response: PasskeyUsed,
  device: NewDevice,
  keep: sessionKeep,
})

const inOrganization = { organizationId: OrganizationId }
const Domain = line({ max: 253 })
  .transform((value) => value.toLowerCase())
  .refine((value) => /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/.test(value), {
    error: 'Must be a domain like example.com.',
  })
/** A provider of sign-ins by OpenID Connect, as the owners set it. */
export const SetSignInSource = z.strictObject({
  ...inOrganization,
  /** What stands on the button: the provider’s or the organization’s name. */
  label: line({ max: 40 }),
  issuer: z.url({ protocol: /^https?$/ }).max(500),
  clientId: line({ max: 300 }),
  /** Absent: it stays what it was. */
  secret: line({ max: 500 }).optional(),
  /** Whether verified addresses of these domains join by signing in. Otherwise only members sign in. */
  joins: z.boolean().default(false),
  domains: z.array(Domain).max(limits.signInDomains).default([]),
})
export const SignInSource = z.object({
  label: z.string(),
  issuer: z.string(),
  clientId: z.string(),
  hasSecret: z.boolean(),
  joins: z.boolean(),
  domains: z.array(z.string()),
  state: z.enum([
    /** The server is asking the provider about itself. */
    'checking',
    'ready',
    /** Nothing answers there. */
    'unreachable',
    /** What answers there is no provider, or names no safe place to sign in. */
    'unfit',
    /** The provider gives another name as its issuer. */
    'named-otherwise',
    /** It does not take the client id and the secret. */
    'client-unknown',
  ]),
})
export type SignInSource = z.infer<typeof SignInSource>
/** `redirectUri` is to be registered with the provider. */
export const SignInSettings = z.object({ source: SignInSource.nullable(), redirectUri: z.string() })

export const BeginSignIn = z.strictObject({ sourceId: OrganizationId })
export const BegunSignIn = z.object({ url: z.url() })
/** What the provider sent the browser back with. */
export const ReturnSignIn = z.strictObject({
  sourceId: OrganizationId,
  state: z.string().max(200),
  code: z.string().max(4_000).optional(),
  error: z.string().max(200).optional(),
  iss: z.string().max(500).optional(),
})
export const ReturnedSignIn = z.object({ attemptId: z.uuid() })
export const StartWithProvider = z.strictObject({ attemptId: z.uuid(), device: NewDevice, keep: sessionKeep })
