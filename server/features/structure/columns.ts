import { isMailAddress } from '../../../protocol/identity.ts'
import type { Column } from '../../../protocol/structure.ts'
import { Refusal } from '../../platform/refusal.ts'
import { unreadable } from '../../platform/lists/encoding.ts'
import type { Cells } from '../../platform/lists/delimited.ts'
import { findHeading } from './headings.ts'

export type Columns = { headings: string[]; meanings: Column[]; rows: Cells[] }

const COLUMNS_MAX = 100
/** Rows looked at to find a column by what is in it. */
const PROBE = 50

/**
 * Divides a list into its heading and its rows, and says what each column means; `given` is the administrator's own
 * word.
 */
export function readColumns(records: readonly Cells[], given: readonly Column[] | undefined): Columns {
  const [first, ...others] = records
  if (!first) throw unreadable('This file is empty.')
  if (first.cells.length > COLUMNS_MAX) throw unreadable(`This list has more than ${COLUMNS_MAX} columns.`)
  const isHeading = !first.cells.some((cell) => isMailAddress(cell.trim()))
  const rows = isHeading ? others : [...records]
  if (rows.length === 0) throw unreadable('This list has a heading and nobody below it.')
  const named = isHeading ? first.cells.map((cell) => cell.trim()) : first.cells.map((_, index) => letterOf(index))
  return { headings: named, meanings: given ? checkGiven(given, named) : detect(named, rows), rows }
}

/** A list without headings gets the letters of a spreadsheet. */
function letterOf(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26))
  return index < 26 ? letter : letterOf(Math.floor(index / 26) - 1) + letter
}

function checkGiven(given: readonly Column[], named: readonly string[]): Column[] {
  if (given.length !== named.length)
    throw new Refusal('input.invalid', { message: `This list has ${named.length} columns.`, path: 'columns' })
  const twice = given.find((column, index) => !mayRepeat(column) && given.indexOf(column) !== index)
  if (twice) throw new Refusal('input.invalid', { message: `Two columns cannot both mean ${twice}.`, path: 'columns' })
  return [...given]
}

/** Several places are joined: city and country. */
const mayRepeat = (column: Column) => column === 'none' || column === 'place'

const unknown = { column: 'none', rank: 0 } as const

function detect(named: readonly string[], rows: readonly Cells[]): Column[] {
  const ranks = named.map((heading) => findHeading(heading) ?? unknown)
  const meanings = ranks.map(({ column, rank }, index): Column => {
    const rival = ranks.findIndex(
      (other, at) => other.column === column && (other.rank < rank || (other.rank === rank && at < index)),
    )
    return rival >= 0 && !mayRepeat(column) ? 'none' : column
  })
  return findAddress(settleNames(meanings), rows)
}

/** Beside a first name, "Name" is the last name, and beside a last name the first: German "Vorname, Name". */
function settleNames(meanings: readonly Column[]): Column[] {
  const [hasFirst, hasLast] = [meanings.includes('firstName'), meanings.includes('lastName')]
  if (hasFirst && hasLast) return meanings.map((column) => (column === 'name' ? 'none' : column))
  if (hasFirst) return meanings.map((column) => (column === 'name' ? 'lastName' : column))
  if (hasLast) return meanings.map((column) => (column === 'name' ? 'firstName' : column))
  return [...meanings]
}

/** Where no heading says "address", the column that holds mail addresses is it. */
function findAddress(meanings: readonly Column[], rows: readonly Cells[]): Column[] {
  if (meanings.includes('address')) return [...meanings]
  const probe = rows.slice(0, PROBE)
  const found = meanings.findIndex((column, index) => {
    const filled = probe.map(({ cells }) => cells[index]?.trim() ?? '').filter((cell) => cell !== '')
    return column === 'none' && filled.length > 0 && filled.filter(isMailAddress).length * 2 > filled.length
  })
  return meanings.map((column, index) => (index === found ? 'address' : column))
}
