import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { refuseOldVersion } from './external.ts'
import { checkExternalPostgres, openTestCluster, startDebianPostgres } from './index.ts'
import { startTemporaryCluster } from './test-cluster.ts'
import { processesNaming, query, until } from './testing/server-process.ts'

const missing = (process.env['SHOPTALK_TEST_MISSING'] ?? '').split(' ')

test(
  'DATABASE_URL may name Debian’s PostgreSQL 15',
  { skip: missing.includes('postgresql') && 'postgresql is not installed' },
  async () => {
    await using postgres = await startDebianPostgres()
    await checkExternalPostgres(postgres.url)
    assert.match(JSON.stringify(await query(postgres.url, 'show server_version')), /"15\./)
  },
)

test('DATABASE_URL may not name a PostgreSQL older than 15, and the message names its version', () => {
  assert.throws(() => refuseOldVersion(140_019), {
    code: 'postgres.other_version',
    message: /PostgreSQL 14,.* 15 or newer/,
  })
  refuseOldVersion(150_000)
})

test('a DATABASE_URL that cannot be reached is refused with the reason, and without its password', async () => {
  await assert.rejects(checkExternalPostgres('postgres://shop:secret@127.0.0.1:1/shop'), (error: Error) => {
    assert.match(error.message, /ECONNREFUSED/)
    assert.doesNotMatch(error.message, /secret/)
    return true
  })
})

test('a DATABASE_URL with a wrong name of a database is refused with the reason', async () => {
  const cluster = await openTestCluster()
  await assert.rejects(checkExternalPostgres(cluster.url.replace('/shoptalk?', '/no_such_database?')), {
    code: 'postgres.unreachable',
    message: /database "no_such_database" does not exist/,
  })
  await cluster.stop()
})

test('a DATABASE_URL with a database that cannot hold every language is refused, and told how to make another', async () => {
  const cluster = await openTestCluster()
  const name = `latin_${process.pid}`
  await query(cluster.url, `create database ${name} encoding 'LATIN1' locale 'C' template template0`)
  await assert.rejects(checkExternalPostgres(cluster.url.replace('/shoptalk?', `/${name}?`)), {
    code: 'postgres.unsuitable',
    message: /LATIN1.*encoding 'UTF8'/,
  })
  await query(cluster.url, `drop database ${name}`)
  await cluster.stop()
})

test('a DATABASE_URL with a role that may not make tables is refused before anything is tried', async () => {
  const cluster = await openTestCluster()
  const name = `locked_${process.pid}`
  await query(cluster.url, `create database ${name}`)
  const url = cluster.url.replace('/shoptalk?', `/${name}?`)
  await checkExternalPostgres(url)
  await query(url, 'revoke create on schema public from public, pg_database_owner')
  await assert.rejects(checkExternalPostgres(url), { code: 'postgres.unsuitable', message: /must own the database/ })
  await query(cluster.url, `drop database ${name}`)
  await cluster.stop()
})

test('the role of the test cluster may create databases and is no superuser', async () => {
  const cluster = await openTestCluster()
  const rows = await query(cluster.url, 'select rolcreatedb, rolsuper from pg_roles where rolname = current_user')
  assert.deepEqual(rows, [{ rolcreatedb: true, rolsuper: false }])
  await cluster.stop()
})

test('a temporary cluster ends with its process and leaves no folder', async () => {
  const program = `
    const { openTestCluster } = await import(${JSON.stringify(new URL('index.ts', import.meta.url).href)})
    console.log((await openTestCluster()).url)`
  const env = { ...process.env, SHOPTALK_TEST_DATABASE: '' }
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8', env })
  const socketFolder = new URL(output.trim()).searchParams.get('host') ?? ''
  assert.match(socketFolder, /shoptalk-test-/)
  await until(() => processesNaming(socketFolder).length === 0, 'the database ended')
  assert.equal(existsSync(socketFolder), false)
})

test('stopping a temporary cluster waits until it has stopped', async () => {
  const postgres = await startTemporaryCluster()
  await postgres.stop()
  assert.equal(existsSync(postgres.clusterFolder), false)
})
