import { z } from 'zod'
import { DeviceId, Instant, PersonId } from './ids.ts'
import { limits } from './limits.ts'
import { line } from './text.ts'

/**
 * Where a code can be sent: a mail address, or a phone number as E.164 (`+14155550123`). Normalised: lower case, no
 * blanks.
 */
export const Address = line({ max: limits.address })
  .transform((value) => value.toLowerCase().replaceAll(/[\s()-]/g, (blank) => (value.startsWith('+') ? '' : blank)))
  .refine((value) => isMailAddress(value) || isPhoneNumber(value), {
    error: 'Must be a mail address, or a phone number that begins with + and the country.',
  })
export const isPhoneNumber = (value: string) => /^\+[1-9]\d{6,14}$/.test(value)
const mailAddress = z.email()
export const isMailAddress = (value: string) => mailAddress.safeParse(value).success

export const Locale = z.enum(['en', 'zh-CN'])
export type Locale = z.infer<typeof Locale>
/**
 * A person is signed in on one device of each class. Browsers of computers are `desktop`, of phones and tablets
 * `mobile`.
 */
export const DeviceClass = z.enum(['mobile', 'desktop'])
export const NewDevice = z.strictObject({ name: line({ max: 80 }), class: DeviceClass })
export const Device = z.object({
  id: DeviceId,
  name: z.string(),
  class: DeviceClass,
  createdAt: Instant,
  seenAt: Instant,
  /** The IP address from which it was seen; empty where that is not known. */
  seenFrom: z.string(),
  isThisOne: z.boolean(),
})

export const RequestCode = z.strictObject({ address: Address, locale: Locale.default('en') })
/** The same for known and unknown addresses. */
export const RequestedCode = z.object({ requestId: z.uuid(), expiresAt: Instant })
export type RequestedCode = z.infer<typeof RequestedCode>
export const Code = z
  .string()
  .transform((value) => value.replaceAll(/\D/g, ''))
  .refine((value) => value.length === 8, { error: 'A code has eight digits.' })
/** `keep`: browsers keep the session in a cookie they cannot read; other clients get the token once. */
const keep = z.enum(['cookie', 'token']).default('cookie')
export const StartSession = z.strictObject({ requestId: z.uuid(), code: Code, device: NewDevice, keep })
export const RedeemInvitation = z.strictObject({
  token: z.string().min(20).max(100),
  code: Code,
  device: NewDevice,
  keep,
})
/** For the device that waits. `secret` is for it alone; `link` is what the device that is signed in opens or reads. */
export const AskedPairing = z.object({
  id: z.uuid(),
  secret: z.string(),
  link: z.string(),
  /** The link as a QR code, in SVG. */
  qr: z.string(),
  expiresAt: Instant,
})
export type AskedPairing = z.infer<typeof AskedPairing>
export const SignedIn = z.object({ personId: PersonId, deviceId: DeviceId, token: z.string().optional() })
/** Where the person is signed in on another device, that one must let this one in first: `pairing`. */
export const StartedSession = z.union([SignedIn, z.object({ pairing: AskedPairing })])
export type StartedSession = z.infer<typeof StartedSession>
export const DeviceList = z.object({ devices: z.array(Device) })
export const RevokeDevice = z.strictObject({ deviceId: DeviceId })
export const sessionKeep = keep

/** A sign-in that waits to be let in, as the person's signed-in devices see it. */
export const Pairing = z.object({
  id: z.uuid(),
  device: z.object({ name: z.string(), class: DeviceClass }),
  /** What its browser calls itself, as the server read it: `Firefox, Linux`. Empty for what is no known browser. */
  agent: z.string(),
  /** The IP address it asks from. */
  address: z.string(),
  askedAt: Instant,
  expiresAt: Instant,
})
export type Pairing = z.infer<typeof Pairing>
export const PairingOutcome = z.enum(['signed-in', 'refused', 'ended'])
export type PairingOutcome = z.infer<typeof PairingOutcome>
export const PairingList = z.object({ pairings: z.array(Pairing) })

const secret = z.string().min(20).max(100)
export const OfPairing = z.strictObject({ pairingId: z.uuid() })
/** By the link's token, so that whoever confirms has the waiting device before them. */
export const ByPairingLink = z.strictObject({ token: secret })
export const ShownPairingCode = z.object({ code: z.string(), expiresAt: Instant })
export const OfWaitingPairing = z.strictObject({ pairingId: z.uuid(), secret })
export const CheckedPairing = z.object({
  /** `confirmed`: complete it without a code. `refused`, `ended`: it is over. */
  state: z.enum(['waiting', 'code-shown', 'confirmed', 'refused', 'ended']),
  guessesLeft: z.int(),
  expiresAt: Instant,
})
export type CheckedPairing = z.infer<typeof CheckedPairing>
/** Without a code once it is confirmed by its link. */
export const CompletePairing = z.strictObject({ pairingId: z.uuid(), secret, code: Code.optional(), keep })
