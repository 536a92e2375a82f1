import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Client } from 'pg'
import { openEmptyDatabase, openTestDatabase } from '../testing/database.ts'
import { migrate, migrationNames, MigrationProblem } from './migrate.ts'

test('two servers that start at once bring an empty database to the same tables, and a later start changes nothing', async () => {
  await using empty = await openEmptyDatabase()
  await Promise.all([migrate(empty.url), migrate(empty.url)])
  await migrate(empty.url)
  const rows = await ask(empty.url, 'select name from migration order by id')
  assert.deepEqual(
    rows.map(({ name }) => name),
    migrationNames(),
  )
})

test('a database that a newer version has made is refused by name', async () => {
  await using test = await openTestDatabase()
  await ask(test.url, "insert into migration (name, run_on) values ('9999-future', now())")
  await assert.rejects(
    migrate(test.url),
    (error) => error instanceof MigrationProblem && /9999-future/.test(error.message),
  )
})

test('each test has a database of its own, with the tables of the job queue too', async () => {
  await using one = await openTestDatabase()
  await using other = await openTestDatabase()
  await ask(one.url, 'delete from server')
  assert.equal((await ask(other.url, 'select from server')).length, 1)
  assert.equal((await ask(other.url, "select graphile_worker.add_job('nothing')")).length, 1)
})

async function ask(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}
