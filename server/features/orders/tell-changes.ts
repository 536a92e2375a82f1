import { z } from 'zod'
import type { Reaction } from '../../platform/feature.ts'
import { record } from '../../platform/events.ts'
import { statusOf } from './history.ts'

const Body = z.object({
  changes: z.array(z.object({ orderId: z.string(), version: z.int(), rank: z.int(), from: z.string().nullable() })),
})

/**
 * The order state machine: scans the log of changes of state and sends one message for each, whose kind is the new
 * state: `order.submitted`, `order.shipped`. The messages and how far it has come are written by one transaction, so
 * that none is left out and none is sent twice, whenever the server ends.
 */
export const tellChanges: Reaction = {
  name: 'orders.tell-changes',
  to: ['order.changed'],
  portionMax: 100,
  async run(facts, { clock }, tx) {
    const messages = facts.flatMap(({ organizationId, body }) =>
      Body.parse(body).changes.map((change) => ({
        name: `order.${statusOf(change.rank)}`,
        organizationId,
        body: change,
      })),
    )
    await record(tx, messages, clock())
  },
}
