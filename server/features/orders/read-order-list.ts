import { Address } from '../../../protocol/identity.ts'
import type { OrderColumn, OrderFault } from '../../../protocol/order-imports.ts'
import { OrderStatus, PutOrder } from '../../../protocol/orders.ts'
import { limits } from '../../../protocol/limits.ts'
import { Refusal } from '../../platform/refusal.ts'
import { readRecords, type Cells } from '../../platform/lists/delimited.ts'
import { decode } from '../../platform/lists/encoding.ts'
import { unguarded } from '../../platform/lists/write-list.ts'
import { attributeName, readColumns, type Columns } from './columns.ts'
import { readAmount } from './money.ts'
import { lineOf } from './webhook.ts'

export type OrderFile = {
  encoding: string
  delimiter: string
  columns: { heading: string; meaning: OrderColumn; sample: string }[]
  rowCount: number
  orders: PutOrder[]
  faults: OrderFault[]
}
type Options = { columns: readonly OrderColumn[] | undefined; currency: string }

const SHOWN = 80
/** What orders from lists come from. */
export const IMPORT_SOURCE = 'import'

/** Pure: from the bytes of a file to its orders. Throws a refusal where the file as a whole cannot be read. */
export function readOrderList(bytes: Uint8Array, options: Options): OrderFile {
  if (bytes.length > limits.importBytes)
    throw new Refusal('input.too-large', { path: 'content', message: 'A list may have 10 MB. Divide it into several.' })
  const { text, encoding } = decode(bytes)
  const { delimiter, records } = readRecords(text)
  const columns = readColumns(records, options.columns)
  const read = columns.rows.map((row) => readRow(row, columns, options.currency))
  return {
    encoding,
    delimiter,
    columns: describe(columns),
    rowCount: columns.rows.length,
    orders: read.flatMap((one) => ('code' in one ? [] : [one])),
    faults: read.flatMap((one) => ('code' in one ? [one] : [])),
  }
}

function readRow({ line, cells }: Cells, { meanings, headings }: Columns, standard: string): PutOrder | OrderFault {
  const cell = (meaning: OrderColumn) => unguarded(cells[meanings.indexOf(meaning)]?.trim() ?? '')
  const fault = (code: OrderFault['code'], value: string) => ({ line, code, value: brief(value) })
  if (cell('order') === '') return fault('order.missing', '')
  const currency = (cell('currency') || standard).toUpperCase()
  if (!/^[A-Z]{3}$/.test(currency)) return fault('currency.bad', currency)
  const total = readAmount(cell('total'), currency)
  if (total === undefined) return fault('total.bad', cell('total'))
  const dates = {
    placed: readDate(cell('placedAt')),
    shipped: readDate(cell('shippedAt')),
    updated: readDate(cell('updatedAt')),
  }
  const bad = Object.values(dates).find((date) => date !== undefined && !date.isGood)
  if (bad) return fault('date.bad', bad.text)
  const status = statusOf(cell('status'), { hasShipped: dates.shipped !== undefined })
  if (!status) return fault('status.unknown', cell('status'))
  const address = cell('address') === '' ? undefined : Address.safeParse(cell('address'))
  if (address?.success === false) return fault('address.bad', cell('address'))
  const customer = {
    ...(cell('customer') && { externalId: cell('customer') }),
    ...(address?.data && { address: address.data }),
    ...(cell('name') && { name: lineOf(cell('name'), limits.personName) }),
  }
  const updated = dates.updated ?? dates.shipped ?? dates.placed
  const order = PutOrder.safeParse({
    source: IMPORT_SOURCE,
    externalId: cell('order'),
    status,
    ...(updated && { updatedAt: updated.text }),
    ...(dates.placed && { placedAt: dates.placed.text }),
    ...(Object.keys(customer).length > 0 && { customer }),
    total,
    currency,
    items: cell('sku') === '' ? [] : [{ sku: cell('sku') }],
    place: cell('place'),
    country: cell('country'),
    attributes: attributesIn(cells, meanings, headings),
  })
  return order.data ?? fault('text.bad', order.error?.issues[0]?.path.join('.') ?? '')
}

