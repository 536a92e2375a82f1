import { Client } from 'pg'

/** The role and the database that the server works in: an ordinary owner, as with a DATABASE_URL, no superuser. */
const name = 'shoptalk'

export function connectionUrl(socketFolder: string, role = name): string {
  // Port and sslmode are named so that PGPORT and PGSSLMODE in the environment have no say.
  return `postgres:///${role}?host=${encodeURIComponent(socketFolder)}&port=5432&user=${role}&sslmode=disable`
}

/** Creates what is missing of them, and so also proves that PostgreSQL answers. */
export async function createDatabase(socketFolder: string): Promise<void> {
  const client = new Client({ connectionString: connectionUrl(socketFolder, 'postgres') })
  // A connection that breaks reports it a second time, beside the query that fails.
  client.on('error', () => {})
  await client.connect()
  try {
    const { rowCount: roles } = await client.query('select from pg_roles where rolname = $1', [name])
    if (roles === 0) await client.query(`create role ${name} login createdb`)
    const { rowCount: databases } = await client.query('select from pg_database where datname = $1', [name])
    if (databases === 0) await client.query(`create database ${name} owner ${name}`)
  } finally {
    await client.end()
  }
}
