import { Client } from 'pg'
import { PostgresProblem } from './problem.ts'

const oldestVersion = 150_000
const connectTimeoutMs = 10_000

/** Says plainly why the PostgreSQL server of DATABASE_URL cannot be used; resolves when it can. */
export async function checkExternalPostgres(url: string): Promise<void> {
  const { version, encoding, mayCreate } = await look(url)
  refuseOldVersion(version)
  if (encoding !== 'UTF8') throw unsuitable(`holds only the languages of ${encoding}`)
  if (!mayCreate) throw unsuitable('does not let this role make tables: it must own the database')
}

/** Takes a version as PostgreSQL counts it: 150018 is 15.18. */
export function refuseOldVersion(version: number): void {
  if (version >= oldestVersion) return
  throw new PostgresProblem(
    'postgres.other_version',
    `DATABASE_URL names PostgreSQL ${Math.floor(version / 10_000)}, ` +
      `and Shoptalk needs PostgreSQL ${oldestVersion / 10_000} or newer.`,
  )
}

const remedy = "Make one for Shoptalk: create database shoptalk owner the_role encoding 'UTF8' template template0"

const unsuitable = (why: string) =>
  new PostgresProblem('postgres.unsuitable', `The database that DATABASE_URL names ${why}. ${remedy}`)

type Look = { version: number; encoding: string; mayCreate: boolean }

async function look(url: string): Promise<Look> {
  try {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: connectTimeoutMs })
    // A connection that breaks reports it a second time, beside the query that fails.
    client.on('error', () => {})
    try {
      await client.connect()
      const { rows } = await client.query<Look>(question)
      const [row] = rows
      if (!row) throw new Error('the server answers nothing')
      return row
    } finally {
      await client.end()
    }
  } catch (error) {
    const why = error instanceof AggregateError ? error.errors.map(String).join(', ') : String(error)
    throw new PostgresProblem(
      'postgres.unreachable',
      `The PostgreSQL server of DATABASE_URL (${withoutPassword(url)}) cannot be used: ${why.replace(/^Error: /, '')}`,
      { cause: error },
    )
  }
}

/** Tables stand in the schema of the search path, and the job queue makes a schema of its own. */
const question = `
  select current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding,
    has_database_privilege(current_database(), 'create')
      and coalesce(has_schema_privilege(current_schema(), 'create'), false) as "mayCreate"`

function withoutPassword(url: string): string {
  return url.replace(/(\/\/[^:/@]*):[^@]*@/, '$1:…@').replace(/(password=)[^&\s]*/, '$1…')
}
