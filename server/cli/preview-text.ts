import { limits } from '../../protocol/limits.ts'
import type { Fault, ImportPreview } from '../../protocol/structure.ts'

/** What an import would do, in lines for the terminal. */
export function previewLines(preview: ImportPreview): string[] {
  const { counts, rowCount, encoding, columns, groupCount, faults } = preview
  return [
    `${rowCount} rows, ${encoding}`,
    ...columns.map(
      ({ heading, meaning, sample }) => `  ${heading} is ${columnNames[meaning]}${sample ? `, as in ${sample}` : ''}`,
    ),
    '',
    `New          ${counts.created}`,
    ...firstOf(preview.created.map(whoLine), counts.created),
    `Changed      ${counts.changed}`,
    ...firstOf(
      preview.changed.map((who) => `${whoLine(who)}: ${who.changes.map(changeText).join(', ')}`),
      counts.changed,
    ),
    `Deactivated  ${counts.deactivated}`,
    ...firstOf(preview.deactivated.map(whoLine), counts.deactivated),
    `Unchanged    ${counts.unchanged}`,
    `Groups       ${groupCount}`,
    ...firstOf(preview.groups.map(groupLine), groupCount),
    ...(faults.length === 0 ? [] : ['', `Faulty       ${counts.faulty}`, ...faultLines(faults, counts.faulty)]),
  ]
}

const SHOWN = 10

const columnNames: Record<ImportPreview['columns'][number]['meaning'], string> = {
  key: 'the employee number',
  name: 'the name',
  firstName: 'the first name',
  lastName: 'the last name',
  title: 'the title',
  address: 'the address',
  phone: 'the phone number',
  place: 'the place',
  manager: 'the manager',
  none: 'left out',
}

function firstOf(lines: readonly string[], total: number): string[] {
  const shown = lines.slice(0, SHOWN).map((line) => `  ${line}`)
  return total > shown.length ? [...shown, `  and ${total - shown.length} more`] : shown
}

type Who = ImportPreview['created'][number]
const whoLine = ({ name, title, managerName }: Who) =>
  [name, title, managerName === null ? '' : `under ${managerName}`].filter(Boolean).join(', ')
const changeText = ({ field, before, after }: { field: string; before: string; after: string }) =>
  `${field} ${before || 'empty'} → ${after || 'empty'}`

function groupLine({ name, kind, isNew, isClosed, before, after }: ImportPreview['groups'][number]): string {
  const size = isNew ? `${after} people` : `${before} → ${after} people`
  return `${name} (${kind}${isNew ? ', new' : ''}${isClosed ? ', closes' : ''}): ${size}`
}

function faultLines(faults: readonly Fault[], faultyCount: number): string[] {
  const lines = faults.map((fault) => `  line ${fault.line}: ${faultText(fault)}`)
  const isAll = faults.length < limits.importFaultsShown
  return isAll ? lines : [...lines, `  These are the first faults; ${faultyCount} rows are faulty.`]
}

const faultTexts: Record<Fault['code'], string> = {
  'row.columns': 'has another number of columns than the first line',
  'name.missing': 'has no name',
  'address.missing': 'has no address',
  'address.bad': 'the address is neither a mail address nor a phone number',
  'address.twice': 'the address stands in another line too',
  'key.twice': 'the employee number stands in another line too',
  'manager.missing': 'there is no such manager',
  'manager.ambiguous': 'more than one person fits the manager',
  'manager.faulty': 'the line of the manager is faulty',
  'manager.cycle': 'the managers lead back to this person',
  'text.too-long': 'is too long',
  'text.not-storable': 'holds a character that cannot be stored',
}

/** Of the whole list, which then has no such column. */
const absentTexts: { [code in Fault['code']]?: string } = {
  'name.missing': 'no column holds the names',
  'address.missing': 'no column holds the addresses',
}

function faultText({ code, column, value, otherLine }: Fault): string {
  const where = column === null ? '' : `${column}: `
  const what = value === '' ? '' : ` (${value})`
  const other = otherLine === null ? '' : `, see line ${otherLine}`
  const text = (column === null && absentTexts[code]) || faultTexts[code]
  return `${where}${text}${what}${other}`
}
