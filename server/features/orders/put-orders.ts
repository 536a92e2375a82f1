import { PutOrders, PutResults, type PutResult } from '../../../protocol/orders.ts'
import { batchCommand, type Item } from '../../platform/command.ts'
import type { Tx } from '../../platform/sql.ts'
import { isAdministrator } from '../organization/index.ts'
import { ingest } from './ingest.ts'
import type { z } from 'zod'

type Input = z.output<typeof PutOrders>
type Put = Item<Input>

export const putOrders = batchCommand({
  name: 'order.put',
  summary:
    'Tell what orders are now, up to 200 at once: new ones, and those whose state or content has changed. However ' +
    'often and in whatever order the same is told, it counts once. For administrators.',
  input: PutOrders,
  output: PutResults,
  key: (input) => input.organizationId,
  share: (input) => input.organizationId,

  async lockBatch(tx, puts) {
    const askers = new Map(puts.map((put) => [askerOf(put), put]))
    const standing = await Promise.all(
      Array.from(askers.values(), ({ actorId, input }) => isAdministrator(tx, input.organizationId, actorId)),
    )
    const allowed = new Set(Array.from(askers.keys()).filter((_, index) => standing[index]))
    // Orders are locked where they are entered, and those who hold them are soon done.
    return { allowed, busy: new Set<string>() }
  },

  allowBatch: async (_tx, puts, { allowed }) => puts.map((put) => allowed.has(askerOf(put))),

  runBatch: async (tx, puts, _locked, now) => putAll(tx, puts, now),
})

const askerOf = ({ actorId, input }: Put) => `${actorId} ${input.organizationId}`

async function putAll(tx: Tx, puts: readonly Put[], now: Date) {
  const incoming = puts.flatMap(({ input: { organizationId, orders } }) =>
    orders.map((order) => ({ organizationId, origin: '', isPast: false, order })),
  )
  const results = await ingest({ tx, now }, incoming)
  let next = 0
  return puts.map(({ input }): { results: PutResult[] } => {
    const own = results.slice(next, next + input.orders.length)
    next += input.orders.length
    return { results: own }
  })
}
