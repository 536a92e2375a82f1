import { createContext, use, useCallback, useEffect, useMemo, useState } from 'react'
import type { ReactNode } from 'react'
import { loadCatalogue } from './catalogues.ts'
import { formatter, preferredLocale } from './formatter.ts'
import type { Catalogue, Locale, Text, TextKey } from './formatter.ts'

export { isLocale, languages } from './formatter.ts'
export type { Locale, Text, TextKey } from './formatter.ts'

type Texts = { locale: Locale; text: Text; has: (key: string) => key is TextKey; setLocale: (locale: Locale) => void }

const stored = 'shoptalk.locale'
const Context = createContext<Texts | undefined>(undefined)

/** Loads the catalogue before the first render, so that no text ever appears as a key. */
export async function firstCatalogue(): Promise<{ locale: Locale; catalogue: Catalogue }> {
  const locale = preferredLocale(localStorage.getItem(stored), navigator.languages)
  return { locale, catalogue: await loadCatalogue(locale) }
}

type ProviderProps = { first: { locale: Locale; catalogue: Catalogue }; children: ReactNode }

export function TextProvider({ first, children }: ProviderProps) {
  const [{ locale, catalogue }, setLoaded] = useState(first)
  const text = useMemo(() => formatter(locale, catalogue), [locale, catalogue])
  const setLocale = useCallback((next: Locale) => {
    localStorage.setItem(stored, next)
    loadCatalogue(next).then(
      (loaded) => setLoaded({ locale: next, catalogue: loaded }),
      // Without a connection the old language stays; the choice counts from the next load on.
      () => undefined,
    )
  }, [])
  useEffect(() => {
    document.documentElement.lang = locale
  }, [locale])
  const value = useMemo(() => {
    const has = (key: string): key is TextKey => Object.hasOwn(catalogue, key)
    return { locale, text, has, setLocale }
  }, [locale, catalogue, text, setLocale])
  return <Context value={value}>{children}</Context>
}

export function useTexts(): Texts {
  const texts = use(Context)
  if (!texts) throw new Error('TextProvider is missing')
  return texts
}

export const useText = (): Text => useTexts().text
