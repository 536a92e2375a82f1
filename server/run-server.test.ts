import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { OrganizationList } from '../protocol/organization.ts'
import { openDoor } from './cli/client.ts'
import { openTestDatabase } from './testing/database.ts'

type Environment = Record<string, string>
const clone = join(import.meta.dirname, '..')

function run(program: string, words: readonly string[], environment: Environment) {
  const inherited = { PATH: process.env['PATH'], HOME: process.env['HOME'] }
  const child = spawn(process.execPath, [program, ...words], { cwd: clone, env: { ...inherited, ...environment } })
  const said = { out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()))
  const ended = once(child, 'close').then(() => child.exitCode)
  const until = async (pattern: RegExp) => {
    while (!pattern.test(said.out)) {
      const more = await Promise.race([once(child.stdout, 'data'), ended.then(() => undefined)])
      if (more === undefined && !pattern.test(said.out))
        assert.fail(`${pattern} was never said:\n${said.out}${said.err}`)
    }
  }
  return { child, said, ended, until }
}

const serve = (environment: Environment, ...words: string[]) => run('server/main.ts', words, environment)
const shoptalk = async (environment: Environment, ...words: string[]) => {
  const { said, ended } = run('server/cli.ts', words, environment)
  return { code: await ended, ...said }
}

async function prepare(context: TestContext): Promise<Environment> {
  const opened = await openTestDatabase()
  const folder = mkdtempSync(join(tmpdir(), 'shoptalk-run-'))
  context.after(async () => {
    rmSync(folder, { recursive: true })
    await opened[Symbol.asyncDispose]()
  })
  return { DATABASE_URL: opened.url, SHOPTALK_DATA: folder, PORT: '0' }
}

test('the sample organization is loaded once, and says who can sign in; the terminal looks after the server', async (context) => {
  const environment = await prepare(context)
  for (const start of ['first', 'second']) {
    const server = serve(environment, '--demo')
    await server.until(/Ctrl-C/)
    assert.match(server.said.out, /Organizations {2}Northwind Traders\n/, start)
    assert.equal(server.said.out.match(/@northwind\.example$/gm)?.length, 9, start)
    assert.doesNotMatch(server.said.err, /token=|code \d/, 'the log holds no link and no code')
    const door = openDoor(environment['SHOPTALK_DATA'] ?? '')
    const { organizations } = await door.query(OrganizationList, 'organization.list')
    assert.equal(organizations.length, 1, start)
    if (start === 'second') await tryCommandLine(environment)
    server.child.kill('SIGTERM')
    assert.equal(await server.ended, 0, server.said.err)
  }
  const after = await shoptalk(environment, 'status')
  assert.equal(after.code, 1)
  assert.match(after.err, /No server runs on the data folder/)
})

async function tryCommandLine(environment: Environment) {
  const status = await shoptalk(environment, 'status')
  assert.match(status.out, /is ready\.\n {2}Northwind Traders/)
  const link = await shoptalk(environment, 'setup-link')
  assert.match(link.out, /^http:\/\/localhost:\d+\/setup#token=\S+\n$/)

  const sample = 'server/samples/employees.csv'
  const same = await shoptalk(environment, 'import', sample, '--dry-run')
  assert.match(same.out, /New {10}0\n[^]*Unchanged {4}9\n/)
  const faulty = join(environment['SHOPTALK_DATA'] ?? '', 'faulty.csv')
  writeFileSync(faulty, 'name,email,manager\nMona Major,mona@northwind.example,\nBill Bad,bad,Mona Major\n')
  const refused = await shoptalk(environment, 'import', faulty, '--partial', '--yes')
  assert.equal(refused.code, 1)
  assert.match(refused.out, /line 3: email: the address is neither a mail address nor a phone number \(bad\)/)
  assert.match(refused.err, /Nothing was changed/)
  const imported = await shoptalk(environment, 'import', faulty, '--partial', '--skip-faulty', '--yes')
  assert.equal(imported.code, 0, imported.err)
  assert.match(imported.out, /Done: 1 new, 0 changed, 0 deactivated, .* 1 faulty rows left out\./)
  const unasked = await shoptalk(environment, 'import', sample)
  assert.equal(unasked.code, 1, 'a script learns that nothing was done')
  assert.match(unasked.err, /Nothing was changed.*--yes/)
  const headless = join(environment['SHOPTALK_DATA'] ?? '', 'headless.csv')
  writeFileSync(headless, 'Mona Major,mona@northwind.example\nNina Minor,nina@northwind.example\n')
  const unread = await shoptalk(environment, 'import', headless, '--dry-run')
  assert.match(unread.out, /line 1: no column holds the names/)
  const nowhere = await shoptalk(environment, 'import', 'no-such-file.csv')
  assert.match(nowhere.err, /^no-such-file\.csv cannot be read/)
}

test('the keys are readable for the server’s user alone', async (context) => {
  const environment = await prepare(context)
  const server = serve(environment)
  await server.until(/Set it up here: {2}http:\/\/localhost:\d+\/setup#token=/)
  for (const file of ['secret.key', 'operator.token'])
    assert.equal(statSync(join(environment['SHOPTALK_DATA'] ?? '', file)).mode & 0o777, 0o600, file)
  server.child.kill('SIGINT')
  assert.equal(await server.ended, 0)
})

test('the log is one JSON object a line, from the start to the end', async (context) => {
  const server = serve(await prepare(context))
  await server.until(/Ctrl-C/)
  server.child.kill('SIGINT')
  assert.equal(await server.ended, 0)
  for (const line of server.said.err.trim().split('\n')) assert.match(line, /^\{.*\}$/)
})

test('a data folder that cannot be made is named, also where the database is elsewhere', async (context) => {
  const environment = await prepare(context)
  const file = join(environment['SHOPTALK_DATA'] ?? '', 'a-file')
  writeFileSync(file, '')
  const server = serve({ ...environment, SHOPTALK_DATA: join(file, 'data') })
  assert.equal(await server.ended, 1)
  assert.match(server.said.err, /^\nThe data folder .*a-file\/data cannot be written \(ENOTDIR.*SHOPTALK_DATA/)
  assert.doesNotMatch(server.said.err, /^ +at /m)
})

test('all faults of the settings are told together, and nothing is started', async () => {
  const server = serve({ PORT: 'many', PUBLIC_URL: 'nowhere', TRUST_PROXY: '10.0.0.0/99', SMTP_URL: 'http://mail' })
  assert.equal(await server.ended, 1)
  for (const name of ['PORT', 'PUBLIC_URL', 'TRUST_PROXY', 'SMTP_URL'])
    assert.match(server.said.err, new RegExp(`^  ${name}: `, 'm'))
  assert.doesNotMatch(server.said.err, /^ +at /m)
})

test('a HOST that is no address is told in plain words', async (context) => {
  const server = serve({ ...(await prepare(context)), HOST: 'not a host' })
  assert.equal(await server.ended, 1)
  assert.match(server.said.err, /^\nHOST=not a host is not an address/)
})

test('a port that is taken is told in plain words', async (context) => {
  const environment = await prepare(context)
  const other = createServer().listen(0, '127.0.0.1')
  context.after(() => other.close())
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const server = serve({ ...environment, PORT: String(port) })
  assert.equal(await server.ended, 1)
  assert.match(
    server.said.err,
    new RegExp(`^\nPort ${port} is taken by another program\\. Choose another: PORT=8081 npm start\n`),
  )
})
