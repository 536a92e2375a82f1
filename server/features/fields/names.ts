/** A short line in letters of Chinese, Japanese or Korean, without blanks: the family's name stands first. */
const hanName = /^[\p{sc=Han}\p{sc=Hangul}]{2,4}$/u
/** Families whose name has two letters. */
const longFamilies = /^(欧阳|太史|上官|端木|司马|东方|独孤|南宫|夏侯|诸葛|尉迟|皇甫|令狐|慕容|司徒|司空)/
const titles = /^((mr|mrs|ms|miss|dr|prof|sir)\.?\s+)+/i

/** Pure: the two halves of a name, as far as they can be told. A single word is what somebody is called. */
export function halvesOf(name: string): { first?: string; last?: string } {
  const words = name.trim().replace(titles, '')
  if (words === '') return {}
  if (hanName.test(words)) {
    const familyLength = longFamilies.test(words) && words.length > 2 ? 2 : 1
    return { first: words.slice(familyLength), last: words.slice(0, familyLength) }
  }
  const [family, given] = words.split(/\s*,\s*/, 2)
  if (family && given) return { first: given.split(/\s+/)[0] ?? given, last: family }
  const parts = words.split(/\s+/)
  const [first] = parts
  const last = parts.length > 1 ? parts.at(-1) : undefined
  return { ...(first ? { first } : {}), ...(last ? { last } : {}) }
}
