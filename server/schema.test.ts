import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Client } from 'pg'
import { migrationsFolder } from './platform/migrate.ts'
import { describeCatalog } from './testing/catalog.ts'
import { openTestDatabase } from './testing/database.ts'
import { statementsIn } from './testing/statements.ts'

test('schema.sql is what the migrations come to', async () => {
  await using opened = await openTestDatabase()
  const committed = readFileSync(join(migrationsFolder, 'schema.sql'), 'utf8').replace(/^--.*\n\n/, '')
  assert.equal(committed, await describeCatalog(opened.url), 'run: node server/testing/write-schema.ts')
})

test('every statement in the source can be prepared against the tables', async () => {
  await using opened = await openTestDatabase()
  const client = new Client({ connectionString: opened.url })
  await client.connect()
  const faults: string[] = []
  let count = 0
  for (const file of globSync('**/*.ts', { cwd: import.meta.dirname, exclude: ['**/*.test.ts', 'testing/**'] })) {
    for (const { line, text } of statementsIn(readFileSync(join(import.meta.dirname, file), 'utf8'))) {
      count++
      try {
        await check(client, text)
      } catch (error) {
        faults.push(`server/${file}:${line}: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
  }
  await client.end()
  assert.deepEqual(faults, [])
  assert.ok(count > 50, `only ${count} statements were found; does the scanner still know how they are written?`)
})

/** What is no query can't be prepared; it is carried out and taken back. */
async function check(client: Client, text: string) {
  const isQuery = /^\s*(select|insert|update|delete|with|values|merge)\b/i.test(text)
  await client.query('begin')
  try {
    await client.query(isQuery ? `prepare checked as ${text}` : text)
    if (isQuery) await client.query('deallocate checked')
  } finally {
    await client.query('rollback')
  }
}

test('the scanner finds statements with their parameters, nested templates among them', () => {
  const source =
    'const a = await tx<{ n: number }>`select ${one} + ${f(`x${1}`)}`\nawait tx`delete from b`\nconst c = `no`'
  assert.deepEqual(statementsIn(source), [
    { line: 1, text: 'select $1 + $2' },
    { line: 2, text: 'delete from b' },
  ])
})
