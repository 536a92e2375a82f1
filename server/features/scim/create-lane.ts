import type { Database } from '../../platform/sql.ts'
import { allow } from './access.ts'
import { createUsers, type Created } from './create-users.ts'
import type { Access } from './token-store.ts'

/** Users made by one transaction. */
const BATCH_MAX = 50

type Answer = { created: Created; access: Access }
type Waiting = { body: unknown; resolve(answer: Answer): void; reject(error: unknown): void }
export type CreateLane = { submit(token: Buffer, body: unknown): Promise<Answer> }

/**
 * Collects the users that one provider makes while the transaction before is under way, and makes them together: a
 * first synchronisation is thousands of requests, a few at a time.
 */
export function createLane(database: Database, clock: () => Date): CreateLane {
  const queues = new Map<string, Waiting[]>()

  const make = (token: Buffer, bodies: readonly unknown[]) =>
    database.transaction(async (tx) => {
      const access = await allow(tx, token, 'write')
      const { organizationId } = access
      return { access, created: await createUsers({ tx, now: clock(), organizationId }, bodies) }
    })

  /** What takes the whole batch down may be one of them alone: then each is tried by itself. */
  async function carryOut(token: Buffer, batch: readonly Waiting[]): Promise<void> {
    try {
      const { access, created } = await make(
        token,
        batch.map(({ body }) => body),
      )
      batch.forEach(({ resolve, reject }, index) => {
        const one = created[index]
        if (one) resolve({ access, created: one })
        else reject(new Error('A user was left out of its batch.'))
      })
    } catch (error) {
      if (batch.length === 1) return batch[0]?.reject(error)
      for (const one of batch) await carryOut(token, [one])
    }
  }

  async function run(token: Buffer, key: string, queue: Waiting[]): Promise<void> {
    while (queue.length > 0) await carryOut(token, queue.splice(0, BATCH_MAX))
    queues.delete(key)
  }

  return {
    submit: (token, body) =>
      new Promise((resolve, reject) => {
        const key = token.toString('base64')
        const queue = queues.get(key) ?? []
        queue.push({ body, resolve, reject })
        if (queues.has(key)) return
        queues.set(key, queue)
        void run(token, key, queue)
      }),
  }
}
