import type { Pool } from 'pg'
import { rollText } from './load/message-id.ts'

/** The messages of one place in the order in which they are stored. */
export type StoredLog = { place: string; ids: string[] }

/** Where the logs stood before a run. */
export async function headsOf(pool: Pool, audienceIds: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ id: string; number: number }>(
    'select id, last_number::int as number from audience where id = any($1::uuid[])',
    [audienceIds],
  )
  return new Map(rows.map(({ id, number }) => [id, number]))
}

/** What was stored since, with a fault for every number that is missing or comes twice. */
export async function readLogs(
  pool: Pool,
  heads: ReadonlyMap<string, number>,
): Promise<{ logs: StoredLog[]; faults: string[] }> {
  const { rows } = await pool.query<{ place: string; ids: string[]; first: number; last: number }>(
    `select audience_id as place, array_agg(message.id::text order by number) as ids, min(number)::int as first,
      max(number)::int as last
     from message
     join unnest($1::uuid[], $2::bigint[]) as head (id, number_before) on head.id = audience_id
       and number > number_before
     group by audience_id`,
    [Array.from(heads.keys()), Array.from(heads.values())],
  )
  const faults = rows
    .filter(({ place, ids, first, last }) => first !== (heads.get(place) ?? 0) + 1 || last - first + 1 !== ids.length)
    .map(({ place }) => `the numbers of ${place} are not dense`)
  return { logs: rows.map(({ place, ids }) => ({ place, ids })), faults }
}

export const hashOf = (ids: readonly string[]) => ids.reduce(rollText, 0)

/** Rows of one table: how many there are, and how many of them were written after a transaction. */
export type TableRows = { table: string; rows: number; written: number }

/** A transaction's number that is below those of all later ones. */
export async function markTransaction(pool: Pool): Promise<string> {
  const { rows } = await pool.query<{ id: string }>('select pg_current_xact_id()::text as id')
  return rows[0]?.id ?? '0'
}

/** Every row carries the transaction that wrote this version of it, so updates show as well as insertions. */
export async function countRows(pool: Pool, since: string): Promise<TableRows[]> {
  const { rows: tables } = await pool.query<{ table: string }>(
    `select format('%I.%I', schemaname, relname) as table from pg_stat_user_tables order by 1`,
  )
  const counts: TableRows[] = []
  for (const { table } of tables) {
    const { rows } = await pool.query<{ rows: number; written: number }>(
      `select count(*)::int as rows, (count(*) filter (where xmin::text::bigint > $1::bigint))::int as written
        from ${table}`,
      [since],
    )
    counts.push({ table, rows: rows[0]?.rows ?? 0, written: rows[0]?.written ?? 0 })
  }
  return counts
}
