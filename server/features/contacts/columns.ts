import { isMailAddress } from '../../../protocol/identity.ts'
import type { ContactColumn } from '../../../protocol/contacts.ts'
import { Refusal } from '../../platform/refusal.ts'
import type { Cells } from '../../platform/lists/delimited.ts'
import { unreadable } from '../../platform/lists/encoding.ts'

export type Columns = { headings: string[]; meanings: ContactColumn[]; rows: Cells[] }

const COLUMNS_MAX = 100

/** What columns are called in lists of customers, as `plain` writes it. */
const words: Readonly<Record<Exclude<ContactColumn, 'none'>, string>> = {
  id: 'shoptalkid',
  name: 'name fullname customer customername contact contactname client company kunde kundenname 姓名 名称 客户 客户名称 联系人',
  firstName: 'firstname givenname forename vorname prenom nombre 名',
  lastName: 'lastname surname familyname nachname nom apellidos 姓',
  address:
    'email emailaddress emailvalue mail emails workemail privateemail otheremail secondaryemail courriel correo ' +
    'emailadresse 邮箱 电子邮箱 邮件 电子邮件',
  phone:
    'phone phonenumber phonevalue workphone businessphone homephone mobilephone otherphone telephone tel mobile cell ' +
    'telefon handy telefono 电话 手机 手机号 联系电话',
  locale: 'language locale lang sprache langue idioma 语言',
  tags: 'tags tag labels label groups schlagworte etiquettes etiquetas 标签',
  keeper: 'keeper salesperson salesrep owner accountmanager responsible betreuer vertreter 负责人 销售 销售员 客户经理',
  notes: 'notes note comment comments remarks bemerkung notizen notas 备注 说明',
}
const known = new Map(
  (Object.keys(words) as (keyof typeof words)[]).flatMap((column) =>
    // the keys of a literal are what its type says
    words[column].split(' ').map((word) => [word, column] as const),
  ),
)

/** Divides a list into its heading and its rows, and says what each column means; `given` is the caller's own word. */
export function readColumns(records: readonly Cells[], given: readonly ContactColumn[] | undefined): Columns {
  const [first, ...others] = records
  if (!first) throw unreadable('This file is empty.')
  if (first.cells.length > COLUMNS_MAX) throw unreadable(`This list has more than ${COLUMNS_MAX} columns.`)
  const isHeading = !first.cells.some((cell) => isMailAddress(cell.trim()))
  const rows = isHeading ? others : [...records]
  if (rows.length === 0) throw unreadable('This list has a heading and nobody below it.')
  const headings = first.cells.map((cell, index) => (isHeading ? cell.trim() : String(index + 1)))
  const meanings = given ? checkGiven(given, headings) : detect(headings, rows)
  return { headings, meanings, rows }
}

function checkGiven(given: readonly ContactColumn[], headings: readonly string[]): ContactColumn[] {
  if (given.length !== headings.length)
    throw new Refusal('input.invalid', { message: `This list has ${headings.length} columns.`, path: 'columns' })
  const twice = given.find((column, index) => !mayRepeat(column) && given.indexOf(column) !== index)
  if (twice) throw new Refusal('input.invalid', { message: `Two columns cannot both mean ${twice}.`, path: 'columns' })
  return [...given]
}

/**
 * Of two columns that mean the same the first counts, but addresses are read from all. Without a heading for it, what
 * holds mail addresses is one.
 */
function detect(headings: readonly string[], rows: readonly Cells[]): ContactColumn[] {
  const meanings = headings.map((heading) => known.get(plain(heading)) ?? ('none' as const))
  const counts = (column: ContactColumn, index: number) => mayRepeat(column) || meanings.indexOf(column) === index
  const first = meanings.map((column, index) => (counts(column, index) ? column : 'none'))
  if (first.includes('address')) return first
  const isMail = (index: number) => rows.slice(0, 50).some(({ cells }) => isMailAddress(cells[index]?.trim() ?? ''))
  const found = first.findIndex((column, index) => column === 'none' && isMail(index))
  return first.map((column, index) => (index === found ? 'address' : column))
}

const mayRepeat = (column: ContactColumn) => column === 'address' || column === 'phone' || column === 'none'

/** Letters alone: `E-mail 2` is an address like the first. */
const plain = (heading: string) =>
  heading
    .normalize('NFKD')
    .replaceAll(/[^\p{L}]/gu, '')
    .toLowerCase()
