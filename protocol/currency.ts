import { z } from 'zod'

/** Decimal places of a currency's smallest unit by ISO 4217, where they are not two. */
const exponents: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
}
const known = new Map(
  Object.entries(exponents).flatMap(([digits, codes]) => codes.split(' ').map((code) => [code, Number(digits)])),
)

/** `EUR` has cents: 2. `JPY` has none: 0. `KWD` has thousandths: 3. */
export const decimalsOf = (currency: string): number => known.get(currency) ?? 2

/** By ISO 4217. */
export const Currency = z
  .string()
  .regex(/^[A-Z]{3}$/, { error: 'Must be a currency by ISO 4217, like EUR.' })
  .refine((code) => Intl.supportedValuesOf('currency').includes(code), { error: 'There is no such currency.' })

/** In the smallest unit of its currency: cents of a euro, whole yen. */
export const MinorUnits = z.int().min(0).max(1_000_000_000_000)
export const Money = z.strictObject({ amount: MinorUnits.min(1), currency: Currency })
export type Money = z.infer<typeof Money>
