import { useMemo } from 'react'
import { dates } from './dates.ts'
import type { Dates } from './dates.ts'
import { useTexts } from './texts.tsx'

/** Times and days in the user's language. */
export function useDates(): Dates {
  const { locale, text } = useTexts()
  return useMemo(() => dates(locale, text), [locale, text])
}
