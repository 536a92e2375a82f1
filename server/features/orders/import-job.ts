import { z } from 'zod'
import { OrganizationId } from '../../../protocol/ids.ts'
import type { PutOrder, PutResult } from '../../../protocol/orders.ts'
import type { Job, Tools } from '../../platform/feature.ts'
import { progress } from '../../platform/progress.ts'
import { ingest } from './ingest.ts'
import * as store from './import-store.ts'
import { readOrderList } from './read-order-list.ts'

const Payload = z.object({ organizationId: OrganizationId, importId: z.uuid() })
/** Rows of one transaction: others who write orders wait for no more. */
const PORTION = 500

/** Reads a list in, portion by portion; after an interruption it goes on where it was. */
export const importList: Job = {
  name: 'orders.import',
  async run(payload, tools) {
    const { organizationId, importId } = Payload.parse(payload)
    const start = await tools.database.transaction((tx) => store.lockImport(tx, organizationId, importId))
    if (!start?.content || start.state !== 'running') return
    const { orders } = readOrderList(start.content, start)
    for (let isDone = false; !isDone;) isDone = await takePortion(start, orders, tools)
  },
}

/** True where nothing is left. */
async function takePortion(start: store.ImportRow, orders: readonly PutOrder[], { database, clock }: Tools) {
  const { organizationId, id, askedBy } = start
  const now = await database.transaction(async (tx) => {
    const row = await store.lockImport(tx, organizationId, id)
    if (row?.state !== 'running') return undefined
    const portion = orders.slice(row.done, row.done + PORTION)
    const incoming = portion.map((order) => ({ organizationId, origin: '', isPast: !row.rulesAct, order }))
    const results = await ingest({ tx, now: clock() }, incoming)
    const done = row.done + portion.length
    const state = done >= orders.length ? ('done' as const) : row.state
    await store.moveImport(tx, organizationId, { id, state, done, counts: add(row.counts, results) })
    return { state, done }
  })
  if (!now) return true
  progress.report(askedBy, { id, step: 'orders', done: now.done, total: orders.length })
  return now.state === 'done'
}

function add(counts: store.ImportRow['counts'], results: readonly PutResult[]) {
  const of = (...outcomes: PutResult['outcome'][]) => results.filter(({ outcome }) => outcomes.includes(outcome)).length
  return {
    new: counts.new + of('new'),
    changed: counts.changed + of('changed', 'updated', 'late'),
    known: counts.known + of('known'),
    skipped: counts.skipped + of('refused'),
  }
}
