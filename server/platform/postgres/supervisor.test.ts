import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { startPostgres } from './index.ts'
import {
  childrenOf,
  isAlive,
  killAll,
  makeTestFolder,
  parentOf,
  processesNaming,
  query,
  spawnServer,
  until,
} from './testing/server-process.ts'

const folder = makeTestFolder()
const dataFolder = join(folder, 'data')
after(() => rmSync(folder, { recursive: true, force: true }))

const nothing = (): void => {}
const log = { debug: nothing, info: nothing, warn: nothing, error: nothing }

test('what is acknowledged is on the disk: fsync, synchronous_commit and full_page_writes are on', async () => {
  await using postgres = await startPostgres({ dataFolder, log })
  for (const setting of ['fsync', 'synchronous_commit', 'full_page_writes', 'data_checksums']) {
    assert.deepEqual(await query(postgres.url, `show ${setting}`), [{ [setting]: 'on' }])
  }
})

test('PostgreSQL listens on a socket only, in a folder that only its own user and root may enter', async () => {
  await using postgres = await startPostgres({ dataFolder, log })
  assert.deepEqual(await query(postgres.url, 'show listen_addresses'), [{ listen_addresses: '' }])
  assert.match(execFileSync('ls', ['-ld', postgres.socketFolder], { encoding: 'utf8' }), /^drwx------/)
})

test('the server works in a database of its own, not as a superuser', async () => {
  await using postgres = await startPostgres({ dataFolder, log })
  const rows = await query(postgres.url, 'select rolsuper from pg_roles where rolname = current_user')
  assert.deepEqual(rows, [{ rolsuper: false }])
})

test('stopping leaves no process behind, and what was written is there at the next start', async () => {
  const first = await startPostgres({ dataFolder, log })
  await query(first.url, 'create table kept (word text); insert into kept values ($$stored$$)')
  const pid = first.pid()
  assert.ok(pid)
  await first.stop()
  assert.equal(isAlive(pid), false)

  await using second = await startPostgres({ dataFolder, log })
  assert.deepEqual(await query(second.url, 'select word from kept'), [{ word: 'stored' }])
})

test('a second server on the same data folder is refused, and the message names the process of the first', async () => {
  const first = spawnServer(dataFolder)
  await first.next()
  await assert.rejects(startAndStop(dataFolder), {
    code: 'postgres.in_use',
    message: new RegExp(`process ${first.pid}\\b`),
  })
  await first.stop()
})

test('a second start in the same process is refused, and leaves the first alone', async () => {
  await using first = await startPostgres({ dataFolder, log })
  await assert.rejects(startAndStop(dataFolder), { code: 'postgres.in_use' })
  assert.deepEqual(await query(first.url, 'select 1 as one'), [{ one: 1 }])
})

test('of several servers that start at once on one data folder, never two run', async () => {
  const servers = [1, 2].map(() => spawnServer(dataFolder))
  const messages = await Promise.all(servers.map((server) => server.next()))
  assert.equal(messages.filter(({ event }) => event === 'ready').length, 1)
  assert.equal(messages.filter(({ code }) => code === 'postgres.in_use').length, 1)
  await Promise.all(servers.map((server) => server.stop()))
})

test('PostgreSQL that was killed is started again, and both are reported', async () => {
  const { promise: up, resolve: onUp } = Promise.withResolvers<void>()
  const { promise: down, resolve: onDown } = Promise.withResolvers<string>()
  await using postgres = await startPostgres({ dataFolder, log, onUp, onDown })
  const pid = postgres.pid()
  assert.ok(pid)
  process.kill(pid, 'SIGKILL')
  assert.match(await down, /signal 9/)
  await up
  assert.notEqual(postgres.pid(), pid)
  assert.deepEqual(await query(postgres.url, 'select word from kept'), [{ word: 'stored' }])
})

test('a watchdog that was killed takes the database with it, and both are started again', async () => {
  const { promise: up, resolve: onUp } = Promise.withResolvers<void>()
  await using postgres = await startPostgres({ dataFolder, log, onUp })
  const pid = postgres.pid()
  assert.ok(pid)
  process.kill(parentOf(pid), 'SIGKILL')
  await up
  assert.equal(isAlive(pid), false)
  assert.deepEqual(await query(postgres.url, 'select word from kept'), [{ word: 'stored' }])
})

