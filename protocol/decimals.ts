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
