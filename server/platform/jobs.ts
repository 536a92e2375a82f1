import type { Tx } from './sql.ts'

export type JobOptions = {
  /** One job of this key at a time; a later one replaces what still waits. */
  key?: string
  runAt?: Date
  attemptsMax?: number
  /** Jobs of one queue run one after the other, so that many of them leave room for others. */
  queue?: string
}

/** Stored with the transaction: it runs if, and only if, that commits. */
export async function addJob(tx: Tx, name: string, payload: object, options: JobOptions = {}): Promise<void> {
  await tx`
    select graphile_worker.add_job(
      ${name}::text, payload => ${JSON.stringify(payload)}::json, run_at => ${options.runAt}::timestamptz,
      max_attempts => ${options.attemptsMax ?? 12}::int, job_key => ${options.key}::text,
      queue_name => ${options.queue}::text
    )`
}
