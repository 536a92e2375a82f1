const pairs = 6

/** Two letters for alphabets, one character for Chinese, Japanese and Korean names. */
export function initials(name: string): string {
  const words = name
    .replace(/[^\p{L}\p{N}\s]/gu, ' ')
    .trim()
    .split(/\s+/)
    .filter(Boolean)
  const first = firstCharacter(words[0])
  if (/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u.test(first)) return first
  const last = words.length > 1 ? firstCharacter(words.at(-1)) : ''
  return (first + last).toUpperCase()
}

/** One of six quiet colour pairs, always the same for the same id. */
export function colourPair(id: string): number {
  let sum = 0
  for (const character of id) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 9_973
  return (sum % pairs) + 1
}

const firstCharacter = (word: string | undefined): string => (word ? (Array.from(word)[0] ?? '') : '')
