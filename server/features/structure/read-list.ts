import { limits } from '../../../protocol/limits.ts'
import type { Column, Fault } from '../../../protocol/structure.ts'
import { Refusal } from '../../platform/refusal.ts'
import { readColumns, type Columns } from './columns.ts'
import { readRecords } from '../../platform/lists/delimited.ts'
import { decode } from '../../platform/lists/encoding.ts'
import { readRows, type CheckedRow } from './rows.ts'

export type List = {
  encoding: string
  delimiter: string
  columns: { heading: string; meaning: Column; sample: string }[]
  /** Rows below the heading, faulty ones too. */
  rowCount: number
  rows: CheckedRow[]
  faults: Fault[]
}

const SAMPLE_SHOWN = 80

/** From the bytes of a file to its rows. Pure; throws a refusal where the file as a whole cannot be read. */
export function readList(bytes: Uint8Array, given: readonly Column[] | undefined): List {
  if (bytes.length > limits.importBytes)
    throw new Refusal('input.too-large', {
      message: `This file has ${megabytes(bytes.length)} MB; a list may have ${megabytes(limits.importBytes)} MB.`,
      path: 'content',
    })
  const { text, encoding } = decode(bytes)
  const { delimiter, records } = readRecords(text)
  const columns = readColumns(records, given)
  const { rows, faults } = readRows(columns)
  return { encoding, delimiter, columns: describe(columns), rowCount: columns.rows.length, rows, faults }
}

/** The same from rows that came from elsewhere, with their meanings known. The first row is line 1. */
export function takeRows(given: {
  headings: readonly string[]
  meanings: readonly Column[]
  rows: readonly string[][]
}): List {
  const records = given.rows.map((cells, index) => ({ line: index + 1, cells }))
  const columns = { headings: [...given.headings], meanings: [...given.meanings], rows: records }
  const { rows, faults } = readRows(columns)
  return { encoding: 'UTF-8', delimiter: '', columns: describe(columns), rowCount: records.length, rows, faults }
}

const megabytes = (bytes: number) => (bytes / 1_000_000).toFixed(bytes % 1_000_000 === 0 ? 0 : 1)

function describe({ headings, meanings, rows }: Columns) {
  return headings.map((heading, index) => {
    const sample = rows.map(({ cells }) => cells[index]?.trim() ?? '').find((cell) => cell !== '') ?? ''
    return { heading: brief(heading), meaning: meanings[index] ?? 'none', sample: brief(sample) }
  })
}

const brief = (text: string) => text.slice(0, SAMPLE_SHOWN).toWellFormed()
