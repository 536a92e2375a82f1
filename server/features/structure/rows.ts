import { Address } from '../../../protocol/identity.ts'
import { limits } from '../../../protocol/limits.ts'
import type { Column, Fault } from '../../../protocol/structure.ts'
import { isStorable } from '../../../protocol/text.ts'
import type { Columns } from './columns.ts'
import type { Cells } from '../../platform/lists/delimited.ts'
import { LOST } from '../../platform/lists/encoding.ts'

/** One person of a list. What the list has no column for is `undefined` and is left as it is. */
export type Row = {
  line: number
  /** The employee number. */
  key: string | null
  name: string
  address: string
  title: string | undefined
  place: string | undefined
  phone: string | undefined
  /** As the list names them: by number, address or name. */
  manager: string | undefined
}
/** A row as it was written, and what is wrong with it. Faulty rows still say whom they are about. */
export type CheckedRow = Row & { cells: readonly string[] }

const VALUE_SHOWN = 200
const longest = {
  key: limits.personName,
  name: limits.personName,
  firstName: limits.personName,
  lastName: limits.personName,
  title: limits.title,
  address: limits.address,
  phone: limits.phone,
  place: limits.place,
  manager: limits.address,
} as const satisfies Record<Exclude<Column, 'none'>, number>

/** Reads the rows of a list and names what is wrong with each, by itself and beside the others. */
export function readRows(columns: Columns): { rows: CheckedRow[]; faults: Fault[] } {
  const absent = findAbsentColumns(columns)
  if (absent.length > 0) return { rows: [], faults: absent }
  const read = columns.rows.map((record) => readRow(record, columns))
  const rows = read.map(({ row }) => row)
  const faults = read.flatMap((one) => one.faults)
  const twice = [
    ...findTwice(rows, 'key', headingOf(columns, 'key')),
    ...findTwice(rows, 'address', headingOf(columns, 'address')),
  ]
  return { rows, faults: [...faults, ...twice] }
}

/**
 * Without names or addresses there is no account to make; one fault for the heading says it better than one for each
 * row.
 */
function findAbsentColumns({ meanings }: Columns): Fault[] {
  const hasName = (['name', 'firstName', 'lastName'] as const).some((column) => meanings.includes(column))
  const fault = { line: 1, column: null, value: '', otherLine: null }
  return [
    ...(hasName ? [] : [{ ...fault, code: 'name.missing' as const }]),
    ...(meanings.includes('address') ? [] : [{ ...fault, code: 'address.missing' as const }]),
  ]
}

function readRow({ line, cells }: Cells, columns: Columns): { row: CheckedRow; faults: Fault[] } {
  const { headings, meanings } = columns
  const clean = cells.map((cell) => cell.trim().replaceAll(/\s+/g, ' '))
  const at = (column: Column) => meanings.indexOf(column)
  const value = (column: Column) => (at(column) < 0 ? undefined : (clean[at(column)] ?? ''))
  const joined = clean.filter((cell, index) => meanings[index] === 'place' && cell !== '').join(', ')
  const address = Address.safeParse(value('address'))
  const row: CheckedRow = {
    line,
    key: value('key') || null,
    name: value('name') ?? joinName(value('firstName') ?? '', value('lastName') ?? ''),
    address: address.success ? address.data : '',
    title: value('title'),
    place: meanings.includes('place') ? joined : undefined,
    phone: value('phone'),
    manager: value('manager'),
    cells: clean,
  }
  const fault = (code: Fault['code'], column: string | null, text: string): Fault => ({
    line,
    code,
    column,
    value: shorten(text),
    otherLine: null,
  })
  const beyond = clean.slice(headings.length).some((cell) => cell !== '')
  if (clean.length < headings.length || beyond) {
    return { row: { ...row, manager: undefined }, faults: [fault('row.columns', null, clean.join(' | '))] }
  }
  const faults = clean.flatMap((cell, index) => {
    const code = checkText(cell, meanings[index] ?? 'none')
    return code ? [fault(code, headings[index] ?? null, cell)] : []
  })
  if (faults.length > 0) return { row, faults }
  const nameHeading = headingOf(columns, 'name') ?? headingOf(columns, 'firstName') ?? headingOf(columns, 'lastName')
  if (row.name === '') faults.push(fault('name.missing', nameHeading, ''))
  if (row.name.length > longest.name) faults.push(fault('text.too-long', nameHeading, row.name))
  if (joined.length > longest.place) faults.push(fault('text.too-long', headingOf(columns, 'place'), joined))
  if (!address.success) {
    const written = value('address') ?? ''
    faults.push(fault(written === '' ? 'address.missing' : 'address.bad', headingOf(columns, 'address'), written))
  }
  return { row, faults }
}

/** Of what the list says, as much as helps to find it again. */
export const shorten = (value: string) => value.slice(0, VALUE_SHOWN).toWellFormed().replaceAll('\0', LOST)

function checkText(cell: string, column: Column): Fault['code'] | undefined {
  if (column === 'none') return undefined
  if (!isStorable(cell) || cell.includes(LOST)) return 'text.not-storable'
  return cell.length > longest[column] ? 'text.too-long' : undefined
}

/** Chinese, Japanese and Korean names begin with the family's, without a blank. */
function joinName(first: string, last: string): string {
  const isEastern = /^[\p{scx=Han}\p{scx=Hangul}]+$/u.test(first + last)
  return isEastern ? last + first : `${first} ${last}`.trim()
}

/** Of several rows with one number or address none can be trusted, so each is named together with another. */
function findTwice(rows: readonly CheckedRow[], field: 'key' | 'address', column: string | null): Fault[] {
  const lines = Map.groupBy(rows, (row) => row[field] || null)
  lines.delete(null)
  return Array.from(lines).flatMap(([value, [first, second, ...others]]) => {
    if (!first || !second) return []
    const fault = (line: number, otherLine: number): Fault => ({
      line,
      code: `${field}.twice`,
      column,
      value: value ?? '',
      otherLine,
    })
    return [fault(first.line, second.line), ...[second, ...others].map((row) => fault(row.line, first.line))]
  })
}

function headingOf({ headings, meanings }: Columns, column: Column): string | null {
  return headings[meanings.indexOf(column)] ?? null
}
