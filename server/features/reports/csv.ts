/** What spreadsheets would take for a formula. */
const FORMULA = /^[=+\-@\t\r]/

/** RFC 4180, in UTF-8 with a byte order mark, by which spreadsheets recognise it. */
export function toCsv(headings: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return `\u{FEFF}${[headings, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('')}`
}

/** A name may begin with a sign that makes a formula of it; the apostrophe makes text of it again. */
function cell(value: string | number): string {
  if (typeof value === 'number') return String(value)
  const safe = FORMULA.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
