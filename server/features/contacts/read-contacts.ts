import { z } from 'zod'
import { Tag, type ContactColumn, type ContactFault } from '../../../protocol/contacts.ts'
import { Address, Locale } from '../../../protocol/identity.ts'
import { PersonId } from '../../../protocol/ids.ts'
import { limits } from '../../../protocol/limits.ts'
import { isStorable } from '../../../protocol/text.ts'
import { readRecords, type Cells } from '../../platform/lists/delimited.ts'
import { decode } from '../../platform/lists/encoding.ts'
import { unguarded } from '../../platform/lists/write-list.ts'
import { Refusal } from '../../platform/refusal.ts'
import { readColumns, type Columns } from './columns.ts'
import { readTags } from '../../../protocol/tag-list.ts'

/** A row that can be imported. Undefined: the list has no such column, and what is known stays. */
export type ContactRowRead = {
  line: number
  /** As an export calls them. */
  id: PersonId | undefined
  /** Empty where the list does not say. */
  name: string
  /** The first is the one they sign in with. */
  addresses: string[]
  locale: Locale | undefined
  /** A language that is none of ours, as it stands in the list. */
  unknownLocale: string | undefined
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
const Id = z.uuid().toLowerCase().pipe(PersonId)

/** Pure: from the bytes of a file to its rows. Throws a refusal where the file as a whole cannot be read. */
export function readContacts(bytes: Uint8Array, given: readonly ContactColumn[] | undefined): ContactFile {
  if (bytes.length > limits.importBytes)
    throw new Refusal('input.too-large', { path: 'content', message: 'A list may have 10 MB. Divide it into several.' })
  const { text, encoding } = decode(bytes)
  const { delimiter, records } = readRecords(text)
  const columns = readColumns(records, given)
  const read = columns.rows.map((row) => readRow(row, columns.meanings))
  const sound = read.flatMap((row) => ('code' in row ? [] : [row]))
  const twice = findTwice(sound)
  const linesTwice = new Set(twice.map(({ line }) => line))
  const rows = sound.filter(({ line }) => !linesTwice.has(line))
  return {
    encoding,
    delimiter,
    columns: describe(columns),
    rowCount: columns.rows.length,
    rows,
    faults: [...read.flatMap((row) => ('code' in row ? [row] : [])), ...twice].toSorted((a, b) => a.line - b.line),
  }
}

function readRow({ line, cells }: Cells, meanings: readonly ContactColumn[]): ContactRowRead | ContactFault {
  const all = (meaning: ContactColumn) =>
    meanings.flatMap((own, index) => (own === meaning ? [unguarded(cells[index]?.trim() ?? '')] : []))
  const cell = (meaning: ContactColumn) => all(meaning)[0]
  const fault = (code: ContactFault['code'], value: string) => ({ line, code, value: brief(value) })
  const bad = cells.find((value) => !isStorable(value))
  if (bad !== undefined) return fault('text.not-storable', '')
  const [mails, phones] = [all('address').join(' '), all('phone').join(';')]
  const written = [...mails.split(/[\s;,]+/), ...phones.split(/[;,]|\s(?=\+)/)].filter(Boolean)
  const addresses = written.map((value) => ({ value, read: Address.safeParse(value) }))
  const wrong = addresses.find(({ read }) => !read.success)
  if (wrong) return fault('address.bad', wrong.value)
  const given = cell('name') ?? ''
  const name = given === '' ? [cell('firstName'), cell('lastName')].filter(Boolean).join(' ') : given
  const writtenTags = cell('tags')
  const tags = writtenTags === undefined ? undefined : readTags(writtenTags).map((tag) => Tag.safeParse(tag))
  const notes = cell('notes')
  const isLong = name.length > limits.personName || (notes?.length ?? 0) > limits.contactNotes
  if (isLong || addresses.length > limits.addressesPerContact) return fault('text.too-long', name)
  if ((tags?.length ?? 0) > limits.tagsPerContact || tags?.some(({ success }) => !success))
    return fault('text.too-long', writtenTags ?? '')
  const locale = cell('locale') ?? ''
  return {
    line,
    id: Id.safeParse(cell('id')).data,
    name: nameOf(name),
    addresses: Array.from(new Set(addresses.flatMap(({ read }) => read.data ?? []))),
    locale: localeIn(locale),
    unknownLocale: locale !== '' && localeIn(locale) === undefined ? brief(locale) : undefined,
    tags: tags && Array.from(new Set(tags.flatMap(({ data }) => data ?? []))).toSorted(),
    keeper: cell('keeper'),
    notes,
  }
}

/** A text as it comes back from a list. */
export const cellOf = (text: string) => text.replaceAll(/\r\n?/g, '\n').trim()
export const nameOf = (text: string) => cellOf(text).replaceAll(/\s+/g, ' ')

/** `de-AT`, `English` or 中文: what is not a language of ours is left open. */
function localeIn(value: string): Locale | undefined {
  const plain = value.toLowerCase()
  if (/^(zh|chinese|中文|简体)/.test(plain)) return 'zh-CN'
  return plain.startsWith('en') ? 'en' : undefined
}

/** Of rows about the same contact, or with the same address, the first counts. */
function findTwice(rows: readonly ContactRowRead[]): ContactFault[] {
  const seen = new Set<string>()
  return rows.flatMap(({ line, id, name, addresses }) => {
    const isAgain = id !== undefined && seen.has(id)
    const repeated = isAgain ? name : addresses.find((address) => seen.has(address))
    for (const key of [...addresses, ...(id ? [id] : [])]) seen.add(key)
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
