import { IntlMessageFormat } from 'intl-messageformat'
import type english from '../texts/en.json'
import type laterEnglish from '../texts/later/en.json'

export type TextKey = keyof typeof english | keyof typeof laterEnglish
export type TextValues = Record<string, string | number | boolean | Date | undefined>
export type Text = (key: TextKey, values?: TextValues) => string
/** Texts of later screens are missing until those are wanted. */
export type Catalogue = Partial<Record<TextKey, string>>

/** The languages of the interface, each by its own name. */
export const languages = { en: 'English', 'zh-CN': '简体中文' } as const
export type Locale = keyof typeof languages

export const isLocale = (value: unknown): value is Locale =>
  typeof value === 'string' && Object.hasOwn(languages, value)

/** The chosen language, else the first wanted one that there is, else English. */
export function preferredLocale(chosen: string | null, wanted: readonly string[]): Locale {
  if (isLocale(chosen)) return chosen
  for (const language of wanted) {
    if (language.toLowerCase().startsWith('zh')) return 'zh-CN'
    if (language.toLowerCase().startsWith('en')) return 'en'
  }
  return 'en'
}

export function formatter(locale: Locale, catalogue: Catalogue): Text {
  const parsed = new Map<TextKey, IntlMessageFormat>()
  const find = (key: TextKey): string => {
    const message = catalogue[key]
    if (message === undefined) throw new Error(`The text ${key} is one of later screens, and none has been wanted.`)
    return message
  }
  return (key, values) => {
    const message = parsed.get(key) ?? new IntlMessageFormat(find(key), locale, undefined, { ignoreTag: true })
    parsed.set(key, message)
    return String(message.format(values))
  }
}
