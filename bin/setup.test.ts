import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const bin = fileURLToPath(new URL('.', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'shoptalk-setup-'))
chmodSync(folder, 0o755)
after(() => rmSync(folder, { recursive: true, force: true }))

/** A registry at which nobody listens. */
const nowhere = {
  npm_config_registry: 'http://127.0.0.1:1/',
  npm_config_fetch_retries: '0',
  npm_config_cache: join(folder, 'cache'),
}

test('a fresh clone is set up once, and the second time nothing is installed or built', () => {
  const clone = makeClone('fresh')
  const first = setUp(clone)
  assert.equal(first.status, 0, first.output)
  assert.match(first.output, /Installing dependencies .*done in/)
  assert.match(first.output, /Building the web app: done in/)
  assert.equal(readFileSync(join(clone, 'web/dist/index.html'), 'utf8'), 'built from one')
  assert.deepEqual(setUp(clone), { status: 0, output: '' })
})

test('what setup leaves in the clone hides itself from git', () => {
  assert.equal(readFileSync(join(folder, 'fresh', '.setup', '.gitignore'), 'utf8'), '*\n')
})

test('the web app is built again when its sources have changed, and only then', () => {
  const clone = join(folder, 'fresh')
  writeFileSync(join(clone, 'web/source.txt'), 'two')
  assert.match(setUp(clone).output, /Building the web app: done/)
  assert.equal(readFileSync(join(clone, 'web/dist/index.html'), 'utf8'), 'built from two')
  assert.deepEqual(setUp(clone), { status: 0, output: '' })
})

test('a web app that cannot be built ends the setup with the reason, and leaves the old one in place', () => {
  const clone = join(folder, 'fresh')
  writeFileSync(join(clone, 'web/source.txt'), 'broken')
  const { status, output } = setUp(clone)
  assert.equal(status, 1)
  assert.match(output, /could not be built:[^]*the source is broken/)
  assert.equal(readFileSync(join(clone, 'web/dist/index.html'), 'utf8'), 'built from two')
  writeFileSync(join(clone, 'web/source.txt'), 'two')
})

test('dependencies are installed again when the lockfile names others or an installation was interrupted', () => {
  const clone = join(folder, 'fresh')
  rmSync(join(clone, 'node_modules/.package-lock.json'))
  assert.match(setUp(clone).output, /Installing dependencies/)
  writeLockfile(clone, { 'node_modules/left-pad': { version: '1.3.0', integrity: 'sha512-AAAA' } })
  const { status, output } = setUp(clone, nowhere)
  assert.equal(status, 1)
  assert.match(output, /Installing dependencies/)
})

test('without a network the setup says that the registry cannot be reached', () => {
  const clone = makeClone('offline')
  const dependencies = { 'left-pad': '1.3.0' }
  writeFileSync(join(clone, 'package.json'), JSON.stringify({ name: 'shoptalk', version: '0.1.0', dependencies }))
  rmSync(join(clone, 'node_modules'), { recursive: true, force: true })
  writeLockfile(clone, { '': { name: 'shoptalk', version: '0.1.0', dependencies } })
  const { status, output } = setUp(clone, nowhere)
  assert.equal(status, 1)
  assert.match(output, /registry cannot be reached.*Check the network/)
})

test('without npm the setup says where it comes from', () => {
  const clone = makeClone('no-npm')
  const { status, output } = setUp(clone, { npm_execpath: '', PATH: '/nonexistent' })
  assert.equal(status, 1)
  assert.match(output, /npm was not found\. It comes with Node\.js/)
})

test('in a folder that cannot be written the setup says so, and how to change that', () => {
  const clone = makeClone('closed')
  chmodSync(clone, 0o555)
  // Root may write anywhere, so somebody else has to try, with a Node that they may run.
  const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
  const node = [process.execPath, '/usr/bin/node', '/usr/local/bin/node'].find(
    (each) => spawnSync(each, ['--version'], { cwd: '/', ...nobody }).status === 0,
  )
  assert.ok(node, 'there is no Node that an ordinary user may run')
  const { status, output } = setUp(clone, {}, { node, ...nobody })
  chmodSync(clone, 0o755)
  assert.equal(status, 1)
  assert.match(output, /cannot be written by this user.*chown/)
})

