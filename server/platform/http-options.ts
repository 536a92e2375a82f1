import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { Identify } from './caller.ts'
import type { Executor } from './execute.ts'
import type { Metrics } from './metrics.ts'

export type HttpOptions = {
  executor: Executor
  identify: Identify
  log: Logger
  metrics: Metrics
  publicUrl: string
  /** The built web app. */
  webFolder: string
  /** The features' own doors, beside the commands. */
  addRoutes?(server: FastifyInstance): Promise<void>
  /** While it is being stopped, the server answers probes and lets everybody else go elsewhere. */
  isDraining(): boolean
}
