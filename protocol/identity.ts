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
export const NewDevice = z.strictObject({ name: line({ max: 80 }), class: z.enum(['mobile', 'desktop']) })
export const Device = z.object({
  id: DeviceId,
  name: z.string(),
  class: z.enum(['mobile', 'desktop']),
  createdAt: Instant,
  seenAt: Instant,
  isThisOne: z.boolean(),
})

export const RequestCode = z.strictObject({ address: Address, locale: Locale.default('en') })
/** The same for known and unknown addresses. */
export const RequestedCode = z.object({ requestId: z.uuid(), expiresAt: Instant })
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
export const StartedSession = z.object({ personId: PersonId, deviceId: DeviceId, token: z.string().optional() })
export const DeviceList = z.object({ devices: z.array(Device) })
export const RevokeDevice = z.strictObject({ deviceId: DeviceId })
export const sessionKeep = keep
