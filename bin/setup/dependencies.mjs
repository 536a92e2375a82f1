import { readFileSync, rmSync } from 'node:fs'
import { basename, delimiter, join } from 'node:path'
import { SetupProblem, commonFault, lastLines, runStep } from './report.mjs'

/** Installs what the lockfile names, unless it is all there. */
export async function installDependencies(clone) {
  if (dependenciesInstalled(clone)) return
  // As `npm ci` does: from nothing, with the versions and checksums of the lockfile. Only it refuses a lockfile that
  // was made where the registry lacks some builds for other kinds of machine. What only tests need is installed too,
  // so that `npm test` after `npm start` does not install again; and no install script runs, because nothing may
  // depend on one.
  const args = [
    'install',
    '--no-save',
    '--include=dev',
    '--include=optional',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
  ]
  removeInstalled(clone)
  const [command, ...first] = npmCommand()
  const options = { cwd: clone, env: environment(clone) }
  const { code, output } = await runStep(
    'Installing dependencies (once, half a minute or so)',
    command,
    [...first, ...args],
    options,
  )
  if (code !== 0) throw new SetupProblem(explain(output, clone))
  if (!dependenciesInstalled(clone)) {
    throw new SetupProblem(
      `npm ended without a fault, yet ${join(clone, 'node_modules')} is not what package-lock.json says.`,
    )
  }
}

/**
 * Whether node_modules is what the lockfile says. npm keeps a copy of what it installed in node_modules, written at the
 * very end, so an installation that was interrupted, or done with other versions, is noticed.
 */
export function dependenciesInstalled(clone) {
  const wanted = readPackages(join(clone, 'package-lock.json'))
  if (wanted === undefined) throw new SetupProblem(`There is no package-lock.json in ${clone}; is the clone complete?`)
  const found = readPackages(join(clone, 'node_modules', '.package-lock.json'))
  if (found === undefined) return false
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || entry.link) return true
    const installed = found[path]
    if (installed === undefined) return Boolean(entry.optional) && !madeForThisMachine(entry)
    return installed.version === entry.version && installed.integrity === entry.integrity
  })
}

function removeInstalled(clone) {
  try {
    rmSync(join(clone, 'node_modules'), { recursive: true, force: true })
  } catch (error) {
    throw new SetupProblem(commonFault(String(error), clone) ?? String(error))
  }
}

/** Optional packages are mostly builds for one kind of machine; those for others are never installed. */
function madeForThisMachine({ os, cpu, libc }) {
  if (os === undefined || cpu === undefined || ![os].flat().includes(process.platform)) return false
  return [cpu].flat().includes(process.arch) && (libc === undefined || [libc].flat().includes(machineLibc()))
}

function machineLibc() {
  return process.report.getReport().header.glibcVersionRuntime ? 'glibc' : 'musl'
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages
  } catch {
    return undefined
  }
}

/** The npm that runs us, with the Node it runs on; for a call without npm, the one in the path. */
function npmCommand() {
  const { npm_execpath: script = '', npm_node_execpath: node } = process.env
  return node !== undefined && basename(script) === 'npm-cli.js' ? [node, script] : ['npm']
}

/** Without the clone's own Node in the path: npm is about to delete it. */
function environment(clone) {
  const path = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.startsWith(join(clone, 'node_modules')))
  return { ...process.env, PATH: path.join(delimiter) }
}

function explain(output, clone) {
  const common = commonFault(output, clone)
  if (common !== undefined) return common
  if (/^ENOENT: spawn/m.test(output)) {
    return (
      'npm was not found. It comes with Node.js: install Node.js from nodejs.org or from your system ' +
      '(on Debian: sudo apt-get install -y npm).'
    )
  }
  if (
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT|EIDLETIMEOUT/.test(output)
  ) {
    return (
      'The package registry cannot be reached, and the dependencies are not installed yet. Check the network, and ' +
      `the proxy and registry settings of npm (npm config list), then try again.\n\n${lastLines(output, 6)}`
    )
  }
  return `npm could not install the dependencies:\n\n${lastLines(output)}`
}
