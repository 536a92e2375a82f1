import type { Locale } from '../platform/texts.tsx'

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const

/** "4.2 MB", in steps of a thousand. */
export function bytesText(bytes: number, locale: Locale): string {
  const step = Math.min(bytes < 1_000 ? 0 : Math.floor(Math.log10(bytes) / 3), units.length - 1)
  const value = bytes / 1_000 ** step
  const maximumFractionDigits = step === 0 || value >= 100 ? 0 : 1
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: units[step] ?? 'byte',
    unitDisplay: step === 0 ? 'long' : 'short',
    maximumFractionDigits,
  }).format(value)
}
