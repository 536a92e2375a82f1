import { Client } from 'pg'
import { PostgresProblem } from './problem.ts'

const oldestVersion = 150_000
const connectTimeoutMs = 10_000

/** Says plainly why the PostgreSQL server of DATABASE_URL cannot be used; resolves when it can. */
export async function checkExternalPostgres(url: string): Promise<void> {
  refuseOldVersion(await askVersion(url))
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

async function askVersion(url: string): Promise<number> {
  try {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: connectTimeoutMs })
    // A connection that breaks reports it a second time, beside the query that fails.
    client.on('error', () => {})
    try {
      await client.connect()
      const { rows } = await client.query<{ server_version_num: string }>('show server_version_num')
      return Number(rows[0]?.server_version_num)
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

function withoutPassword(url: string): string {
  return url.replace(/(\/\/[^:/@]*):[^@]*@/, '$1:…@').replace(/(password=)[^&\s]*/, '$1…')
}
