/**
 * The whole test run: `npm test`; or `npm test -- server/features/identity` for the test files with that in their path.
 *
 * All test files share one PostgreSQL cluster, named to them by SHOPTALK_TEST_DATABASE: a connection string for `pg`,
 * such as `postgres:///shoptalk?host=%2Ftmp%2Fxyz%2Fsocket&port=5432&user=shoptalk&sslmode=disable`, of a role that may
 * create databases. SHOPTALK_TEST_MISSING names the Debian packages that are not installed (`chromium nats-server`);
 * what needs one of them may leave itself out then, because the run fails in any case.
 */
import { spawn } from 'node:child_process'
import { globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openTestCluster } from '../server/platform/postgres/index.ts'
import { installCommand, missingSystemPackages } from './setup/system-packages.mjs'

type Step = { title: string; command: string; args: string[]; env?: NodeJS.ProcessEnv }
type Result = { title: string; passed: boolean; seconds: number }

const clone = fileURLToPath(new URL('..', import.meta.url))
/** One more than there are processors: tests also wait for servers and browsers; with two more all took longer. */
const filesAtOnce = Math.min(4, Math.max(2, availableParallelism()) + 1)
/** What one test file has compiled, the next one and the servers that it starts need not compile again. */
const compileCache = join(clone, 'node_modules/.cache/compiled')
/** They compute, and touch nothing outside: to begin a process takes longer than all that one of them does in it. */
const isLight = /^(web\/src|protocol)\//
/** Catches a test that hangs; the longest take a minute. */
const testTimeoutMs = 300_000

const wanted = process.argv.slice(2)
const missing = missingSystemPackages()
const results: Result[] = []

if (wanted.length === 0) for (const step of checks()) results.push(await runStep(step))
results.push(...(await runTests()))

for (const { title, passed, seconds } of results) {
  console.log(`${passed ? 'passed' : 'FAILED'}  ${title}  ${seconds.toFixed(1)} s`)
}
if (missing.length > 0) {
  console.log(`FAILED  not everything was tested, because this machine lacks ${missing.join(', ')}. Install them with:`)
  console.log(`        ${installCommand(missing)}`)
}
process.exitCode = missing.length === 0 && results.every(({ passed }) => passed) ? 0 : 1

function checks(): Step[] {
  return [
    { title: 'Format', command: 'oxfmt', args: ['--check', '.'] },
    { title: 'Lint', command: 'oxlint', args: ['--type-aware', '--max-warnings=0'] },
    { title: 'Types', command: 'tsc', args: ['-p', '.'] },
  ]
}

async function runTests(): Promise<Result[]> {
  const files = testFiles()
  if (files.length === 0) {
    console.log(`No test file's path contains ${wanted.join(' or ')}.`)
    return [{ title: 'Tests', passed: false, seconds: 0 }]
  }
  const light = files.filter((file) => isLight.test(file))
  const heavy = files.filter((file) => !isLight.test(file))
  const cluster = await openTestCluster()
  const env = {
    SHOPTALK_TEST_DATABASE: cluster.url,
    SHOPTALK_TEST_MISSING: missing.join(' '),
    NODE_COMPILE_CACHE: compileCache,
  }
  const args = ['--test', '--test-reporter=spec', `--test-timeout=${testTimeoutMs}`]
  const apart = `--test-concurrency=${filesAtOnce}`
  const steps = [
    { title: 'Tests of rules', args: [...args, '--test-isolation=none', ...light], count: light.length },
    { title: 'Tests', args: [...args, apart, ...heavy], count: heavy.length },
  ]
  try {
    const done: Result[] = []
    for (const { count, ...step } of steps)
      if (count > 0) done.push(await runStep({ ...step, command: process.execPath, env }))
    return done
  } finally {
    await cluster.stop()
  }
}

/** Node begins them in the order of their paths: the browsers' first, which take longest. */
function testFiles(): string[] {
  const folders = ['{protocol,server,sdk,web,bin}', ...(missing.includes('chromium') ? [] : ['e2e'])]
  return folders
    .flatMap((folder) => globSync(`${folder}/**/*.test.ts`, { cwd: clone, exclude: ['**/node_modules/**'] }))
    .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
}

async function runStep({ title, command, args, env }: Step): Promise<Result> {
  console.log(`\n${title}`)
  const start = performance.now()
  const child = spawn(command, args, { cwd: clone, stdio: 'inherit', env: { ...process.env, ...env } })
  const { promise, resolve } = Promise.withResolvers<boolean>()
  child.once('error', (error) => {
    console.error(error.message)
    resolve(false)
  })
  child.once('exit', (code) => resolve(code === 0))
  const passed = await promise
  return { title, passed, seconds: (performance.now() - start) / 1000 }
}
