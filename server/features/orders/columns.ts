import type { OrderColumn } from '../../../protocol/order-imports.ts'
import { limits } from '../../../protocol/limits.ts'
import { Refusal } from '../../platform/refusal.ts'
import type { Cells } from '../../platform/lists/delimited.ts'
import { unreadable } from '../../platform/lists/encoding.ts'

export type Columns = { headings: string[]; meanings: OrderColumn[]; rows: Cells[] }

const COLUMNS_MAX = 100

/** What columns are called in lists of orders, as `plain` writes it. */
const words: Readonly<Record<Exclude<OrderColumn, 'none' | 'attribute'>, string>> = {
  order:
    'orderid orderno ordernumber ordernr order id number no bestellnummer bestellung ' +
    'numerodecommande ndecommande commande numerodepedido nodepedido pedido numeroordine ordine 订单号 ' +
    '订单编号 订单',
  status: 'status state orderstatus zustand estado etat statut stato 状态 订单状态',
  placedAt:
    'orderdate orderedat placedat createdat created date bestelldatum datum fecha datedecommande ' +
    'datecommande fechadelpedido fechadepedido dataordine 下单时间 下单日期 订单日期 日期',
  shippedAt: 'shippeddate shippedat shipdate shipped versanddatum versendet 发货时间 发货日期',
  updatedAt: 'updatedat updated modifiedat modified lastmodified geandertam 更新时间 修改时间',
  customer: 'customerid customerno customernumber clientid kundennummer kundennr customer 客户编号 客户号 会员号',
  address:
    'email emailaddress mail customeremail billingemail courriel correo adresseemail ' +
    'correoelectronico indirizzoemail 邮箱 电子邮箱 邮件',
  name:
    'customername contactname name buyer kundenname nomduclient nombredelcliente nomecliente 客户名称 ' +
    '客户姓名 姓名 收货人',
  total:
    'total amount ordertotal grandtotal sum price betrag summe gesamt montant importe totale importo ' +
    '总额 金额 总价 订单金额',
  currency: 'currency currencycode wahrung devise moneda valuta divisa 币种 货币',
  place: 'shipcity city place shop store branch location ort stadt filiale ville ciudad citta 城市 门店 店铺',
  country: 'shipcountry country billingcountry countrycode land pays pais paese 国家',
  sku: 'sku article product item artikel artikelnummer 商品 商品编号 货号',
}
const known = new Map(
  (Object.keys(words) as (keyof typeof words)[]).flatMap((column) =>
    // the keys of a literal are what its type says
    words[column].split(' ').map((word) => [word, column] as const),
  ),
)

/** Divides a list into its heading and its rows, and says what each column means; `given` is the caller's own word. */
export function readColumns(records: readonly Cells[], given: readonly OrderColumn[] | undefined): Columns {
  const [first, ...rows] = records
  if (!first) throw unreadable('This file is empty.')
  if (first.cells.length > COLUMNS_MAX) throw unreadable(`This list has more than ${COLUMNS_MAX} columns.`)
  if (rows.length === 0) throw unreadable('This list has a heading and no order below it.')
  const headings = first.cells.map((cell) => cell.trim())
  const meanings = given ? checkGiven(given, headings) : detect(headings)
  for (const needed of ['order', 'total'] as const)
    if (!meanings.includes(needed))
      throw new Refusal('import.unreadable', {
        message: `Which column is the ${needed}? Say it by \`columns\`.`,
        path: 'columns',
      })
  return { headings, meanings, rows }
}

function checkGiven(given: readonly OrderColumn[], headings: readonly string[]): OrderColumn[] {
  if (given.length !== headings.length)
    throw new Refusal('input.invalid', { message: `This list has ${headings.length} columns.`, path: 'columns' })
  const isOnce = (column: OrderColumn) => column !== 'none' && column !== 'attribute'
  const twice = given.find((column, index) => isOnce(column) && given.indexOf(column) !== index)
  if (twice) throw new Refusal('input.invalid', { message: `Two columns cannot both mean ${twice}.`, path: 'columns' })
  return [...given]
}

/**
 * Of two columns that mean the same the first counts; what means nothing else is an attribute that rules may ask for.
 */
function detect(headings: readonly string[]): OrderColumn[] {
  const found = headings.map((heading) => known.get(plain(heading)))
  let attributes = 0
  return found.map((column, index) => {
    if (column !== undefined && found.indexOf(column) === index) return column
    const isNamed = attributeName(headings[index] ?? '') !== '' && ++attributes <= limits.orderAttributes
    return isNamed ? 'attribute' : 'none'
  })
}

/** `Employee ID` is `employee_id`; empty where nothing is left. */
export const attributeName = (heading: string) =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^[^a-z]+|_+$/g, '')
    .slice(0, 40)

const plain = (heading: string) =>
  heading
    .normalize('NFKD')
    .replaceAll(/\p{M}|[^\p{L}\p{N}]/gu, '')
    .toLowerCase()
