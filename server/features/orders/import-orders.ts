import { createHash } from 'node:crypto'
import type { z } from 'zod'
import {
  GetOrderImport,
  ImportOrders,
  OrderImport,
  OrderPreview,
  PreviewOrders,
} from '../../../protocol/order-imports.ts'
import { limits } from '../../../protocol/limits.ts'
import { recordAct } from '../../platform/audit.ts'
import { command, personOf, query } from '../../platform/command.ts'
import { addJob } from '../../platform/jobs.ts'
import { Refusal } from '../../platform/refusal.ts'
import { isAdministratorAsking } from '../organization/index.ts'
import * as store from './import-store.ts'
import { readOrderList } from './read-order-list.ts'

/** Base64 makes four bytes of three. */
const bodyBytes = Math.ceil((limits.importBytes * 4) / 3) + 10_000

/** A command, though it changes nothing: the file is too large for the address of a query. */
export const previewOrders = command({
  name: 'order.preview-import',
  summary: 'What importing a list of orders would do. For administrators.',
  input: PreviewOrders,
  output: OrderPreview,
  over: 'http',
  bodyBytes,

  allow: isAdministratorAsking,

  async run(_ctx, input) {
    const { digest, file } = read(input)
    const { encoding, delimiter, columns, rowCount, orders, faults } = file
    const states = Object.fromEntries(
      Map.groupBy(orders, ({ status }) => status)
        .entries()
        .map(countOf),
    )
    const counts = { orders: orders.length, faulty: faults.length }
    return {
      digest,
      encoding,
      delimiter,
      columns,
      rowCount,
      counts,
      states,
      faults: faults.slice(0, limits.importFaultsShown),
    }
  },
})

const countOf = ([status, own]: [string, readonly unknown[]]) => [status, own.length] as const

type File = z.output<typeof PreviewOrders>

function read({ content, columns, currency }: File) {
  const bytes = Buffer.from(content, 'base64')
  const file = readOrderList(bytes, { columns, currency })
  const state = JSON.stringify([file.columns, currency])
  return { bytes, file, digest: createHash('sha256').update(bytes).update(state).digest('base64url') }
}

export const importOrders = command({
  name: 'order.import',
  summary:
    'Begin to import a list of orders as it was previewed; faulty rows are left out. Rules act on them where it says ' +
    'so. For administrators.',
  input: ImportOrders,
  output: OrderImport,
  over: 'http',
  bodyBytes,

  allow: isAdministratorAsking,

  async run(ctx, { digest, importId, rulesAct, ...input }) {
    const { tx, now } = ctx
    const { organizationId, currency } = input
    const known = await store.findImport(tx, organizationId, importId)
    if (known) return known
    const { bytes, file, digest: found } = read(input)
    if (found !== digest) throw new Refusal('import.changed')
    const made = {
      organizationId,
      id: importId,
      askedBy: personOf(ctx),
      content: bytes,
      columns: file.columns.map(({ meaning }) => meaning),
      currency,
      rulesAct,
      total: file.orders.length,
      counts: { new: 0, changed: 0, known: 0, skipped: file.faults.length },
    }
    await store.insertImport(tx, made, now)
    await addJob(tx, 'orders.import', { organizationId, importId }, { attemptsMax: 20 })
    const facts = { orders: file.orders.length, skipped: file.faults.length, rulesAct }
    recordAct(ctx, { organizationId, act: 'orders.imported', thingId: importId, facts })
    return { id: importId, state: 'running' as const, done: 0, total: made.total, counts: made.counts }
  },
})

export const getOrderImport = query({
  name: 'order.get-import',
  summary: 'How far an import of orders has come. For administrators.',
  input: GetOrderImport,
  output: OrderImport,
  allow: isAdministratorAsking,

  async run({ tx }, { organizationId, importId }) {
    const found = await store.findImport(tx, organizationId, importId)
    if (!found) throw new Refusal('order-run.not-found', { path: 'importId' })
    return found
  },
})
