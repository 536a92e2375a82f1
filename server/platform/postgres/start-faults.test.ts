import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { startPostgres } from './index.ts'
import { logLevel } from './log-lines.ts'
import { explainError, explainOutput } from './problem.ts'
import { makeTestFolder } from './testing/server-process.ts'

const folder = makeTestFolder()
after(() => rmSync(folder, { recursive: true, force: true }))

const nothing = (): void => {}
const log = { debug: nothing, info: nothing, warn: nothing, error: nothing }

test('a disk that is full is named as such, and nothing half-made stays behind', async (context) => {
  const disk = join(folder, 'small-disk')
  mkdirSync(disk)
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m,mode=755', 'tmpfs', disk]).status !== 0) {
    context.diagnostic('no small disk can be mounted here; what initdb writes on a full one stands for it')
    const said = ['initdb: error: could not create file "base/1/1259": No space left on device']
    assert.equal(explainOutput(said, '/data').code, 'postgres.disk_full')
    return
  }
  try {
    const dataFolder = join(disk, 'data')
    await assert.rejects(startAndStop(dataFolder), { code: 'postgres.disk_full', message: /df -h/ })
    assert.deepEqual(readdirSync(join(dataFolder, 'postgres')), [])
  } finally {
    spawnSync('umount', [disk])
  }
})

test('a disk that is full when PostgreSQL starts or when we write is named as well', () => {
  const said = ['LOG:  starting', 'FATAL:  could not write lock file "postmaster.pid": No space left on device']
  assert.equal(explainOutput(said, '/data').code, 'postgres.disk_full')
  const error = Object.assign(new Error('ENOSPC: no space left on device, mkdir'), { code: 'ENOSPC' })
  assert.match(String(explainError(error, '/data')), /disk that holds \/data is full/)
})

test('a data folder that cannot be made or written is named, with what to do', async () => {
  const file = join(folder, 'a-file')
  writeFileSync(file, '')
  await assert.rejects(startAndStop(join(file, 'data')), {
    code: 'postgres.not_writable',
    message: /a-file.*SHOPTALK_DATA/,
  })
})

test('a database of another major version is not touched, and the message names both versions', async () => {
  const dataFolder = join(folder, 'old')
  const cluster = join(dataFolder, 'postgres', 'data')
  mkdirSync(cluster, { recursive: true })
  writeFileSync(join(cluster, 'PG_VERSION'), '16\n')
  await assert.rejects(startAndStop(dataFolder), {
    code: 'postgres.other_version',
    message: /belongs to PostgreSQL 16.*PostgreSQL 18/,
  })
  assert.deepEqual(readdirSync(cluster), ['PG_VERSION'])
})

test('a folder in the place of the database that holds none is not overwritten', async () => {
  const dataFolder = join(folder, 'strange')
  mkdirSync(join(dataFolder, 'postgres', 'data'), { recursive: true })
  await assert.rejects(startAndStop(dataFolder), { code: 'postgres.data_missing' })
})

test('a refused start leaves the data folder free for the next', async () => {
  const dataFolder = join(folder, 'old')
  await assert.rejects(startAndStop(dataFolder), { code: 'postgres.other_version' })
  assert.deepEqual(readdirSync(dataFolder), ['postgres'])
  assert.ok(existsSync(join(dataFolder, 'postgres')))
})

test('a missing library, a user without a name and any other fault are told in words', () => {
  const library = 'postgres: error while loading shared libraries: libicui18n.so.60: cannot open shared object file'
  assert.match(explainOutput([library], '/data').message, /libicui18n.*DATABASE_URL/)
  const user = 'initdb: error: could not look up effective user ID 1234: user does not exist'
  assert.equal(explainOutput([user], '/data').code, 'postgres.no_user')
  const other = ['LOG:  starting', 'FATAL:  the sky is falling', 'LOG:  database system is shut down']
  assert.equal(explainOutput(other, '/data').message, 'PostgreSQL could not start: the sky is falling')
})

test('what PostgreSQL writes reaches our log at the level that it deserves', () => {
  assert.equal(logLevel('PANIC:  could not write to file'), 'error')
  assert.equal(logLevel('FATAL:  the database system is shutting down'), 'warn')
  assert.equal(logLevel('ERROR:  duplicate key value violates unique constraint "x"'), 'debug')
  assert.equal(logLevel('LOG:  checkpoint starting: time'), 'debug')
  assert.equal(logLevel('LOG:  server process (PID 12) was terminated by signal 9: Killed'), 'warn')
  assert.equal(logLevel('postgres: cannot open shared object file'), 'warn')
})

/** Were it not refused, nothing would keep running. */
async function startAndStop(dataFolder: string): Promise<void> {
  const postgres = await startPostgres({ dataFolder, log })
  await postgres.stop()
}
