import { CsvError, parse } from 'csv-parse/sync'
import { limits } from '../../../protocol/limits.ts'
import { unreadable } from './encoding.ts'

export type Delimiter = ',' | ';' | '\t' | '|'
/** One record with the line it begins on, as an editor counts: quoted fields may hold line ends. */
export type Cells = { line: number; cells: string[] }

const delimiters: readonly Delimiter[] = [',', ';', '\t', '|']
/** Characters. A quote that is never closed swallows the rest of a file; this finds it early. */
const RECORD_MAX = 20_000
/** Records read to find out what stands between the fields. */
const PROBE = 20

/** Reads the records of a list; what separates the fields is found out. Lines without any content are left out. */
export function readRecords(text: string): { delimiter: Delimiter; records: Cells[] } {
  const whole = text.replaceAll(/\r\n?/g, '\n')
  // Excel's word for what stands between the fields; the line is left empty, so that the others keep their numbers.
  const [named = '', separator] = /^"?sep=([,;|\t])"?(?=\n)/i.exec(whole) ?? []
  const plain = whole.slice(named.length)
  const delimiter = delimiters.find((one) => one === separator) ?? detectDelimiter(plain)
  try {
    const records = parseAs(delimiter, plain, limits.importRows + 2)
    if (records.length > limits.importRows + 1)
      throw unreadable(`This list has more than ${limits.importRows} rows. Divide it into several.`)
    return { delimiter, records }
  } catch (error) {
    throw error instanceof CsvError ? unreadable(explain(error)) : error
  }
}

/** The one that divides the first records into the most fields, most of them into equally many. */
function detectDelimiter(text: string): Delimiter {
  const scored = delimiters.map((delimiter) => ({ delimiter, score: scoreOf(delimiter, text) }))
  return scored.reduce((best, candidate) => (candidate.score > best.score ? candidate : best)).delimiter
}

function scoreOf(delimiter: Delimiter, text: string): number {
  const [heading, ...records] = probe(delimiter, text)
  const width = heading?.cells.length ?? 0
  const even = records.filter(({ cells }) => cells.length === width).length
  return (width - 1) * (1 + even)
}

/** Where the first records cannot be read, the heading alone has to do. */
function probe(delimiter: Delimiter, text: string): Cells[] {
  try {
    return parseAs(delimiter, text, PROBE)
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const [heading = ''] = text.split('\n', 1)
    return [{ line: 1, cells: heading.split(delimiter) }]
  }
}

function parseAs(delimiter: Delimiter, text: string, recordsMax: number): Cells[] {
  const records: string[][] = parse(text, {
    delimiter,
    record_delimiter: '\n',
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: RECORD_MAX,
    to: recordsMax,
  })
  let line = 1
  const numbered = records.map((cells) => {
    const begin = line
    line += 1 + countLineEnds(cells)
    return { line: begin, cells }
  })
  return numbered.filter(({ cells }) => cells.some((cell) => cell.trim() !== ''))
}

/** Inside the fields, which were quoted then. */
function countLineEnds(cells: readonly string[]): number {
  const broken = cells.filter((cell) => cell.includes('\n'))
  return broken.reduce((sum, cell) => sum + cell.split('\n').length - 1, 0)
}

function explain(error: CsvError): string {
  const line = typeof error['lines'] === 'number' ? ` near line ${error['lines']}` : ''
  if (error.code === 'CSV_QUOTE_NOT_CLOSED') return `A quotation mark is opened${line} and never closed.`
  if (error.code === 'CSV_MAX_RECORD_SIZE')
    return `A row${line} is longer than ${RECORD_MAX} characters. Is a quotation mark not closed?`
  return `This list cannot be read${line}: ${error.message}`
}
