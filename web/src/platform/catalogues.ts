import type { Catalogue, Locale } from './formatter.ts'

type Texts = Record<Locale, () => Promise<{ default: Catalogue }>>

const first: Texts = {
  en: () => import('../texts/en.json', { with: { type: 'json' } }),
  'zh-CN': () => import('../texts/zh-CN.json', { with: { type: 'json' } }),
}
const later: Texts = {
  en: () => import('../texts/later/en.json', { with: { type: 'json' } }),
  'zh-CN': () => import('../texts/later/zh-CN.json', { with: { type: 'json' } }),
}
const loaded = new Map<Locale, Catalogue>()
let isLaterWanted = false

/** The texts of the first screens; and all others too, once a later screen has been wanted. */
export async function loadCatalogue(locale: Locale): Promise<Catalogue> {
  const texts = (await first[locale]()).default
  const catalogue = loaded.get(locale) ?? { ...texts }
  loaded.set(locale, catalogue)
  if (isLaterWanted) await addLater(locale, catalogue)
  return catalogue
}

/** Into the catalogues that are in use: no screen that is shown already asks for any of these. */
export async function loadLaterTexts(): Promise<void> {
  isLaterWanted = true
  await Promise.all(Array.from(loaded, ([locale, catalogue]) => addLater(locale, catalogue)))
}

async function addLater(locale: Locale, catalogue: Catalogue): Promise<void> {
  Object.assign(catalogue, (await later[locale]()).default)
}
