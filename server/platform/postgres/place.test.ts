import assert from 'node:assert/strict'
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs'
import { readlinkSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { linkLibraries } from './binaries.ts'
import { startPostgres } from './index.ts'
import { canEnter, chooseOperatingUser } from './operating-user.ts'
import { preparePlace, prepareSocketFolder, removeSocketFolder, systemFolder } from './place.ts'
import { makeTestFolder, query } from './testing/server-process.ts'

const folder = makeTestFolder()
const away = new Set<string>()
after(() => {
  rmSync(folder, { recursive: true, force: true })
  for (const home of away)
    for (const path of [home, `${home}.belongs-to.txt`]) rmSync(path, { recursive: true, force: true })
})

const nothing = (): void => {}
const log = { debug: nothing, info: nothing, warn: nothing, error: nothing }
const user = chooseOperatingUser(undefined)

test('PostgreSQL runs as an unprivileged user when root starts it, and otherwise as who starts it', () => {
  if (process.getuid?.() === 0) assert.ok(user !== undefined && user.uid !== 0)
  else assert.equal(user, undefined)
})

test('data of a folder that only root may enter lies where PostgreSQL can go, as a file there says', async () => {
  const dataFolder = makeClosedFolder('closed')
  const first = await startPostgres({ dataFolder, log })
  remember(first.clusterFolder)
  await query(first.url, 'create table kept as select $$stored$$ as word')
  await first.stop()
  if (user === undefined) assert.ok(first.clusterFolder.startsWith(dataFolder))
  else {
    assert.ok(first.clusterFolder.startsWith(systemFolder))
    assert.ok(
      readFileSync(join(dataFolder, 'postgres-is-elsewhere.txt'), 'utf8').includes(join(first.clusterFolder, '..')),
    )
  }

  // The folder may be moved, for it, not its name, leads to the database.
  renameSync(join(folder, 'closed'), join(folder, 'moved'))
  await using second = await startPostgres({ dataFolder: join(folder, 'moved', 'data'), log })
  assert.deepEqual(await query(second.url, 'select word from kept'), [{ word: 'stored' }])
})

test('two copies of a data folder never share one database', async () => {
  const dataFolder = makeClosedFolder('original')
  remember(preparePlace(dataFolder, user).clusterFolder)
  cpSync(dataFolder, join(folder, 'original', 'copy'), { recursive: true })
  const copy = join(folder, 'original', 'copy')
  if (user === undefined) assert.equal(preparePlace(copy, user).home, join(copy, 'postgres'))
  else assert.throws(() => preparePlace(copy, user), { code: 'postgres.in_use', message: /is a copy of/ })
})

test('a data folder that is deleted and made again begins with an empty database', () => {
  const dataFolder = makeClosedFolder('again')
  const first = preparePlace(dataFolder, user)
  remember(first.clusterFolder)
  mkdirSync(first.clusterFolder)
  rmSync(dataFolder, { recursive: true })
  mkdirSync(dataFolder, { mode: 0o700 })
  const second = preparePlace(dataFolder, user)
  remember(second.clusterFolder)
  assert.equal(existsSync(second.clusterFolder), false)
})

test('a data folder whose database is gone is not taken for a new one', () => {
  const dataFolder = join(folder, 'lost')
  mkdirSync(dataFolder)
  writeFileSync(join(dataFolder, 'postgres-is-elsewhere.txt'), '/var/lib/shoptalk/nothing-here\n')
  assert.throws(() => preparePlace(dataFolder, user), { code: 'postgres.data_missing' })
})

test('PostgreSQL may pass through the data folder, and nobody else gains anything', () => {
  const dataFolder = join(folder, 'open')
  mkdirSync(dataFolder, { mode: 0o700 })
  const { home } = preparePlace(dataFolder, user)
  assert.equal(home, join(dataFolder, 'postgres'))
  assert.ok(canEnter(home, user))
  assert.equal(statSync(dataFolder).mode & 0o007, 0)
  assert.equal(statSync(home).mode & 0o777, 0o700)
})

test('the socket of a data folder with a long path lies in a short one, which goes away with the server', () => {
  const home = join(folder, 'x'.repeat(100))
  mkdirSync(home)
  const first = prepareSocketFolder(home, user)
  assert.ok(first.length < 60)
  assert.equal(statSync(first).mode & 0o777, 0o700)
  // A server that was killed could not remove it; the next one does.
  const second = prepareSocketFolder(home, user)
  assert.equal(existsSync(first), false)
  removeSocketFolder(home, second)
  assert.equal(existsSync(second), false)
})

test('the links that npm packages cannot hold are made, and a second time nothing happens', () => {
  const native = join(folder, 'native')
  mkdirSync(join(native, 'lib'), { recursive: true })
  writeFileSync(join(native, 'lib', 'libx.so.1.2'), '')
  symlinkSync('nowhere', join(native, 'lib', 'libz.so'))
  const links = [
    { source: 'native/lib/libx.so.1.2', target: 'native/lib/libx.so.1' },
    { source: 'native/lib/libx.so.1.2', target: 'native/lib/libz.so' },
  ]
  writeFileSync(join(native, 'pg-symlinks.json'), JSON.stringify(links))
  assert.ok(linkLibraries(native))
  assert.ok(linkLibraries(native))
  assert.equal(readlinkSync(join(native, 'lib', 'libx.so.1')), 'libx.so.1.2')
  assert.deepEqual(readdirSync(join(native, 'lib')).toSorted(), ['libx.so.1', 'libx.so.1.2', 'libz.so'])
})

function makeClosedFolder(name: string): string {
  const dataFolder = join(folder, name, 'data')
  mkdirSync(join(folder, name), { mode: 0o700 })
  mkdirSync(dataFolder, { mode: 0o700 })
  return dataFolder
}

function remember(clusterFolder: string): void {
  if (clusterFolder.startsWith(systemFolder)) away.add(join(clusterFolder, '..'))
}
