import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Logger as WorkerLogger, runMigrations } from 'graphile-worker'
import { runner } from 'node-pg-migrate'
import { Client } from 'pg'

/** Holds the .sql files, numbered in the order they are applied in, and schema.sql, which is generated from them. */
export const migrationsFolder = join(import.meta.dirname, '../migrations')
/** In which the database remembers the files that it has seen. */
const table = 'migration'

export type MigrationLog = { info(text: string): void; warn(text: string): void; error(text: string): void }

export class MigrationProblem extends Error {
  override name = 'MigrationProblem'
}

/**
 * Brings the database to the tables that this version needs: its own, and those of the job queue. All in one
 * transaction; of several servers that start at once, one works and the others wait for it.
 */
export async function migrate(url: string, log: MigrationLog = silent): Promise<void> {
  await refuseNewer(url)
  await runner({
    databaseUrl: url,
    dir: migrationsFolder,
    ignorePattern: '(schema\\.sql|\\..*)',
    migrationsTable: table,
    direction: 'up',
    singleTransaction: true,
    advisoryLockMode: 'wait',
    logger: { info: () => {}, warn: (text) => log.warn(text), error: (text) => log.error(text) },
  })
  await runMigrations({ connectionString: url, logger: new WorkerLogger(() => () => {}) })
}

/** Numbered files only: `0001-platform` and so on. */
export function migrationNames(): string[] {
  return readdirSync(migrationsFolder)
    .filter((name) => /^\d+.*\.sql$/.test(name))
    .toSorted()
    .map((name) => name.slice(0, -'.sql'.length))
}

/** An older Shoptalk must not work on tables it does not know. */
async function refuseNewer(url: string): Promise<void> {
  const client = new Client({ connectionString: url })
  client.on('error', () => {}) // the query that fails reports it
  await client.connect()
  try {
    const { rows: tables } = await client.query('select to_regclass($1) as found', [table])
    if (tables[0]?.found === null) return
    const { rows } = await client.query<{ name: string }>('select name from migration where name <> all($1::text[])', [
      migrationNames(),
    ])
    if (rows.length === 0) return
    const names = rows.map(({ name }) => name).join(', ')
    throw new MigrationProblem(
      `The database was made by a newer Shoptalk (${names}). Start that version, or a later one.`,
    )
  } finally {
    await client.end()
  }
}

const silent: MigrationLog = { info: () => {}, warn: () => {}, error: () => {} }
