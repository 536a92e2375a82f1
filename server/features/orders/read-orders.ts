import { OrderDetails } from '../../../protocol/order-rules.ts'
import { GetOrder, ListOrders, OrderList } from '../../../protocol/orders.ts'
import type { OrganizationId } from '../../../protocol/ids.ts'
import { query } from '../../platform/command.ts'
import { readLagMs } from '../../platform/reaction-runner.ts'
import { Refusal } from '../../platform/refusal.ts'
import type { Tx } from '../../platform/sql.ts'
import { isAdministratorAsking, patternOf } from '../organization/index.ts'
import { applyRules } from './apply-rules.ts'
import { defaultSettings, readSettings } from './customer-store.ts'
import { issuesOf, readDecisions } from './decision-store.ts'
import { explain } from './explain.ts'
import { statusOf } from './history.ts'
import { readVersionsAt } from './rule-store.ts'
import * as store from './store.ts'

export const listOrders = query({
  name: 'order.list',
  summary: 'Orders, the newest first. For administrators.',
  input: ListOrders,
  output: OrderList,
  allow: isAdministratorAsking,

  async run({ tx, now }, { organizationId, status, source, search, after, limit }) {
    const filter = {
      organizationId,
      status: status ?? null,
      source: source ?? null,
      number: search === '' ? null : `${search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`,
      name: search === '' ? null : patternOf(search),
      before: after ?? null,
    }
    const [rows, lagMs] = await Promise.all([
      store.listOrders(tx, { ...filter, limit: limit + 1 }),
      readLagMs(tx, applyRules, now),
    ])
    const orders = rows.slice(0, limit)
    return { orders, next: rows.length > limit ? (orders.at(-1)?.id ?? null) : null, lagMs }
  },
})

export const getOrder = query({
  name: 'order.get',
  summary:
    'One order: what it holds, what it has been, and why each rule gave something for it or not. For administrators.',
  input: GetOrder,
  output: OrderDetails,
  allow: isAdministratorAsking,

  async run({ tx }, { organizationId, orderId }) {
    const order = await store.findOrder(tx, organizationId, orderId)
    if (!order) throw new Refusal('order.not-found', { path: 'orderId' })
    const rows = await store.readHistory(tx, organizationId, orderId)
    const { items = [], attributes = {} } = rows.at(-1)?.details ?? {}
    const history = rows.map(({ rank, isChange, isPast, at }) => ({ status: statusOf(rank), isChange, isPast, at }))
    const decisions = await explainAll(tx, { organizationId, orderId, rows })
    return { ...order, items, attributes, history, decisions }
  },
})

type Asked = { organizationId: OrganizationId; orderId: string; rows: readonly store.HistoryRow[] }

async function explainAll(tx: Tx, { organizationId, orderId, rows }: Asked) {
  const [decisions, issues, settings] = await Promise.all([
    readDecisions(tx, organizationId, orderId),
    issuesOf(tx, [{ organizationId, orderId }]),
    readSettings(tx, [organizationId]),
  ])
  const { levels } = settings.get(organizationId) ?? defaultSettings
  const explained = await Promise.all(
    decisions.map(async (decision) => {
      const seen = rows.find(({ version, rank }) => version === decision.version && rank === decision.rank)
      const rules = await readVersionsAt(tx, organizationId, decision)
      return seen ? explain({ decision, details: seen.details, rules, issues, levels }) : []
    }),
  )
  return explained.flat()
}