test('a Node that is too old is named, with what to install', () => {
  const clone = makeClone('old-node')
  const programs = join(folder, 'old-programs')
  mkdirSync(programs)
  writeFileSync(join(programs, 'node'), '#!/bin/sh\necho v20.1.0\n', { mode: 0o755 })
  assert.equal(setUp(clone).status, 0)
  const { status, output } = setUp(clone, { PATH: `${programs}:/usr/bin:/bin` })
  assert.equal(status, 1)
  assert.match(output, /runs on Node\.js 24 or newer\. Here is Node\.js 20/)
})

test('two setups of one clone run one after the other, and a claim of a dead process stops nobody', async () => {
  const clone = makeClone('twice')
  mkdirSync(join(clone, '.setup'))
  const dead = spawnSync('true').pid
  writeFileSync(join(clone, '.setup', `claim-${dead}-1`), JSON.stringify({ pid: dead, stamp: '1' }))
  const outputs = await Promise.all([spawnSetup(clone), spawnSetup(clone)].map(readAll))
  assert.equal(outputs.filter((output) => /Building the web app: done/.test(output)).length, 1, outputs.join('\n'))
  assert.ok(
    outputs.some((output) => output.includes('Waiting for the setup')),
    outputs.join('\n'),
  )
  assert.deepEqual(
    readdirSync(join(clone, '.setup')).filter((name) => name.startsWith('claim')),
    [],
  )
})

test('a setup for nothing is refused with the way to call it', () => {
  const clone = makeClone('usage')
  const { status, stderr } = spawnSync(process.execPath, [join(clone, 'bin/setup.mjs')], { encoding: 'utf8' })
  assert.equal(status, 1)
  assert.match(stderr, /Usage: node bin\/setup\.mjs start\|test/)
})

/** A clone with our setup, no dependencies, and a web app that is built by a Vite of three lines. */
function makeClone(name: string): string {
  const clone = join(folder, name)
  mkdirSync(join(clone, 'web'), { recursive: true })
  cpSync(bin, join(clone, 'bin'), { recursive: true })
  writeFileSync(
    join(clone, 'package.json'),
    JSON.stringify({ name: 'shoptalk', version: '0.1.0', workspaces: ['packages/*'] }),
  )
  writeFileSync(join(clone, 'web/vite.config.ts'), '')
  writeFileSync(join(clone, 'web/source.txt'), 'one')
  const vite = join(clone, 'packages/vite')
  mkdirSync(join(vite, 'bin'), { recursive: true })
  writeFileSync(join(vite, 'package.json'), JSON.stringify({ name: 'vite', version: '1.0.0' }))
  writeFileSync(
    join(vite, 'bin/vite.js'),
    `const { mkdirSync, readFileSync, writeFileSync } = require('node:fs')
     const out = process.argv[process.argv.indexOf('--outDir') + 1]
     const source = readFileSync('web/source.txt', 'utf8')
     if (source === 'broken') throw new Error('the source is broken')
     mkdirSync(out, { recursive: true })
     writeFileSync(out + '/index.html', 'built from ' + source)`,
  )
  writeLockfile(clone, {})
  return clone
}

function writeLockfile(clone: string, packages: object): void {
  const root = { name: 'shoptalk', version: '0.1.0', workspaces: ['packages/*'] }
  const vite = { 'node_modules/vite': { resolved: 'packages/vite', link: true }, 'packages/vite': { version: '1.0.0' } }
  const lock = { name: 'shoptalk', version: '0.1.0', lockfileVersion: 3, packages: { '': root, ...vite, ...packages } }
  writeFileSync(join(clone, 'package-lock.json'), JSON.stringify(lock))
}

function setUp(
  clone: string,
  env: NodeJS.ProcessEnv = {},
  { node = process.execPath, ...user }: { node?: string; uid?: number; gid?: number } = {},
): { status: number | null; output: string } {
  const options = { cwd: '/', encoding: 'utf8' as const, env: { ...process.env, ...env }, ...user }
  const { status, stdout, stderr } = spawnSync(node, [join(clone, 'bin/setup.mjs'), 'start'], options)
  return { status, output: stdout + stderr }
}

function spawnSetup(clone: string): ChildProcess {
  return spawn(process.execPath, [join(clone, 'bin/setup.mjs'), 'start'], { stdio: ['ignore', 'pipe', 'inherit'] })
}

async function readAll(child: ChildProcess): Promise<string> {
  let output = ''
  child.stdout?.on('data', (chunk) => (output += String(chunk)))
  await once(child, 'close')
  return output
}
