/** Tags in one field, with commas between. A tag that holds one itself stands in quotation marks, doubled inside. */
export const writeTags = (tags: readonly string[]): string =>
  tags.map((tag) => (/[",;]/.test(tag) ? `"${tag.replaceAll('"', '""')}"` : tag)).join(', ')

/** A tag in quotation marks, or whatever stands up to the next comma. */
const TAG = /\s*"((?:[^"]|"")*)"\s*(?=[;,]|$)|[^;,]+/g

export const readTags = (cell: string): string[] =>
  Array.from(cell.matchAll(TAG), ([plain, quoted]) => (quoted?.replaceAll('""', '"') ?? plain).trim()).filter(Boolean)
