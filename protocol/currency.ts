import { z } from 'zod'

const known = new Set(Intl.supportedValuesOf('currency'))

/** By ISO 4217. */
export const Currency = z
  .string()
  .regex(/^[A-Z]{3}$/, { error: 'Must be a currency by ISO 4217, like EUR.' })
  .refine((code) => known.has(code), { error: 'There is no such currency.' })

/** In the smallest unit of its currency: cents of a euro, whole yen. */
export const MinorUnits = z.int().min(0).max(1_000_000_000_000)
export const Money = z.strictObject({ amount: MinorUnits.min(1), currency: Currency })
export type Money = z.infer<typeof Money>
