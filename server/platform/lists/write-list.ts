/** A spreadsheet takes a field that begins with one of these for a formula, and would carry it out. */
const FORMULA = /^'*[=+\-@\t\r]/
const GUARDED = /^'(?='*[=+\-@\t\r])/

/**
 * Records as CSV in UTF-8 (RFC 4180), with the byte order mark that spreadsheets want. What would be a formula gets an
 * apostrophe before it, which `unguarded` takes away again; so does what looks as if it had got one.
 */
export function writeList(records: readonly (readonly string[])[]): string {
  return `\uFEFF${records.map((cells) => `${cells.map(writeCell).join(',')}\r\n`).join('')}`
}

function writeCell(cell: string): string {
  const safe = FORMULA.test(cell) ? `'${cell}` : cell
  return /[",\r\n\t;|]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** What a field said before it was guarded. */
export const unguarded = (cell: string): string => cell.replace(GUARDED, '')
