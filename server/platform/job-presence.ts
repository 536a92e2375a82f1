import type { Logger } from 'pino'
import { Client } from 'pg'

/** Any number that nothing else locks. Held shared by every node that runs jobs, for as long as it lives. */
const KEY = 7_402_118
const RETRY_MS = 1_000

export type Presence = { end(): Promise<void> }

/**
 * A node that is killed leaves its jobs locked, and the job queue frees them only after hours. The node's presence is a
 * lock that goes with its connection: whoever finds no other node there knows that every locked job is an orphan, and
 * frees it.
 */
export async function holdPresence(url: string, log: Logger): Promise<Presence> {
  let isEnding = false
  let timer: NodeJS.Timeout | undefined
  let client = await claim(url, lost)

  /** The database has restarted; what ran at that moment may be locked by nobody any more. */
  function lost() {
    if (isEnding || timer) return
    timer = setTimeout(() => void again(), RETRY_MS)
  }

  async function again() {
    timer = undefined
    try {
      client = await claim(url, lost)
      if (isEnding) await client.end()
    } catch (error) {
      log.debug({ err: error }, 'jobs wait for the database')
      lost()
    }
  }

  return {
    async end() {
      isEnding = true
      clearTimeout(timer)
      await client.end().catch(() => {}) // it may be gone already
    },
  }
}

async function claim(url: string, lost: () => void): Promise<Client> {
  const client = new Client({ connectionString: url })
  try {
    client.on('error', () => {}) // 'end' follows, and queries report it too
    await client.connect()
    const { rows } = await client.query<{ is_alone: boolean }>('select pg_try_advisory_lock($1) as is_alone', [KEY])
    const isAlone = rows[0]?.is_alone === true
    if (isAlone) await client.query(freeAll)
    await client.query('select pg_advisory_lock_shared($1)', [KEY])
    if (isAlone) await client.query('select pg_advisory_unlock($1)', [KEY])
    client.on('end', lost)
    return client
  } catch (error) {
    await client.end().catch(() => {})
    throw error
  }
}

const freeAll = `select graphile_worker.force_unlock_workers(array(
  select distinct locked_by from graphile_worker.jobs where locked_by is not null))`
