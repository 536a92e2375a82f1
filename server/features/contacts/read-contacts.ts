import { Tag, type ContactColumn, type ContactFault } from '../../../protocol/contacts.ts'
import { Address, Locale } from '../../../protocol/identity.ts'
import { limits } from '../../../protocol/limits.ts'
import { isStorable } from '../../../protocol/text.ts'
import { readRecords, type Cells } from '../../platform/lists/delimited.ts'
import { decode } from '../../platform/lists/encoding.ts'
import { unguarded } from '../../platform/lists/write-list.ts'
import { Refusal } from '../../platform/refusal.ts'
import { readColumns, type Columns } from './columns.ts'

/** A row that can be imported. Undefined: the list has no such column, and what is known stays. */
export type ContactRowRead = {
  line: number
  name: string
  /** The first is the one they sign in with. */
  addresses: string[]
  locale: Locale | undefined
  tags: string[] | undefined
  /** As it stands in the list: an address or a name. */
  keeper: string | undefined
  notes: string | undefined
}
export type ContactFile = {
  encoding: string
  delimiter: string
  columns: { heading: string; meaning: ContactColumn; sample: string }[]
  rowCount: number
  rows: ContactRowRead[]
  faults: ContactFault[]
}

const SHOWN = 80

/** Pure: from the bytes of a file to its rows. Throws a refusal where the file as a whole cannot be read. */
export function readContacts(bytes: Uint8Array, given: readonly ContactColumn[] | undefined): ContactFile {
  if (bytes.length > limits.importBytes)
    throw new Refusal('input.too-large', { path: 'content', message: 'A list may have 10 MB. Divide it into several.' })
  const { text, encoding } = decode(bytes)
  const { delimiter, records } = readRecords(text)
  const columns = readColumns(records, given)
  const read = columns.rows.map((row) => readRow(row, columns.meanings))
  const rows = read.flatMap((row) => ('code' in row ? [] : [row]))
  const twice = findTwice(rows)
  return {
    encoding,
    delimiter,
    columns: describe(columns),
    rowCount: columns.rows.length,
    rows: rows.filter((row) => !twice.some(({ line }) => line === row.line)),
    faults: [...read.flatMap((row) => ('code' in row ? [row] : [])), ...twice].toSorted((a, b) => a.line - b.line),
  }
}

function readRow({ line, cells }: Cells, meanings: readonly ContactColumn[]): ContactRowRead | ContactFault {
  const cell = (meaning: ContactColumn) => {
    const index = meanings.indexOf(meaning)
    return index < 0 ? undefined : unguarded(cells[index]?.trim() ?? '')
  }
  const fault = (code: ContactFault['code'], value: string) => ({ line, code, value: brief(value) })
  const bad = cells.find((value) => !isStorable(value))
  if (bad !== undefined) return fault('text.not-storable', '')
  const [mail = '', phone = ''] = [cell('address'), cell('phone')]
  const written = [...mail.split(/[\s;,]+/), ...phone.split(/[;,]|\s(?=\+)/)].filter(Boolean)
  const addresses = written.map((value) => ({ value, read: Address.safeParse(value) }))
  const wrong = addresses.find(({ read }) => !read.success)
  if (wrong) return fault('address.bad', wrong.value)
  const given = cell('name') ?? ''
  const name = given === '' ? [cell('firstName'), cell('lastName')].filter(Boolean).join(' ') : given
  if (name === '') return fault('name.missing', written.join(' '))
  if (addresses.length === 0) return fault('address.missing', name)
  const tags = cell('tags')
    ?.split(/[;,]/)
    .map((tag) => tag.trim())
    .filter(Boolean)
  const notes = cell('notes')
  const isLong = name.length > limits.personName || (notes?.length ?? 0) > limits.contactNotes
  if (isLong || addresses.length > limits.addressesPerContact) return fault('text.too-long', name)
  if ((tags?.length ?? 0) > limits.tagsPerContact || tags?.some((tag) => !Tag.safeParse(tag).success))
    return fault('text.too-long', tags?.join(', ') ?? '')
  return {
    line,
    name: name.replaceAll(/\s+/g, ' '),
    addresses: addresses.flatMap(({ read }) => read.data ?? []),
    locale: localeIn(cell('locale')),
    tags: tags && Array.from(new Set(tags.map((tag) => tag.toLowerCase()))).toSorted(),
    keeper: cell('keeper'),
    notes,
  }
}

/** `de-AT`, `English` or 中文: what is not a language of ours is left open. */
function localeIn(value: string | undefined): Locale | undefined {
  const plain = value?.toLowerCase() ?? ''
  if (/^(zh|chinese|中文|简体)/.test(plain)) return 'zh-CN'
  return plain.startsWith('en') ? 'en' : undefined
}

/** Of rows with the same address the first counts. */
function findTwice(rows: readonly ContactRowRead[]): ContactFault[] {
  const seen = new Set<string>()
  return rows.flatMap(({ line, addresses }) => {
    const repeated = addresses.find((address) => seen.has(address))
    addresses.forEach((address) => seen.add(address))
    return repeated === undefined ? [] : [{ line, code: 'address.twice' as const, value: repeated }]
  })
}

function describe({ headings, meanings, rows }: Columns) {
  return headings.map((heading, index) => {
    const sample = rows.map(({ cells }) => cells[index]?.trim() ?? '').find((cell) => cell !== '') ?? ''
    return { heading: brief(heading), meaning: meanings[index] ?? 'none', sample: brief(sample) }
  })
}

const brief = (text: string) => text.slice(0, SHOWN).replaceAll('\0', '').toWellFormed()
