const LETTERS = Array.from({ length: 26 }, (_, index) => String.fromCharCode(65 + index))
const codes = LETTERS.flatMap((first) => LETTERS.map((second) => first + second))
/** What is written in lists, and is no name of ISO 3166. */
const written: Record<string, string> = { uk: 'GB', usa: 'US', 'u.s.a.': 'US', england: 'GB', holland: 'NL' }

let byName: ReadonlyMap<string, string> | undefined

/** `Germany`, `德国` and `de` are all `DE`. What is no country is left as it is written. */
export function countryCode(text: string): string {
  byName ??= readNames()
  return byName.get(text.toLowerCase()) ?? text
}

function readNames(): Map<string, string> {
  const names = new Map(Object.entries(written))
  for (const locale of ['en', 'de', 'fr', 'es', 'zh-CN']) {
    const display = new Intl.DisplayNames([locale], { type: 'region', fallback: 'none' })
    for (const code of codes) {
      const name = display.of(code)
      if (name === undefined) continue
      // Countries that are no more have one that stands for them now.
      const today = new Intl.Locale(`und-${code}`).region ?? code
      names.set(code.toLowerCase(), today)
      if (!names.has(name.toLowerCase())) names.set(name.toLowerCase(), today)
    }
  }
  return names
}
