import { EventEmitter } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import {
  Logger as WorkerLogger,
  run,
  type Runner,
  type RunnerOptions,
  type TaskList,
  type WorkerEvents,
} from 'graphile-worker'
import { Pool } from 'pg'
import type { Job, Tools } from './feature.ts'
import { holdPresence } from './job-presence.ts'

export type JobRunner = {
  /** Lets the running jobs end; those that wait stay in the database. */
  stop(): Promise<void>
}

/** Jobs that run at the same time on this node. They mostly wait for others: mail servers, other services. */
const CONCURRENCY = 4
/** One connection listens for new jobs, the others fetch and finish them. */
const CONNECTIONS_MAX = 4

const STARTS_MAX = 10
const START_AGAIN_MS = 500

/** Runs what `addJob` has stored, on whichever node is free. */
export async function startJobs(url: string, jobs: readonly Job[], tools: Tools): Promise<JobRunner> {
  const presence = await holdPresence(url, tools.log)
  try {
    const { runner, pool } = await startRunner(url, jobs, tools)
    return {
      async stop() {
        await runner.stop()
        await runner.promise
        await pool.end()
        await presence.end()
      },
    }
  } catch (error) {
    await presence.end()
    throw error
  }
}

type Started = { runner: Runner; pool: Pool }

/**
 * The runner never gets over a connection that is lost while it looks for the first time; then a new one is started.
 */
async function startRunner(url: string, jobs: readonly Job[], tools: Tools): Promise<Started> {
  for (let starts = 1; ; starts++) {
    const events: WorkerEvents = new EventEmitter()
    const { promise: looked, resolve, reject } = Promise.withResolvers<void>()
    looked.catch(() => {}) // it is awaited below, perhaps later than it fails
    events.once('worker:getJob:empty', () => resolve())
    events.once('job:start', () => resolve())
    events.once('worker:getJob:error', ({ error }) => reject(error))
    const pool = openPool(url, tools)
    const runner = await run({ ...optionsFor(jobs, tools), pgPool: pool, events })
    try {
      await looked
      return { runner, pool }
    } catch (error) {
      await runner.stop()
      await pool.end()
      if (starts >= STARTS_MAX) throw error
      await setTimeout(START_AGAIN_MS)
    }
  }
}

/**
 * The runner would end a pool of its own without waiting for it, and without listening for what becomes of the
 * connections: a database that stops at that moment would take the server down.
 */
function openPool(url: string, tools: Tools): Pool {
  const pool = new Pool({ connectionString: url, max: CONNECTIONS_MAX })
  pool.on('error', (error) => tools.log.debug({ err: error }, 'A connection of the jobs was lost.'))
  // Of a connection that is in use the query that fails reports it.
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}

const optionsFor = (jobs: readonly Job[], tools: Tools): RunnerOptions => ({
  concurrency: CONCURRENCY,
  noHandleSignals: true,
  parsedCronItems: [],
  taskList: Object.fromEntries(jobs.map((job) => [job.name, taskOf(job, tools)])),
  logger: new WorkerLogger(() => (level, message) => tools.log[level === 'error' ? 'warn' : 'debug'](message)),
})

function taskOf(job: Job, tools: Tools): NonNullable<TaskList[string]> {
  return async (payload, { job: { attempts, max_attempts } }) => {
    const log = tools.log.child({ job: job.name, attempt: attempts })
    const began = performance.now()
    try {
      await job.run(payload, { ...tools, log, attempt: attempts, attemptsMax: max_attempts })
      log.debug({ ms: Math.round(performance.now() - began) }, 'job done')
    } catch (error) {
      log[attempts >= max_attempts ? 'error' : 'warn']({ err: error }, 'job failed')
      throw error
    }
  }
}
