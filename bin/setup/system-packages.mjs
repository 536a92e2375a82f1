import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { lastLines, run, runStep } from './report.mjs'

/** What the tests use from Debian, and the program by which each is recognized. */
const packages = [
  { name: 'chromium', program: 'chromium' },
  { name: 'ldap-utils', program: 'ldapmodify' },
  { name: 'nats-server', program: 'nats-server' },
  { name: 'slapd', program: 'slapd' },
  { name: 'postgresql', program: '/usr/lib/postgresql/15/bin/postgres' },
]

const attemptsMax = 5
const lockWaitMs = 5_000

/** The packages that the tests need and this machine lacks. */
export function missingSystemPackages() {
  return packages.filter(({ program }) => !isInstalled(program)).map(({ name }) => name)
}

/** The one command that installs them. */
export function installCommand(missing) {
  return `sudo apt-get install -y ${missing.join(' ')}`
}

/** Installs them where that is allowed; otherwise the test run says what is missing, and fails at its end. */
export async function installSystemPackages() {
  const missing = missingSystemPackages()
  if (missing.length === 0 || process.getuid?.() !== 0 || !isInstalled('apt-get')) return
  const restore = startNoServices()
  try {
    // With old lists, or some that cannot be read, the packages may still be found.
    await aptGet('Reading the lists of Debian packages', ['update'])
    const fault = await aptGet(`Installing ${missing.join(', ')}`, ['install', '-y', ...missing])
    if (fault !== undefined) console.error(`apt-get could not install them:\n${lastLines(fault)}`)
  } finally {
    restore()
  }
  await disableServices(missing)
}

/** Another apt-get may be at work, perhaps for another clone: then it is tried again. */
async function aptGet(words, args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  for (let attempt = 1; ; attempt += 1) {
    const { code, output } = await runStep(words, 'apt-get', ['-o', 'DPkg::Lock::Timeout=300', ...args], { env })
    if (code === 0) return undefined
    if (attempt === attemptsMax || !/Could not get lock|Unable to (lock|acquire)/.test(output)) return output
    await delay(lockWaitMs)
  }
}

/**
 * The tests start servers of their own, so the packages must start none and create no database. Both are said by files
 * that are there during the installation only.
 */
function startNoServices() {
  const files = [
    { path: '/usr/sbin/policy-rc.d', text: '#!/bin/sh\nexit 101\n', mode: 0o755 },
    {
      path: '/etc/postgresql-common/createcluster.d/shoptalk.conf',
      text: 'create_main_cluster = false\n',
      mode: 0o644,
    },
  ].filter(({ path }) => !existsSync(path))
  for (const { path, text, mode } of files) {
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, text, { mode })
  }
  return () => {
    for (const { path } of files) rmSync(path, { force: true })
  }
}

/** Nor shall they start with the machine from now on. */
async function disableServices(names) {
  if (!existsSync('/run/systemd/system')) return
  const services = names.filter((name) => name !== 'chromium')
  if (services.length > 0) await run('systemctl', ['disable', '--now', ...services])
}

function isInstalled(program) {
  if (program.startsWith('/')) return existsSync(program)
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/sbin']
  return folders.some((folder) => existsSync(join(folder, program)))
}
