import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { Identify } from './caller.ts'
import type { Clock } from './clock.ts'
import type { Definition } from './command.ts'
import type { Metrics } from './metrics.ts'
import type { Seal } from './seal.ts'
import type { Setting, Settings } from './settings.ts'
import type { Database, Tx } from './sql.ts'

/** What a feature brings. `main.ts` joins those of all features, in the order of `features.ts`. */
export type Feature = {
  name: string
  definitions: readonly Definition[]
  jobs?: readonly Job[]
  reactions?: readonly Reaction[]
  settings?: readonly Setting<unknown>[]
  /** Doors that a protocol of others asks for. What comes in there is checked and allowed by the feature itself. */
  addRoutes?(server: FastifyInstance, tools: DoorTools): void | Promise<void>
}

/** What runs outside a request may use. */
export type Tools = { database: Database; clock: Clock; settings: Settings; seal: Seal; log: Logger }

/** What doors may use beside. */
export type DoorTools = Tools & { identify: Identify; metrics: Metrics }

/** Work that is kept in the database until it is done, tried again with growing pauses. Safe to repeat. */
export type Job = {
  /** `feature.verb` */
  name: string
  run(payload: unknown, tools: Tools & { attempt: number; attemptsMax: number }): Promise<void>
}

export type RecordedFact = { id: number; name: string; organizationId: string | null; body: unknown; at: string }

/**
 * Acts on committed facts in order, from its own stored position. Safe to repeat; a fault stops it at that fact, and it
 * tries again.
 */
export type Reaction = {
  /** Its position is stored under this name. */
  name: string
  /** The facts it wants. */
  to: readonly string[]
  /** Facts of one call; 500 where absent. */
  portionMax?: number
  /** In a rush it lets another one go first while that one is so late; but it waits so long at most. */
  yieldsTo?: { other: Pick<Reaction, 'name' | 'to'>; lateMs: number; waitMaxMs: number }
  /**
   * What is written by the last argument, the transaction that moves the position, happens exactly once. That is for
   * quick work which needs nothing but the database: readers of facts wait for it to end. All else takes transactions
   * of its own.
   */
  run(facts: readonly RecordedFact[], tools: Tools, tx: Tx): Promise<void>
}
