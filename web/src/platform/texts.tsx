import { IntlMessageFormat } from 'intl-messageformat'
import { createContext, use, useCallback, useEffect, useMemo, useState } from 'react'
import type { ReactNode } from 'react'
import type english from '../texts/en.json'

export type TextKey = keyof typeof english
export type TextValues = Record<string, string | number | boolean | Date | undefined>
export type Text = (key: TextKey, values?: TextValues) => string

/** The languages of the interface, each by its own name. */
export const languages = { en: 'English', 'zh-CN': '简体中文' } as const
export type Locale = keyof typeof languages

type Catalogue = Record<TextKey, string>
type Texts = { locale: Locale; text: Text; has: (key: string) => key is TextKey; setLocale: (locale: Locale) => void }

const stored = 'shoptalk.locale'
const catalogues: Record<Locale, () => Promise<{ default: Catalogue }>> = {
  en: () => import('../texts/en.json', { with: { type: 'json' } }),
  'zh-CN': () => import('../texts/zh-CN.json', { with: { type: 'json' } }),
}
const Context = createContext<Texts | undefined>(undefined)

/** Loads the catalogue before the first render, so that no text ever appears as a key. */
export async function firstCatalogue(): Promise<{ locale: Locale; catalogue: Catalogue }> {
  const locale = preferredLocale(localStorage.getItem(stored), navigator.languages)
  return { locale, catalogue: (await catalogues[locale]()).default }
}

export function preferredLocale(chosen: string | null, wanted: readonly string[]): Locale {
  if (isLocale(chosen)) return chosen
  for (const language of wanted) {
    if (language.toLowerCase().startsWith('zh')) return 'zh-CN'
    if (language.toLowerCase().startsWith('en')) return 'en'
  }
  return 'en'
}

export const isLocale = (value: unknown): value is Locale =>
  typeof value === 'string' && Object.hasOwn(languages, value)

type ProviderProps = { first: { locale: Locale; catalogue: Catalogue }; children: ReactNode }

export function TextProvider({ first, children }: ProviderProps) {
  const [{ locale, catalogue }, setLoaded] = useState(first)
  const text = useMemo(() => formatter(locale, catalogue), [locale, catalogue])
  const setLocale = useCallback((next: Locale) => {
    localStorage.setItem(stored, next)
    catalogues[next]().then(
      (loaded) => setLoaded({ locale: next, catalogue: loaded.default }),
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

export function formatter(locale: Locale, catalogue: Catalogue): Text {
  const parsed = new Map<TextKey, IntlMessageFormat>()
  return (key, values) => {
    const message = parsed.get(key) ?? new IntlMessageFormat(catalogue[key], locale, undefined, { ignoreTag: true })
    parsed.set(key, message)
    return String(message.format(values))
  }
}
