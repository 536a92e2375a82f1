type Findable = { label: string; also?: string | undefined; section: string }

/** A palette shows what fits on a screen or two; who looks for more types more. */
const foundMax = 60

/** Every typed word must begin a word of the label or of what else finds it; better matches come first. */
export function findEntries<Entry extends Findable>(entries: readonly Entry[], words: string): Entry[] {
  const wanted = fold(words).split(/\s+/).filter(Boolean)
  if (wanted.length === 0) return entries.slice(0, foundMax)
  const sections = [...new Set(entries.map((entry) => entry.section))]
  return entries
    .map((entry) => ({ entry, rank: rank(entry, wanted) }))
    .filter(({ rank }) => rank > 0)
    .toSorted((a, b) => sections.indexOf(a.entry.section) - sections.indexOf(b.entry.section) || b.rank - a.rank)
    .slice(0, foundMax)
    .map(({ entry }) => entry)
}

function rank(entry: Findable, wanted: string[]): number {
  const label = fold(entry.label)
  const all = `${label} ${fold(entry.also ?? '')}`
  if (!wanted.every((word) => contains(all, word))) return 0
  if (label.startsWith(wanted.join(' '))) return 3
  return wanted.every((word) => contains(label, word)) ? 2 : 1
}

/** Whether every typed word begins a word of the text. */
export const matches = (text: string, words: string): boolean =>
  fold(words)
    .split(/\s+/)
    .filter(Boolean)
    .every((word) => contains(fold(text), word))

/** Chinese is written without blanks, so there a word may begin anywhere. */
function contains(text: string, word: string): boolean {
  if (/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(word)) return text.includes(word)
  return text.startsWith(word) || text.split(/[\s.,@()·_-]+/).some((part) => part.startsWith(word))
}

/** Without case and accents: "Martin" finds "Martín". */
export const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim()
