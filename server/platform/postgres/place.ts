import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync } from 'node:fs'
import { readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { type OperatingUser, canEnter, giveTo } from './operating-user.ts'
import { PostgresProblem } from './problem.ts'

/** The folder, below a data folder or away from it, that belongs to PostgreSQL. */
export type Place = { home: string; clusterFolder: string }

/** Where PostgreSQL's own things go when root's server lies where the unprivileged user cannot go. */
export const systemFolder = '/var/lib/shoptalk'

const pointerName = 'postgres-is-elsewhere.txt'
/** What the structure for socket addresses holds on macOS, the smallest of the systems we run on. */
const socketPathBytesMax = 103

/** The cluster of a data folder where one exists already. */
export function existingCluster(dataFolder: string): string | undefined {
  const home = readPointer(dataFolder) ?? join(dataFolder, 'postgres')
  return existsSync(join(home, 'data')) ? join(home, 'data') : undefined
}

/** Chooses and creates the folder for the database, where the user that runs PostgreSQL can reach it. */
export function preparePlace(dataFolder: string, user: OperatingUser | undefined): Place {
  const elsewhere = readPointer(dataFolder)
  if (elsewhere !== undefined) return followPointer(dataFolder, elsewhere)
  const home = join(dataFolder, 'postgres')
  if (letEnter(dataFolder, user)) {
    if (!existsSync(home)) {
      mkdirSync(home, { mode: 0o700 })
      giveTo(user, home)
    }
    return placeAt(home)
  }
  if (existsSync(home)) {
    throw new PostgresProblem(
      'postgres.not_writable',
      `The database is in ${home}, but the user that runs PostgreSQL (${user?.uid}) may not enter it any more. ` +
        `Let it pass through the folders above (chmod o+x), as it could when the database was made.`,
    )
  }
  mkdirSync(systemFolder, { recursive: true, mode: 0o755 })
  const away = mkdtempSync(join(systemFolder, 'data-'))
  giveTo(user, away)
  linkBothWays(dataFolder, away)
  return placeAt(away)
}

/** A folder for the socket with a path short enough for one; only its owner (and root) may enter it. */
export function prepareSocketFolder(home: string, user: OperatingUser | undefined): string {
  const remembered = join(home, 'socket-folder.txt')
  const near = join(home, 'socket')
  if (Buffer.byteLength(join(near, '.s.PGSQL.5432')) <= socketPathBytesMax) {
    mkdirSync(near, { recursive: true, mode: 0o700 })
    giveTo(user, near)
    return near
  }
  if (existsSync(remembered)) rmSync(readFileSync(remembered, 'utf8'), { recursive: true, force: true })
  const far = mkdtempSync('/tmp/shoptalk-')
  giveTo(user, far)
  writeFileSync(remembered, far)
  return far
}

/** Removes a socket folder that lies outside the home; inside, it is used again. */
export function removeSocketFolder(home: string, socketFolder: string): void {
  if (dirname(socketFolder) !== home) rmSync(socketFolder, { recursive: true, force: true })
}

/** Lets the user that runs PostgreSQL, and nobody else, pass through the data folder, if it can get there at all. */
function letEnter(dataFolder: string, user: OperatingUser | undefined): boolean {
  if (user === undefined || canEnter(dataFolder, user)) return true
  const parent = dirname(resolve(dataFolder))
  if (!canEnter(parent, user)) return false
  const before = statSync(dataFolder)
  chownSync(dataFolder, before.uid, user.gid)
  chmodSync(dataFolder, (before.mode & 0o7777) | 0o010)
  return canEnter(dataFolder, user)
}

function placeAt(home: string): Place {
  return { home, clusterFolder: join(home, 'data') }
}

function readPointer(dataFolder: string): string | undefined {
  const pointer = join(dataFolder, pointerName)
  return existsSync(pointer) ? readFileSync(pointer, 'utf8').split('\n', 1)[0] : undefined
}

/** The database away from its data folder: each of the two says where the other is, so that a copy is noticed. */
function followPointer(dataFolder: string, home: string): Place {
  const pointer = join(dataFolder, pointerName)
  if (!existsSync(home)) {
    throw new PostgresProblem(
      'postgres.data_missing',
      `${pointer} says that the database is in ${home}, but there is nothing. Put it back there, ` +
        'or delete that file to begin with an empty database.',
    )
  }
  const here = realpathSync(dataFolder)
  const owner = existsSync(ownerFileOf(home)) ? readFileSync(ownerFileOf(home), 'utf8').trim() : here
  if (owner !== here && readPointer(owner) === home) {
    throw new PostgresProblem(
      'postgres.in_use',
      `The data folder ${here} is a copy of ${owner}, and both name ${home} as their database. ` +
        `Delete ${pointer} to begin with an empty database here.`,
    )
  }
  linkBothWays(dataFolder, home)
  return placeAt(home)
}

function linkBothWays(dataFolder: string, home: string): void {
  replaceFile(ownerFileOf(home), `${realpathSync(dataFolder)}\n`)
  const why = 'PostgreSQL may not run as root, and the user it runs as cannot enter this folder.'
  replaceFile(join(dataFolder, pointerName), `${home}\nis where the database of this folder is. ${why}\n`)
}

/** At every moment the file is there with the old or the new text. */
function replaceFile(file: string, text: string): void {
  writeFileSync(`${file}.new`, text)
  renameSync(`${file}.new`, file)
}

function ownerFileOf(home: string): string {
  return `${home}.belongs-to.txt`
}
