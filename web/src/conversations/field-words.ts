/** How a field stands in a text. */
export const fieldIn = (name: string): string => `{{ ${name} }}`

/** Pure: gives a field a default wherever it has none. */
export function withDefault(words: string, name: string, value: string): string {
  const field = new RegExp(`\\{\\{\\s*${name.replaceAll('.', '\\.')}\\s*(\\|[^{}]*?)?\\s*\\}\\}`, 'g')
  const given = `${name} | default: "${value.replaceAll('"', '”')}"`
  return words.replace(field, (whole: string, filters: string = '') =>
    filters.includes('default:') ? whole : `{{ ${[given, filters].filter((piece) => piece !== '').join(' ')} }}`,
  )
}

/** Pure: where the path of a refusal points in the text, as in `parts.0.text:2:7`. */
export function placeOf(path: string | undefined): { line: number; column: number } | undefined {
  const [, line, column] = /:(\d+):(\d+)$/.exec(path ?? '') ?? []
  return line && column ? { line: Number(line), column: Number(column) } : undefined
}

/** Pure: the same place as an offset. */
export function offsetOf(words: string, { line, column }: { line: number; column: number }): number {
  const before = words.split('\n').slice(0, line - 1)
  return Math.min(words.length, before.reduce((sum, text) => sum + text.length + 1, 0) + column - 1)
}
