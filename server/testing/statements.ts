export type Statement = { line: number; text: string }

/** The statements of a source file: templates with the tag `tx`, each `${}` as a numbered parameter. */
export function statementsIn(source: string): Statement[] {
  const found: Statement[] = []
  for (const match of source.matchAll(/\btx(?:<(?:[^<>`]|<[^<>`]*>)*>)?\s*`/g)) {
    const line = source.slice(0, match.index).split('\n').length
    found.push({ line, text: readTemplate(source, match.index + match[0].length) })
  }
  return found
}

function readTemplate(source: string, start: number): string {
  let text = ''
  let parameters = 0
  for (let at = start; at < source.length;) {
    const character = source[at] ?? ''
    if (character === '`') return text
    if (character === '\\') {
      text += source[at + 1] ?? ''
      at += 2
    } else if (source.startsWith('${', at)) {
      text += `$${++parameters}`
      at = endOfExpression(source, at + 2)
    } else {
      text += character
      at++
    }
  }
  throw new Error('A template does not end.')
}

/** Behind the brace that closes the expression; templates and texts inside may hold braces of their own. */
function endOfExpression(source: string, start: number): number {
  let depth = 1
  for (let at = start; at < source.length; at++) {
    const character = source[at] ?? ''
    if (character === "'" || character === '"') at = source.indexOf(character, at + 1)
    else if (character === '`') at = endOfTemplate(source, at + 1)
    else if (character === '{') depth++
    else if (character === '}' && --depth === 0) return at + 1
  }
  throw new Error('An expression in a template does not end.')
}

function endOfTemplate(source: string, start: number): number {
  for (let at = start; at < source.length; at++) {
    if (source[at] === '\\') at++
    else if (source[at] === '`') return at
    else if (source.startsWith('${', at)) at = endOfExpression(source, at + 2) - 1
  }
  throw new Error('A template does not end.')
}