test('a database server whose server was killed with kill -9 ends by itself within seconds', async () => {
  const server = spawnServer(dataFolder)
  const { pid } = await server.next()
  await server.kill()
  const killedAt = performance.now()
  await until(() => !isAlive(pid), 'the database server ended')
  assert.ok(performance.now() - killedAt < 5_000)
})

test('a server can be started the moment its predecessor was killed', async () => {
  const server = spawnServer(dataFolder)
  const { pid } = await server.next()
  await server.kill()
  await using postgres = await startPostgres({ dataFolder, log })
  assert.notEqual(postgres.pid(), pid)
  assert.deepEqual(await query(postgres.url, 'select word from kept'), [{ word: 'stored' }])
})

test('after kill -9 of the server with its watchdog and PostgreSQL, every committed row is there', async () => {
  const server = spawnServer(dataFolder)
  const { pid, url } = await server.next()
  await query(url, 'create table survivors (word text); insert into survivors values ($$committed$$)')
  killAll([server.pid, parentOf(pid), pid, ...childrenOf(pid), ...childrenOf(parentOf(pid))])
  await using postgres = await startPostgres({ dataFolder, log })
  assert.deepEqual(await query(postgres.url, 'select word from survivors'), [{ word: 'committed' }])
})

test('a database server that lost its server and its watchdog is stopped by the next start', async () => {
  const server = spawnServer(dataFolder)
  const { pid } = await server.next()
  const watchdog = parentOf(pid)
  const guards = childrenOf(watchdog).filter((child) => child !== pid)
  killAll([...guards, watchdog, server.pid])
  assert.equal(isAlive(pid), true)
  await using postgres = await startPostgres({ dataFolder, log })
  assert.equal(isAlive(pid), false)
  assert.deepEqual(await query(postgres.url, 'select word from kept'), [{ word: 'stored' }])
})

test('Ctrl-C in the terminal reaches the server alone; its database stays up while it drains', async () => {
  const server = spawnServer(dataFolder)
  const { pid, url } = await server.next()
  process.kill(-server.pid, 'SIGINT')
  assert.equal((await server.next()).event, 'draining')
  assert.deepEqual(await query(url, 'select 1 as one'), [{ one: 1 }])
  assert.equal(isAlive(pid), true)
  await server.stop()
})

test('kill -9 at any moment of the first start leaves no process behind, and the next start succeeds', async () => {
  for (const momentMs of [250, 600]) {
    const fresh = join(folder, `killed-after-${momentMs}`)
    const server = spawnServer(fresh)
    await new Promise((resolve) => setTimeout(resolve, momentMs))
    await server.kill()
    await until(() => processesNaming(fresh).length === 0, 'every process of the killed server ended')
  }
  for (const name of readdirSync(folder).filter((each) => each.startsWith('killed-after-'))) {
    await using postgres = await startPostgres({ dataFolder: join(folder, name), log })
    assert.deepEqual(await query(postgres.url, 'select 1 as one'), [{ one: 1 }])
    assert.deepEqual(readdirSync(join(postgres.clusterFolder, '..')).toSorted(), ['data', 'socket'])
    await postgres.stop()
    rmSync(join(folder, name), { recursive: true })
  }
})

test('a process id in a stale postmaster.pid that belongs to another program now is left alone', async () => {
  const postgres = await startPostgres({ dataFolder, log })
  const { clusterFolder } = postgres
  await postgres.stop()
  writeFileSync(join(clusterFolder, 'postmaster.pid'), `${process.pid}\n${clusterFolder}\n`)
  await using again = await startPostgres({ dataFolder, log })
  assert.deepEqual(await query(again.url, 'select 1 as one'), [{ one: 1 }])
})

/** Were it not refused, nothing would keep running. */
async function startAndStop(dataFolder: string): Promise<void> {
  const postgres = await startPostgres({ dataFolder, log })
  await postgres.stop()
}
