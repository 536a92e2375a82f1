export type Piece = { kind: 'text' | 'link'; text: string; at: number }

const address = /https?:\/\/[^\s<>"'，。；！？、）】」]+/g

/** Splits a text into plain pieces and web addresses; only http and https become links. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = []
  let end = 0
  for (const match of text.matchAll(address)) {
    const link = withoutTrailingSigns(match[0])
    if (!URL.canParse(link)) continue
    if (match.index > end) found.push({ kind: 'text', text: text.slice(end, match.index), at: end })
    found.push({ kind: 'link', text: link, at: match.index })
    end = match.index + link.length
  }
  if (end < text.length) found.push({ kind: 'text', text: text.slice(end), at: end })
  return found
}

/** A full stop after an address belongs to the sentence; a bracket only where it was opened inside. */
function withoutTrailingSigns(link: string): string {
  const trimmed = link.replace(/[.,;:!?]+$/, '')
  return trimmed.endsWith(')') && !trimmed.includes('(') ? withoutTrailingSigns(trimmed.slice(0, -1)) : trimmed
}

/** One to three emoji alone are shown larger. */
export const isEmojiOnly = (text: string): boolean => /^(?:\p{RGI_Emoji}\s*){1,3}$/v.test(text.trim())
