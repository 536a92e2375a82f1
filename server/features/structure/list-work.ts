import { v7 as uuidv7 } from 'uuid'
import { PersonId } from '../../../protocol/ids.ts'
import type { Column } from '../../../protocol/structure.ts'
import { compare, type CompareOptions, type Comparison } from './compare.ts'
import type { Directory } from './match.ts'
import { readList, takeRows, type List } from './read-list.ts'

type Options = Omit<CompareOptions, 'newId'>
export type Question =
  | { kind: 'read'; bytes: Uint8Array; columns: readonly Column[] | undefined }
  | { kind: 'take'; headings: readonly string[]; meanings: readonly Column[]; rows: readonly string[][] }
  | { kind: 'compare'; directory: Directory; options: Options }
export type Summary = Pick<List, 'encoding' | 'delimiter' | 'columns' | 'rowCount'> & { addresses: string[] }
export type Answer = ({ kind: 'summary' } & Summary) | { kind: 'comparison'; comparison: Comparison }

export type ListWork = Summary & { compare(directory: Directory, options: Options): Promise<Comparison> }

/** Keeps one list between the questions about it. The same here and in a thread of its own. */
export function createListWork(): (question: Question) => Answer {
  let list: List | undefined
  return (question) => {
    if (question.kind !== 'compare') {
      list = question.kind === 'read' ? readList(question.bytes, question.columns) : takeRows(question)
      const { encoding, delimiter, columns, rowCount } = list
      return { kind: 'summary', encoding, delimiter, columns, rowCount, addresses: addressesOf(list) }
    }
    if (!list) throw new Error('There is no list to compare.')
    const newId = () => PersonId.parse(uuidv7())
    return { kind: 'comparison', comparison: compare(list, question.directory, { ...question.options, newId }) }
  }
}

const addressesOf = ({ rows }: List) =>
  Array.from(new Set(rows.map(({ address }) => address).filter((address) => address !== '')))
