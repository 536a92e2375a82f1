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
  /** While it is being stopped, the server answers probes and lets everybody else go elsewhere. */
  isDraining(): boolean
}
