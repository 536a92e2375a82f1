import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shopifyOrder } from '../../testing/shop-orders.ts'
import { readOrderList } from './read-order-list.ts'
import { readShopify } from './shopify.ts'

const options = { columns: undefined, currency: 'EUR' }
const read = (lines: string[]) => readOrderList(new TextEncoder().encode(lines.join('\r\n')), options)

test('K-11 lists of shops in five languages are understood, with the line by which Excel names what divides them', () => {
  const lists = {
    German: ['Bestellnummer;Datum;Status;Summe;E-Mail', 'D1;14.05.2026;In Bearbeitung;1.234,50;a@c.example'],
    French: [
      'N° de commande;Date de commande;Statut;Montant;Adresse e-mail',
      'D1;14.05.2026;En cours;1 234,50;a@c.example',
    ],
    Spanish: [
      'Nº de pedido;Fecha del pedido;Estado;Importe;Correo electrónico',
      'D1;14.05.2026;Procesando;1.234,50;a@c.example',
    ],
    Italian: [
      'Numero ordine;Data ordine;Stato;Totale;Indirizzo email',
      'D1;14.05.2026;In lavorazione;1.234,50;a@c.example',
    ],
    Chinese: ['订单编号;下单日期;订单状态;总额;邮箱', 'D1;2026-05-14;已付款;1,234.50;a@c.example'],
  }
  for (const [language, lines] of Object.entries(lists)) {
    const { orders, faults } = read(['sep=;', ...lines])
    assert.deepEqual(faults, [], language)
    assert.deepEqual(
      orders.map(({ externalId, status, total, placedAt, customer }) => [
        externalId,
        status,
        total,
        placedAt,
        customer,
      ]),
      [['D1', 'paid', 123_450, '2026-05-14T00:00:00.000Z', { address: 'a@c.example' }]],
      language,
    )
  }
  const { delimiter, faults } = read(['"sep=;"', 'Order;Total;Note, in words', 'A1;1,00;a, b', 'A2;much;c, d'])
  assert.deepEqual([delimiter, faults], [';', [{ line: 4, code: 'total.bad', value: 'much' }]])
})

test('K-10 K-11 what an order of Shopify has become follows from what was paid, sent, cancelled and given back', () => {
  const statusOf = (changes: object) => {
    const answer = readShopify({ topic: 'orders/updated', body: shopifyOrder(changes), states: {} })
    return answer.outcome === 'stored' ? [answer.order.status, answer.order.total] : answer.outcome
  }
  const fulfilled = { fulfillment_status: 'fulfilled' }
  const at = '2026-05-14T09:00:00Z'
  assert.deepEqual(
    [
      statusOf({ financial_status: 'pending' }),
      statusOf({ financial_status: 'authorized' }),
      statusOf({ financial_status: 'partially_refunded', current_total_price: '99.65' }),
      statusOf(fulfilled),
      statusOf({ ...fulfilled, closed_at: at }),
      statusOf({ ...fulfilled, cancelled_at: at }),
      statusOf({ ...fulfilled, financial_status: 'voided' }),
      statusOf({ ...fulfilled, cancelled_at: at, financial_status: 'refunded' }),
      statusOf({ total_price: '-1.00' }),
      statusOf({ total_price: '1.005' }),
      statusOf({ currency: 'JPY', total_price: '500' }),
      statusOf({ currency: 'KWD', total_price: '1.005' }),
    ],
    [
      ['submitted', 19_965],
      ['confirmed', 19_965],
      ['paid', 9_965],
      ['shipped', 19_965],
      ['completed', 19_965],
      ['cancelled', 19_965],
      ['cancelled', 19_965],
      ['refunded', 19_965],
      'refused',
      'refused',
      ['paid', 500],
      ['paid', 1_005],
    ],
  )
})
