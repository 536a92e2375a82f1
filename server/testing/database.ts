import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { Client } from 'pg'
import { migrate, migrationNames, migrationsFolder } from '../platform/migrate.ts'
import { openTestCluster, type TestCluster } from '../platform/postgres/index.ts'
import { openDatabase, type Database } from '../platform/sql.ts'

export type TestDatabase = { database: Database; url: string; [Symbol.asyncDispose](): Promise<void> }

/**
 * A database of a test's own with all tables, empty. Cloned from a template that is made once for each cluster and
 * state of the migrations, so it takes a tenth of a second.
 *
 *     await using test = await openTestDatabase()
 *     await test.database.transaction((tx) => …)
 */
export async function openTestDatabase(): Promise<TestDatabase> {
  const cluster = await clusterOfThisProcess()
  const template = await templateOf(cluster)
  const name = `shoptalk_test_${randomBytes(8).toString('hex')}`
  await onCluster(cluster, async (client) => void (await client.query(`create database ${name} template ${template}`)))
  const url = urlOf(cluster, name)
  const database = openDatabase({ connectionString: url })
  return {
    database,
    url,
    async [Symbol.asyncDispose]() {
      await database.end()
      await onCluster(cluster, (client) => drop(client, name))
    },
  }
}

/** An empty database, without any table. */
export async function openEmptyDatabase(): Promise<{ url: string; [Symbol.asyncDispose](): Promise<void> }> {
  const cluster = await clusterOfThisProcess()
  const name = `shoptalk_test_${randomBytes(8).toString('hex')}`
  await onCluster(cluster, async (client) => void (await client.query(`create database ${name}`)))
  return { url: urlOf(cluster, name), [Symbol.asyncDispose]: () => onCluster(cluster, (client) => drop(client, name)) }
}

const DROP_TRIES_MAX = 100
const DROP_PAUSE_MS = 100
/** The database's own cleaner may be at work in it, and can't be sent away: it is soon done. */
async function drop(client: Client, name: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await client.query(`drop database ${name} with (force)`)
      return
    } catch (error) {
      const isCleaner = error instanceof Error && 'code' in error && error.code === '42501'
      if (!isCleaner || tries >= DROP_TRIES_MAX) throw error
      await setTimeout(DROP_PAUSE_MS)
    }
  }
}

/** It ends with this process. */
let opened: Promise<TestCluster> | undefined
const clusterOfThisProcess = () => (opened ??= openTestCluster())

let template: Promise<string> | undefined
const templateOf = (cluster: TestCluster) => (template ??= makeTemplate(cluster))

/** Under a lock, so that of several test processes one makes it; complete as soon as it bears its name. */
async function makeTemplate(cluster: TestCluster): Promise<string> {
  const hash = schemaHash()
  const name = `shoptalk_template_${hash.toString('hex').slice(0, 16)}`
  const making = `${name}_making`
  await onCluster(cluster, async (client) => {
    await client.query('select pg_advisory_lock($1)', [hash.readInt32BE()])
    const { rows } = await client.query('select from pg_database where datname = $1', [name])
    if (rows.length > 0) return
    await client.query(`drop database if exists ${making} with (force)`)
    await client.query(`create database ${making}`)
    await migrate(urlOf(cluster, making))
    await client.query(`alter database ${making} with allow_connections false`)
    await client.query(`alter database ${making} rename to ${name}`)
  })
  return name
}

function schemaHash(): Buffer {
  const hash = createHash('sha256')
  for (const name of migrationNames()) hash.update(name).update(readFileSync(join(migrationsFolder, `${name}.sql`)))
  const jobQueue = createRequire(import.meta.url).resolve('graphile-worker')
  hash.update(readFileSync(join(dirname(jobQueue), 'generated/sql.js')))
  return hash.digest()
}

function urlOf(cluster: TestCluster, name: string): string {
  const url = new URL(cluster.url)
  url.pathname = `/${name}`
  return url.href
}

async function onCluster(cluster: TestCluster, run: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: cluster.url })
  client.on('error', () => {}) // the query that fails reports it
  await client.connect()
  try {
    await run(client)
  } finally {
    await client.end()
  }
}