function attributesIn(cells: readonly string[], meanings: readonly OrderColumn[], headings: readonly string[]) {
  const named = meanings.flatMap((meaning, index) => {
    const text = unguarded(cells[index]?.trim() ?? '')
    const name = attributeName(headings[index] ?? '')
    return meaning === 'attribute' && text !== '' && name !== '' ? [[name, valueOf(text)] as const] : []
  })
  return Object.fromEntries(named)
}

function valueOf(text: string): string | number | boolean {
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true'
  return /^-?\d{1,15}$/.test(text) && !/^-?0\d/.test(text) ? Number(text) : text
}

type ReadDate = { text: string; isGood: boolean }

/** 2026-05-14, 14.05.2026, 2026/5/14, with or without a time; read as UTC where no zone is named. */
function readDate(text: string): ReadDate | undefined {
  if (text === '') return undefined
  const [, day, month, year, rest = ''] = /^(\d{1,2})\.(\d{1,2})\.(\d{4})(.*)$/.exec(text) ?? []
  const [, year2 = year, month2 = month, day2 = day, rest2 = rest] =
    /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(.*)$/.exec(text) ?? []
  if (!year2 || !month2 || !day2) return { text, isGood: false }
  const time = rest2.trim().replace(/^T/, '') || '00:00:00'
  const zoned = /(Z|[+-]\d{2}:?\d{2})$/.test(time) ? time : `${time}Z`
  const at = new Date(`${year2}-${month2.padStart(2, '0')}-${day2.padStart(2, '0')}T${zoned}`)
  const isDay = new Date(Date.UTC(Number(year2), Number(month2) - 1, Number(day2))).getUTCDate() === Number(day2)
  const isGood = isDay && !Number.isNaN(at.getTime()) && at.getUTCFullYear() >= 1970 && at.getUTCFullYear() < 2200
  return { text: isGood ? at.toISOString() : text, isGood }
}

/** What states are called in lists; without a word for it, what was shipped is shipped, and all else confirmed. */
const stateWords: Readonly<Record<OrderStatus, string>> = {
  submitted:
    'submitted new open pending placed created received failed pendingpayment offen eingegangen ' +
    'zahlungausstehend fehlgeschlagen enattentedepaiement attentepaiement echouee pendientedepago ' +
    'fallido inattesadipagamento fallito 已提交 待处理 待付款',
  confirmed:
    'confirmed accepted onhold bestatigt inwartestellung confirmee enattente confirmado enespera ' +
    'confermato insospeso 已确认 待发货',
  paid: 'paid processing bezahlt inbearbeitung payee encours pagado procesando pagato inlavorazione 已付款 已支付',
  shipped: 'shipped sent fulfilled dispatched versandt versendet expediee expedie enviado spedito 已发货',
  completed:
    'completed complete delivered done closed abgeschlossen geliefert terminee livree completado ' +
    'entregado completato consegnato 已完成 已签收',
  cancelled: 'cancelled canceled void voided storniert annulee annule cancelado annullato 已取消',
  refunded: 'refunded returned erstattet ruckerstattet remboursee rembourse reembolsado rimborsato 已退款',
}
const states = new Map(
  OrderStatus.options.flatMap((status) => stateWords[status].split(' ').map((word) => [word, status] as const)),
)

function statusOf(text: string, { hasShipped }: { hasShipped: boolean }): OrderStatus | undefined {
  if (text === '') return hasShipped ? 'shipped' : 'confirmed'
  return states.get(
    text
      .normalize('NFKD')
      .replaceAll(/\p{M}|[^\p{L}\p{N}]/gu, '')
      .toLowerCase(),
  )
}

function describe({ headings, meanings, rows }: Columns) {
  return headings.map((heading, index) => {
    const sample = rows.map(({ cells }) => cells[index]?.trim() ?? '').find((cell) => cell !== '') ?? ''
    return { heading: brief(heading), meaning: meanings[index] ?? 'none', sample: brief(sample) }
  })
}

const brief = (text: string) => text.slice(0, SHOWN).replaceAll('\0', '').toWellFormed()
